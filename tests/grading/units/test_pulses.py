from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load
from gatedrnn_course.grading.units.pulses import MISTAKES, pulse_sequences


@pytest.fixture
def item() -> Item:
    return load("02").item("count_pulses")


def judged(item: Item, given: Any) -> Any:
    def count_pulses() -> Any:
        return given

    return judge(item, LocalCaller(count_pulses), 5)


def test_a_sequence_has_two_to_six_pulses_among_values_that_do_not_count() -> None:
    for seed in range(20):
        xs, count = pulse_sequences(np.random.default_rng(seed))
        values, pulses = xs[..., 0], xs[..., 1]
        assert (pulses.sum(axis=0) == count).all()
        assert set(count) == {2, 3, 4, 5, 6}
        assert -1 <= values.min() < -0.5 < 0.5 < values.max() <= 1


@pytest.mark.parametrize(
    "given",
    [
        {"b_i": -10, "W_i": [0, 20], "b_c": 5},
        {"b_i": [-8.0], "W_i": np.array([[0.0, 16.0]]), "W_c": [0, 5]},  # the candidate is 0 between the pulses
        {"b_i": 10, "W_c": [0, 5]},  # and then the gate may stay open
        {"b_i": -10, "W_i": [0, 20], "b_c": 5, "b_o": -10},  # what is shown is not asked for
    ],
)
def test_whatever_counts_is_right(item: Item, given: Any) -> None:
    assert judged(item, given).outcome == "right"


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.words[:30])
def test_each_mistake_is_named_by_what_gate_and_candidate_do(item: Item, mistake: Any) -> None:
    verdict = judged(item, mistake.function())
    assert (verdict.outcome, verdict.mistake) == ("wrong", mistake.words)


@pytest.mark.parametrize("given", [3.0, "text", None, {"b_f": 10.0}, {"b_i": float("nan")}])
def test_what_cannot_count_is_wrong_and_told(item: Item, given: Any) -> None:
    verdict = judged(item, given)
    assert verdict.points == 0
    assert verdict.sentence


def test_there_is_no_forget_gate_to_set(item: Item) -> None:
    verdict = judged(item, {"b_f": 10.0, "b_i": -10, "W_i": [0, 20], "b_c": 5})
    assert "'b_f'" in " ".join((verdict.sentence, *verdict.details))
