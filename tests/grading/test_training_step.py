"""What is told of a wrong step of training, in words that a learner knows."""

from __future__ import annotations

import pytest

from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.prove.typed import function_of
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load

pytest.importorskip("torch")
ITEM = next(item for item in load("06").items if item.name == "train_step")
TEXT: str = ITEM.text  # type: ignore[attr-defined]


def verdict(old: str, new: str) -> Verdict:
    assert TEXT.count(old) == 1
    return judge(ITEM, LocalCaller(function_of(TEXT.replace(old, new), ITEM.name)), 3)


def test_the_courses_own_is_right() -> None:
    assert verdict("optimiser.step()", "optimiser.step()").outcome == "right"


def test_what_has_no_name_of_its_own_is_told_in_words() -> None:
    told = verdict("    loss.backward()\n", "    (loss**2).backward()\n")
    assert told.outcome == "wrong"
    assert told.sentence.startswith("`train_step` gives other numbers for the model after the first step, the loss of")
    assert told.sentence.endswith("the loss of the first batch, the state after the first batch are right.")
    assert "the model after the first step is wrong in" in told.details[0]
    assert "A_1" not in " ".join((told.sentence, *told.details))
