"""313 answers to units 01 to 05, written from the exercises alone by somebody who had not seen the judge.

Each is right or wrong by its own label. All right ones must be accepted and all wrong ones caught; nearly all of the
wrong ones must have a name, and the few without are listed.
"""

from __future__ import annotations

from typing import Any

import pytest
from stranger_answers import assert_judged, judged, stranger_answers

from gatedrnn_course.cells import Params

GIVEN = ("lstm_step", "forget_gate", "input_gate", "candidate", "output_gate", "residual_layer", "residual_jacobian")
EARLIER = (*GIVEN, "rnn_step", "step_jacobian", "carousel_update", "lstm_step_backward", "cell_path_gradient")
UNNAMED = {"t097", "t148", "t175", "t232", "t284"}
"""Shapes that raise, a name that does not exist, a gradient counted twice, one bias for all: told without a name."""


def at_step(saved: Any, t: int) -> Params:
    return Params({name: saved[name][t] for name in saved})


@stranger_answers("answers_01_to_05.json")
def test_an_answer_written_from_the_exercise_alone(answer: dict[str, Any]) -> None:
    if "torch" in answer["source"]:
        pytest.importorskip("torch", reason="torch is not installed here.")
    assert_judged(answer, judged(answer, EARLIER, {"at_step": at_step}), UNNAMED)
