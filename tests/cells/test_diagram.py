from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatedrnn_course.cells import Cell, CellError, catalogue, describe, diagram, parse, variant
from gatedrnn_course.cells.colours import STYLES
from gatedrnn_course.cells.diagram.graph import graph_of
from gatedrnn_course.cells.diagram.lane import lane_of
from gatedrnn_course.cells.diagram.layout import Edge, Layout, layout
from gatedrnn_course.cells.diagram.sizes import half_height, half_width, text_width
from gatedrnn_course.cells.expr import names
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.errors import CourseError

SVG = "{http://www.w3.org/2000/svg}"
Box = tuple[float, float, float, float]


def texts(root: ET.Element) -> list[str]:
    return ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]


def text_box(node: ET.Element) -> Box:
    """Left, top, right and bottom of a text."""
    size = float(node.attrib["font-size"])
    x, y = float(node.attrib["x"]), float(node.attrib["y"])
    wide = 0.9 * text_width("".join(node.itertext()), size)
    left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[node.attrib["text-anchor"]]
    return left, y - 0.75 * size, left + wide, y


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def node_box(made: Layout, node: int) -> Box:
    x, y = made.at[node]
    axis = made.axis.get(node, "")
    wide, high = half_width(made.graph, node, axis), half_height(made.graph, node, axis)
    return x - wide, y - high, x + wide, y + high


def pieces(edge: Edge) -> Iterator[Box]:
    for (x, y), (x2, y2) in zip(edge.points, edge.points[1:], strict=False):
        assert x == x2 or y == y2
        yield min(x, x2), min(y, y2), max(x, x2), max(y, y2)


def check(cell: Cell) -> None:
    """No wire runs through an operation or along another wire, no operations or words lie on each other."""
    made = layout(cell)
    boxes = {k: node_box(made, k) for k, node in enumerate(made.graph.nodes) if node.kind != "input"}
    for one, other in combinations(boxes.values(), 2):
        assert not overlap(one, other)
    for edge in made.edges:
        for k, box in boxes.items():
            if k not in (edge.source, edge.end.node):
                assert not any(overlap(piece, box) for piece in pieces(edge))
    for edge, beside in combinations(made.edges, 2):
        if edge.source != beside.source:
            for a in pieces(edge):
                for b in pieces(beside):
                    if (a[0] == a[2]) == (b[0] == b[2]):
                        grown = a[0] - 1, a[1] - 1, a[2] + 1, a[3] + 1
                        assert not overlap(grown, b), (edge, beside)
    root = ET.fromstring(diagram(cell))
    words = [text_box(node) for node in root.iter(f"{SVG}text")]
    for one, other in combinations(words, 2):
        assert not overlap(one, other)
    assert all(
        left >= 0 and top >= 0 and right <= made.width and bottom <= made.height
        for left, top, right, bottom in (*words, *boxes.values())
    )


@pytest.mark.parametrize("name", catalogue)
def test_a_picture_is_valid_svg_with_a_title_and_a_description(name: str) -> None:
    root = ET.fromstring(diagram(catalogue[name]))
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert (root.tag, root.get("role")) == (f"{SVG}svg", "img")
    assert title is not None
    assert title.text is not None
    assert name in title.text
    assert root.get("aria-label") == title.text
    assert desc is not None
    assert desc.text == describe(catalogue[name])


@pytest.mark.parametrize("name", catalogue)
def test_wires_operations_and_words_keep_clear_of_each_other(name: str) -> None:
    check(catalogue[name])


def test_a_wire_along_a_row_leaves_room_for_the_wire_of_an_operation_in_it() -> None:
    check(parse("f = W_0 @ x\ni = -(U_0 @ tanh(sigmoid(f)))\nc = i + (f + W_0 @ x)\na_f = f\nh = W_0 @ x"))


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_they_keep_clear_in_cells_nobody_wrote(any_cell: Any, data: Any) -> None:
    check(data.draw(any_cell))


@pytest.mark.parametrize("name", catalogue)
def test_every_name_stands_once_and_every_use_is_a_wire(name: str) -> None:
    cell = catalogue[name]
    root = ET.fromstring(diagram(cell))
    lines = [line.name for line in cell.lines]
    received = [n for n in cell.used if not is_parameter(n) and n not in lines]
    gates = [n for n in cell.states if n not in ("h", "c")]
    assert sorted(n for n in texts(root) if n in (*received, *lines)) == sorted((*received, *lines, *gates))
    wires = {(path.get("data-from"), path.get("data-to")) for path in root.iter(f"{SVG}path")}
    for line in cell.lines:
        assert {(n, line.name) for n in names(line.expr) if not is_parameter(n)} <= wires


@pytest.mark.parametrize("name", catalogue)
def test_every_weight_stands_in_a_box(name: str) -> None:
    cell = catalogue[name]
    shown = texts(ET.fromstring(diagram(cell)))
    assert {p.replace("_", "") for p in cell.parameters} <= set(shown)


