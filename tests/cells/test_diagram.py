from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatedrnn_course.cells import Cell, CellError, catalogue, describe, diagram, parse
from gatedrnn_course.cells.expr import names
from gatedrnn_course.cells.language import is_parameter

SVG = "{http://www.w3.org/2000/svg}"


def texts(root: ET.Element) -> list[str]:
    return [node.text or "" for node in root.iter(f"{SVG}text")]


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
def test_every_name_has_one_box_and_every_use_one_arrow(name: str) -> None:
    cell = catalogue[name]
    root = ET.fromstring(diagram(cell))
    boxes = [n for n in (*cell.used, *(line.name for line in cell.lines)) if not is_parameter(n)]
    assert {n: texts(root).count(n) for n in boxes} == dict.fromkeys(boxes, 1)
    used = sum(len({n for n in names(line.expr) if not is_parameter(n)}) for line in cell.lines)
    assert len([path for path in root.iter(f"{SVG}path") if path.get("marker-end")]) == used


@pytest.mark.parametrize("name", catalogue)
def test_everything_lies_inside_the_picture_and_arrows_run_to_the_right(name: str) -> None:
    root = ET.fromstring(diagram(catalogue[name]))
    _x, _y, width, height = map(float, root.attrib["viewBox"].split())
    for rect in root.iter(f"{SVG}rect"):
        x, y = float(rect.get("x", 0)), float(rect.get("y", 0))
        assert 0 <= x <= x + float(rect.attrib["width"]) <= width
        assert 0 <= y <= y + float(rect.attrib["height"]) <= height
    for path in root.iter(f"{SVG}path"):
        if path.get("marker-end"):
            numbers = path.attrib["d"].replace("M", " ").replace("C", " ").split()
            assert float(numbers[0]) < float(numbers[-2])


@pytest.mark.parametrize("name", catalogue)
def test_the_legend_lies_inside_the_picture(name: str) -> None:
    root = ET.fromstring(diagram(catalogue[name]))
    width = float(root.attrib["viewBox"].split()[2])
    *_, last = root.iter(f"{SVG}text")
    assert float(last.attrib["x"]) + 6 * len(last.text or "") <= width


def test_the_same_cell_gives_the_same_picture() -> None:
    text = catalogue["LSTM"].text
    assert diagram(parse(text, "LSTM")) == diagram(parse(text, "LSTM"))


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


@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_a_cell_nobody_wrote_has_a_picture(any_cell: Any, data: Any) -> None:
    cell: Cell = data.draw(any_cell)
    assert ET.fromstring(diagram(cell)).tag == f"{SVG}svg"


def test_a_line_that_is_a_constant_has_a_box() -> None:
    assert "h" in texts(ET.fromstring(diagram(parse("h = tanh(b_h)"))))
