from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load
from gatedrnn_course.grading.units.every_nth import MISTAKES, pulse_trains

ITEM: Item = load("08").item("count_with_peepholes")


def right(n: Any, **other: Any) -> dict[str, Any]:
    edge = 20.0 * (n - 0.5)
    own = {"b_i": -10.0, "W_i": [0.0, 20.0], "b_c": 5.0, "P_f": -20.0, "b_f": edge, "P_o": 20.0, "b_o": -edge}
    return {**own, **other}


def judged(function: Any, seed: int = 5) -> Any:
    def count_with_peepholes(n: Any) -> Any:
        return function(n)

    return judge(ITEM, LocalCaller(count_with_peepholes), seed)


@pytest.mark.parametrize("n", [3, 5, 8])
def test_spikes_are_due_at_every_nth_pulse(n: int) -> None:
    xs, due = pulse_trains(np.random.default_rng(n), n)
    for pulses, spikes in zip(xs[..., 1].T, due.T, strict=True):
        places = np.flatnonzero(pulses)
        assert list(np.flatnonzero(spikes)) == list(places[n - 1 :: n])
    assert (xs[:, 0, 1] == 1).all() and xs[..., 0].min() < -0.5 < 0.5 < xs[..., 0].max()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "function",
    [
        right,
        lambda n: right(n, b_c=0.0, W_c=[0.0, 5.0]),  # the candidate is 0 between pulses
        lambda n: right(n, b_i=10.0, W_i=[0.0, 0.0], b_c=0.0, W_c=[0.0, 5.0]),  # and then the gate may stay open
        lambda n: right(n, b_c=0.55, P_f=-40.0, P_o=40.0),  # each pulse counts one half
        lambda n: right(n, W_o=[0.0, 5.0]),
    ],
)
def test_whatever_fires_in_time_is_right(function: Any, seed: int) -> None:
    assert judged(function, seed).outcome == "right"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("k", range(len(MISTAKES)))
def test_each_mistake_is_named_by_what_the_gates_do(k: int, seed: int) -> None:
    verdict = judged(MISTAKES[k].function, seed)
    assert (verdict.outcome, verdict.mistake) == ("wrong", MISTAKES[k].words)


def test_parameters_for_one_n_are_told_for_another() -> None:
    verdict = judged(lambda n: right(4))
    assert verdict.outcome == "wrong" and "With n =" in verdict.sentence and "With n = 4" not in verdict.sentence


def test_a_gate_is_told_with_the_count_it_sees() -> None:
    told = judged(lambda n: right(n, b_f=20.0 * (n - 1.5))).sentence
    assert "`f` is 0.00 where `c_prev` is" in told
    assert "`o` is 0.00 where `c` is" in judged(lambda n: right(n, P_o=0.0)).sentence


@pytest.mark.parametrize("given", [3.0, "text", None, {"P_c": 10.0}, {"U_f": 1.0}, {"b_i": float("nan")}])
def test_what_cannot_count_is_wrong_and_told(given: Any) -> None:
    verdict = judged(lambda n: given)
    assert verdict.points == 0 and verdict.sentence
