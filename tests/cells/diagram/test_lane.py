"""The straight line of a cell, and how large the things on it are."""

from __future__ import annotations

import pytest

from gatedrnn_course.cells import catalogue, parse
from gatedrnn_course.cells.diagram.graph import graph_of
from gatedrnn_course.cells.diagram.lane import lane_of
from gatedrnn_course.cells.diagram.sizes import half_width, label_width, pin_offsets, text_width


@pytest.mark.parametrize(
    ("name", "state", "kinds"),
    [
        ("LSTM", "c", ["times", "plus"]),
        ("peephole LSTM", "c", ["times", "plus"]),
        ("GRU", "h", ["times", "plus"]),
        ("RNN", "h", ["affine", "unary"]),
    ],
)
def test_the_line_is_the_way_on_which_a_state_is_bent_least(name: str, state: str, kinds: list[str]) -> None:
    graph = graph_of(catalogue[name])
    lane = lane_of(graph)
    assert lane.state == state
    assert lane.start == graph.named[f"{state}_prev"]
    assert [graph.nodes[node].kind for node in lane.nodes] == kinds
    assert lane.nodes[-1] == graph.named[state]


def test_a_line_knows_what_comes_before_and_after() -> None:
    lane = lane_of(graph_of(catalogue["LSTM"]))
    first, last = lane.nodes
    assert lane.start is not None
    assert [lane.next(node) for node in (lane.start, first, last)] == [first, last, None]
    assert [lane.before(node) for node in (first, last)] == [lane.start, first]
    assert lane.next(10_000) is None


def test_where_nothing_of_the_step_before_is_used_the_line_is_h_alone() -> None:
    graph = graph_of(parse("h = tanh(W_h @ x + b_h)  # hidden state"))
    lane = lane_of(graph)
    assert (lane.state, lane.start, lane.nodes) == ("h", None, (graph.named["h"],))


def test_a_box_has_room_for_its_weights_and_they_stand_side_by_side() -> None:
    graph = graph_of(catalogue["LSTM"])
    k = next(k for k, node in enumerate(graph.nodes) if node.kind == "affine" and node.line == "f")
    node = graph.nodes[k]
    assert [pin.label for pin in node.pins] == ["W_f", "U_f", "b_f"]
    left, middle, right = pin_offsets(node)
    assert left < middle < right and left == -right and middle == 0
    assert right + label_width("b_f") / 2 < half_width(graph, k)


def test_a_lower_index_takes_less_room() -> None:
    assert text_width("W") < label_width("W_f") < text_width("W_f")
    assert label_width("W") == text_width("W")
