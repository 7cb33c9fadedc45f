from __future__ import annotations

from typing import Any

import pytest

from gatedrnn_course.cells import catalogue
from gatedrnn_course.grading.items import EquationsItem
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.running.local import LocalCaller

GRU = catalogue["GRU"]
ITEM = EquationsItem("equations", 10, "The GRU as a text.", ("one", "two", "three"), cell=GRU)


def judged(text: Any) -> Any:
    def equations() -> Any:
        return text

    return judge(ITEM, LocalCaller(equations), 3)


def test_it_takes_nothing_and_gives_the_states() -> None:
    assert (ITEM.arguments, ITEM.outputs, ITEM.reference()) == ((), ("h",), GRU.text)
    assert "W_z" in ITEM.docstring()


@pytest.mark.parametrize(
    "text",
    [
        GRU.text,
        GRU.text.replace("h_tilde", "new")
        .replace("z", "keep")
        .replace("W_keep", "W_z")
        .replace("U_keep", "U_z")
        .replace("b_keep", "b_z"),
        GRU.text.replace("z * h_prev + (1 - z) * h_tilde", "h_tilde + z * (h_prev - h_tilde)"),
    ],
)
def test_what_counts_is_what_the_equations_compute(text: str) -> None:
    assert judged(text).outcome == "right"


def test_a_mistake_is_named_as_in_a_function() -> None:
    verdict = judged(GRU.text.replace("tanh(W_h", "sigmoid(W_h"))
    assert verdict.outcome == "wrong"
    assert verdict.mistake == "The candidate uses sigmoid where tanh belongs."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (3.0, "text of equations"),
        ("h = tanh(W_q @ x)", "W_q"),
        ("z = sigmoid(W_z @ x)", "needs a line for h"),
        ("h = tanh(W_h @ x + U_h @ c_prev)", "c_prev"),
        ("h = tanh(W_h @ x", "h = tanh(W_h @ x"),
    ],
)
def test_what_is_no_step_of_the_cell_is_told(text: Any, says: str) -> None:
    verdict = judged(text)
    assert verdict.points == 0
    assert says in " ".join((verdict.sentence, *verdict.details, *verdict.notes))