@pytest.mark.parametrize("name", catalogue)
def test_text_can_be_read_and_colours_are_those_of_the_course(name: str) -> None:
    root = ET.fromstring(diagram(catalogue[name]))
    sizes = [float(node.attrib["font-size"]) for node in root.iter() if "font-size" in node.attrib]
    assert min(sizes) >= 11
    used = {node.get("stroke") for node in root.iter(f"{SVG}path")} - {None, "#222222", "#4D4D4D"}
    assert used <= {style.colour for style in STYLES.values()}


@pytest.mark.parametrize("name", catalogue)
def test_the_state_runs_straight_from_left_to_right(name: str) -> None:
    cell = catalogue[name]
    made = layout(cell)
    lane = made.lane
    assert lane.state == ("c" if "c" in cell.states else "h")
    assert lane.start is not None
    on_line = [made.at[k] for k in (lane.start, *lane.nodes)]
    assert len({y for _x, y in on_line}) == 1
    assert [x for x, _y in on_line] == sorted(x for x, _y in on_line)
    last = next(edge for edge in made.edges if edge.end.name == lane.state)
    assert last.points[0][1] == last.points[-1][1] == on_line[0][1]


@pytest.mark.parametrize(
    ("name", "valves"),
    [
        ("LSTM", ["f", "i", "o"]),
        ("LSTM 1997", ["i", "o"]),
        ("GRU", ["r", "z", "z"]),
        ("highway layer", ["t", "t"]),
        ("RNN", []),
        ("NOG", ["f", "i"]),
    ],
)
def test_a_gate_is_a_valve(name: str, valves: list[str]) -> None:
    root = ET.fromstring(diagram(catalogue[name]))
    assert sorted(v for node in root.iter() if (v := node.get("data-valve"))) == valves


def test_the_line_of_the_lstm_is_the_forget_gate_then_the_sum() -> None:
    graph = graph_of(catalogue["LSTM"])
    assert [graph.nodes[k].label for k in lane_of(graph).nodes] == ["×", "+"]


def test_the_line_may_lead_through_a_line_with_a_name_of_its_own() -> None:
    cell = parse("f = sigmoid(W_f @ x)\nk = f * c_prev\nc = k + tanh(W_c @ x)\nh = tanh(c)")
    graph = graph_of(cell)
    assert [graph.nodes[k].line for k in lane_of(graph).nodes] == ["k", "c"]


def parts(cell: Cell) -> dict[str, list[str]]:
    """What is drawn for each line: its operations and the wires into it."""
    root = ET.fromstring(diagram(cell))
    found = {
        line.name: [f"wire {p.get('data-from')}" for p in root.iter(f"{SVG}path") if p.get("data-to") == line.name]
        for line in cell.lines
    }
    for group in root.iter(f"{SVG}g"):
        found[group.attrib["data-line"]] += [f"node {''.join(t.itertext())}" for t in group.iter(f"{SVG}text")]
    return {name: sorted(part) for name, part in found.items()}


@pytest.mark.parametrize(
    "edit",
    [
        {"f": "f = sigmoid(W_f @ x + U_f @ h_prev + P_f * c_prev + b_f)"},
        {"i": "i = sigmoid(W_i @ x + b_i)"},
        {"c": "c = f * c_prev + (1 - f) * c_tilde"},
        {"c_tilde": "c_tilde = relu(W_c @ x + U_c @ h_prev + b_c)"},
        {"h": "h = o * c"},
        {"o": "o = sigmoid(W_o @ x + U_o @ h_prev + P_o * c + b_o)"},
    ],
)
def test_an_edit_of_one_line_changes_the_picture_in_one_place(edit: dict[str, str | None]) -> None:
    before, after = parts(catalogue["LSTM"]), parts(variant(catalogue["LSTM"], "edited", edit))
    assert {name for name in before if before[name] != after[name]} == set(edit)


def test_a_part_keeps_the_places_of_the_whole() -> None:
    cell = catalogue["LSTM"]
    whole = diagram(cell)
    for line in cell.lines:
        root, whole_root = ET.fromstring(diagram(cell, upto=line.name)), ET.fromstring(whole)
        assert root.get("viewBox") == whole_root.get("viewBox")
        shown = {group.get("data-line") for group in root.iter(f"{SVG}g")}
        assert shown == {other.name for other in cell.lines[: cell.lines.index(line) + 1]}
        paths = {p.get("d") for p in whole_root.iter(f"{SVG}path") if p.get("data-to")}
        assert {p.get("d") for p in root.iter(f"{SVG}path") if p.get("data-to")} <= paths
    assert diagram(cell, upto="h") == whole


