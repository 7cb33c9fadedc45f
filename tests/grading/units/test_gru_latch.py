from __future__ import annotations

from typing import Any

import pytest

from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load
from gatedrnn_course.grading.units.gru_latch import MISTAKES

ITEM = load("07").item("gru_latch")
RIGHT = {"b_z": 10.0, "W_z": [0.0, -20.0], "W_h": [5.0, 0.0]}


def judged(given: Any, seed: int = 5) -> Any:
    def gru_latch() -> Any:
        return given

    return judge(ITEM, LocalCaller(gru_latch), seed)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("more", [{}, {"b_r": -10.0}, {"U_h": [0.5]}, {"U_z": [1.0]}])
def test_more_than_one_choice_holds_the_bit(more: dict[str, Any], seed: int) -> None:
    assert judged({**RIGHT, **more}, seed).outcome == "right"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.words[:30])
def test_each_mistake_is_named_by_what_the_gate_does(mistake: Any, seed: int) -> None:
    verdict = judged(mistake.function(), seed)
    assert (verdict.outcome, verdict.mistake) == ("wrong", mistake.words)


def test_the_gate_of_the_other_convention_is_told_as_turned() -> None:
    told = judged({"b_z": -10.0, "W_z": [0.0, 20.0], "W_h": [5.0, 0.0]}).sentence
    assert "z weighs the old state" in told and "1.00 at a write and 0.00 between" in told


def test_a_name_of_the_lstm_is_no_parameter_of_the_gru() -> None:
    verdict = judged({"b_f": 10.0})
    assert verdict.points == 0 and "'b_f'" in " ".join(verdict.details)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_that_are_not_finite_are_told(number: float) -> None:
    verdict = judged({**RIGHT, "b_z": number})
    assert verdict.points == 0 and "`b_z` holds nan or inf" in " ".join((verdict.sentence, *verdict.details))
