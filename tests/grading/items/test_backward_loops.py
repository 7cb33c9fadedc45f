"""Loops back through time that leave a step out, or count what the loss says twice or never."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from learners_lstm import lstm_step_backward

from gatedrnn_course import Params
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load

ITEM = load("04").item("lstm_backward")


def loop(times: Any, first: Any, arrives: Any, swap: bool = False) -> Any:
    """A learner's `lstm_backward` with choices: the times walked, what is carried at first, what arrives at h."""

    def lstm_backward(saved: Any, d_hs: Any, p: Any) -> Any:
        d_h, d_c = first(d_hs), np.zeros_like(d_hs[0])
        d_xs = np.zeros_like(saved.x)
        total = {f"d_{name}": np.zeros_like(p[name]) for name in p}
        for t in times(len(d_hs)):
            step = Params({name: saved[name][t] for name in saved})
            d = lstm_step_backward(step, arrives(d_h, d_hs, t), d_c, p)
            d_h, d_c, d_xs[t] = d["d_h_prev"], d["d_c_prev"], d["d_x"]
            if swap:
                d_h, d_c = d_c, d_h
            total = {name: value + d[name] for name, value in total.items()}
        return {"d_xs": d_xs, "d_h_0": d_h, "d_c_0": d_c, **total}

    return lstm_backward


def back(T: int) -> range:
    return range(T - 1, -1, -1)


def zeros(d_hs: Any) -> Any:
    return np.zeros_like(d_hs[0])


def both(d_h: Any, d_hs: Any, t: int) -> Any:
    return d_h + d_hs[t]


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (loop(back, zeros, lambda d_h, _d_hs, _t: d_h), "`d_hs` is never added: nothing of the loss arrives."),
        (
            loop(back, lambda d_hs: d_hs[-1], both),
            "`d_hs[-1]` counts twice: the loop starts from it and adds it once more at the last step.",
        ),
        (
            loop(lambda T: range(T - 1, 0, -1), zeros, both),
            "The loop stops before the first step, so that `t = 0` is left out.",
        ),
        (
            loop(lambda T: range(T - 2, -1, -1), zeros, both),
            "The loop leaves out the last step: it begins at the one before.",
        ),
        (loop(back, zeros, both, swap=True), "The gradients of h and c are exchanged when they are carried."),
    ],
)
def test_the_mistake_of_the_loop_is_named(function: Any, words: str) -> None:
    verdict = judge(ITEM, LocalCaller(function), 1)
    assert (verdict.outcome, verdict.sentence) == ("wrong", words)


def test_the_right_loop_passes() -> None:
    assert judge(ITEM, LocalCaller(loop(back, zeros, both)), 1).outcome == "right"


def test_what_is_there_so_far_is_judged() -> None:
    right, lost = (loop(back, zeros, arrives) for arrives in (both, lambda _d_h, d_hs, t: d_hs[t]))
    for function, words in (
        (right, "Right so far: `d_xs`, `d_h_0`."),
        (lost, "The gradient of h does not reach the step before: it is not carried, or `d_h` there does not add it."),
    ):

        def lstm_backward(saved: Any, d_hs: Any, p: Any, function: Any = function) -> Any:
            d = function(saved, d_hs, p)
            return {name: d[name] for name in ("d_xs", "d_h_0")}

        verdict = judge(ITEM, LocalCaller(lstm_backward), 1)
        assert (verdict.outcome, verdict.sentence) == ("wrong", words)
        assert verdict.details[-1].startswith("Still missing: `d_c_0`, `d_W_f`")
