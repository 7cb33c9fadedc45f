"""313 answers to units 01 to 05, written from the exercises alone by somebody who had not seen the judge.

Each is right or wrong by its own label. All right ones must be accepted and all wrong ones caught; nearly all of the
wrong ones must have a name, and the few without are listed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from labelled import defined, judged_as_labelled

import gatedrnn_course
from gatedrnn_course.cells import Params
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.running.course import course_function
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import find_item

ANSWERS = json.loads(Path(__file__).with_name("answers_01_to_05.json").read_text("utf-8"))
GIVEN = ("lstm_step", "forget_gate", "input_gate", "candidate", "output_gate", "residual_layer", "residual_jacobian")
EARLIER = (*GIVEN, "rnn_step", "step_jacobian", "carousel_update", "lstm_step_backward", "cell_path_gradient")
UNNAMED = {"t097", "t148", "t175", "t232", "t284"}
"""Shapes that raise, a name that does not exist, a gradient counted twice, one bias for all: told without a name."""


def at_step(saved: Any, t: int) -> Params:
    return Params({name: saved[name][t] for name in saved})


def written(answer: dict[str, Any]) -> Callable[..., Any]:
    """The function of an answer, with what its exercise gives it."""
    names = {name: getattr(gatedrnn_course, name) for name in ("sigmoid", "tanh", "stack", "example")}
    earlier = {name: course_function(find_item(name)[1]) for name in EARLIER if name != answer["item"]}
    space: dict[str, Any] = {"np": np, "__name__": "notebook", "Params": Params, "at_step": at_step, **names, **earlier}
    return defined(answer, space)


def judged(answer: dict[str, Any]) -> Verdict:
    return judge(find_item(answer["item"])[1], LocalCaller(written(answer)), 3)


@pytest.mark.parametrize("answer", ANSWERS, ids=[one["id"] for one in ANSWERS])
def test_an_answer_written_from_the_exercise_alone(answer: dict[str, Any]) -> None:
    if "torch" in answer["source"]:
        pytest.importorskip("torch", reason="torch is not installed here.")
    judged_as_labelled(answer, judged(answer), named=answer["id"] not in UNNAMED)