def test_a_part_says_only_what_it_shows() -> None:
    root = ET.fromstring(diagram(catalogue["LSTM"], upto="f"))
    desc = root.findtext(f"{SVG}desc")
    assert desc == describe(catalogue["LSTM"], "f")
    assert "input gate" not in desc
    assert not {"i", "c", "h", "c_prev"} & set(texts(root))


def test_what_is_lit_is_coloured_and_the_rest_grey() -> None:
    root = ET.fromstring(diagram(catalogue["LSTM"], lit="f"))
    wires = [p for p in root.iter(f"{SVG}path") if p.get("data-to")]
    coloured = {(p.get("data-from"), p.get("data-to")) for p in wires if p.get("stroke") != "#C4C4C4"}
    assert coloured == {("x", "f"), ("h_prev", "f"), ("f", "f"), ("f", "c")}
    borders = {g.get("data-line"): r.get("stroke") for g in root.iter(f"{SVG}g") for r in g.iter(f"{SVG}rect")}
    assert borders == {"f": "#D55E00", **dict.fromkeys(("i", "c_tilde", "o", "h"), "#C4C4C4")}


def test_several_lines_can_be_lit() -> None:
    lstm = catalogue["LSTM"]
    assert diagram(lstm, lit=("f",)) == diagram(lstm, lit="f") != diagram(lstm, lit=("f", "i"))
    assert diagram(lstm, lit=[line.name for line in lstm.lines]) == diagram(lstm)


@pytest.mark.parametrize("asked", [{"upto": "c_tild"}, {"lit": "c_tild"}, {"lit": ("f", "c_tild")}])
def test_a_line_the_cell_lacks_is_an_error_with_near_names(asked: Any) -> None:
    with pytest.raises(CourseError, match="c_tilde"):
        diagram(catalogue["LSTM"], **asked)


def test_pictures_can_stand_on_one_page() -> None:
    assert not any("id" in node.attrib for node in ET.fromstring(diagram(catalogue["LSTM"])).iter())


def test_the_same_cell_gives_the_same_picture() -> None:
    text = catalogue["LSTM"].text
    first = diagram(parse(text, "LSTM"))
    layout.cache_clear()
    assert first == diagram(parse(text, "LSTM"))


def test_signs_of_markup_are_told_from_markup() -> None:
    cell = parse('h = tanh(W_h @ x)  # <b>"state" & more</b>', "<script>'x' & \"y\"</script>")
    root = ET.fromstring(diagram(cell))
    assert '<b>"state" & more</b>' in texts(root)
    assert not list(root.iter(f"{SVG}script"))


@pytest.mark.parametrize("sign", ["\x00", "\x08", "\ufffe"])
def test_signs_that_no_picture_can_hold_do_not_reach_it(sign: str) -> None:
    try:
        cell = parse(f"h = tanh(W_h @ x)  # hidden{sign}state")
    except CellError:
        return
    ET.fromstring(diagram(cell))


@pytest.mark.parametrize(
    "text",
    [
        "h = tanh(b_h)",
        "h = h_prev",
        "h = tanh(W_h @ x)",
        "h = 0.5 * h_prev - tanh(W_h @ x) / 2",
        "h = -h_prev + sigmoid(1 - 0.5) * h_prev",
        "h = h_prev * h_prev",
        "h = (W_h @ x) * h_prev / (1 - h_prev)",
        "h = -(W_h @ x) + P_a * h_prev * tanh(h_prev) + 2 * b_h",
        "a = sigmoid(W_a @ x)\nb = sigmoid(W_b @ x)\nh = a * h_prev - b * h_prev - a * b * a",
        "c = f_prev * c_prev\nf = sigmoid(W_f @ x + U_f @ c)\nh = c\ng = tanh(f)",
        "h = U_h @ (U_h @ tanh(U_h @ h_prev))",
        "h = W_h @ (x - 1) + 3",
    ],
)
def test_unusual_equations_have_a_picture(text: str) -> None:
    cell = parse(text)
    check(cell)
    assert cell.lines[-1].name in texts(ET.fromstring(diagram(cell)))


def test_a_wire_that_divides_has_a_dot_there() -> None:
    for cell in catalogue.values():
        made = layout(cell)
        root = ET.fromstring(diagram(cell))
        dots = {
            (float(c.attrib["cx"]), float(c.attrib["cy"])) for c in root.iter(f"{SVG}circle") if c.get("r") == "3.5"
        }
        taps = {
            (edge.points[1][0], edge.points[0][1])
            for edge in made.edges
            if edge.source in (made.lane.start, *made.lane.nodes) and len(edge.points) > 2
        }
        edge_of = {edge.points[1] for edge in made.edges if edge.end.name == made.lane.state}
        assert taps - edge_of <= dots


def test_a_line_without_words_stands_once() -> None:
    cell = parse("k = tanh(W_k @ x)\nh = sigmoid(W_h @ k) * k")
    assert texts(ET.fromstring(diagram(cell))).count("k") == 1
    assert texts(ET.fromstring(diagram(cell))).count("h") == 1
