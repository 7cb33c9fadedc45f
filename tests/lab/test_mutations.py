from __future__ import annotations

from typing import Any

import pytest

from gatedrnn_course.cells import catalogue
from gatedrnn_course.cells.edits.behaviour import same_architecture
from gatedrnn_course.lab.cell_graph import draw_graph
from gatedrnn_course.lab.mutations import DRAWS, drawn, explore_mutations


@pytest.fixture(scope="module")
def widget() -> Any:
    return explore_mutations()


@pytest.mark.parametrize("change", DRAWS)
def test_every_change_is_shown_with_its_words_and_its_cost(widget: Any, change: str) -> None:
    widget.move(change=change)
    made = drawn(change)
    assert made.operators == (int(change[0]),)
    assert str(made.words[0]) in widget.read_out()
    assert (
        f"{made.cell.parameter_count(3, 16)} parameters with D = 3 and H = 16, where the GRU has 960."
        in widget.read_out()
    )


def test_two_of_the_eight_do_nothing_as_the_lesson_says(widget: Any) -> None:
    same = [change for change in DRAWS if same_architecture(drawn(change).cell, catalogue["GRU"])]
    assert same == ["2, elsewhere", "4, elsewhere"]
    for change in DRAWS:
        widget.move(change=change)
        assert ("a duplicate" in widget.read_out()) is (change in same)


def test_what_changed_has_a_bar_beside_it_and_a_blue_edge(widget: Any) -> None:
    widget.move(change="3")
    drawing = widget.picture().drawing
    assert drawing.count('width="4"') == 1  # one line is new
    assert 'font-weight="700">h = z * tanh(h_prev) + (1 - z) * h_tilde<' in drawing
    assert drawing.count('stroke="#0072B2"') == 2  # tanh, and the product that now sees it


def test_the_graph_has_a_node_for_each_operation() -> None:
    parts, _tall = draw_graph(catalogue["GRU"])
    drawn_graph = "".join(parts)
    assert (
        drawn_graph.count("<rect") == 19
    )  # six products with matrices, three sums, ...: `graph_of` has one more, the number 1
    assert ">1 −<" in drawn_graph
    assert "#0072B2" not in drawn_graph
