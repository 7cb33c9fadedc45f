"""What is told of an LSTM layer whose time grows with the square of the length, by the way it does so."""

from __future__ import annotations

import pytest

from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.prove.programs import answer
from gatedrnn_course.grading.prove.typed import function_of
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load

pytest.importorskip("torch")
ITEM = next(item for item in load("06").items if item.name == "LSTM")
TEXT = answer(ITEM)
APPEND = "hs.append(h)"
INSIDE = {
    "grown = torch.stack(hs)": "The steps are stacked inside the loop",
    "grown = torch.cat(hs)": "hs grows by torch.cat inside the loop",
}


def test_the_courses_own_is_right() -> None:
    assert judge(ITEM, LocalCaller(function_of(TEXT, ITEM.name)), 3).outcome == "right"


@pytest.mark.parametrize("line", INSIDE)
def test_what_is_put_together_inside_the_loop_is_told(line: str) -> None:
    assert TEXT.count(APPEND) == 1
    indent = " " * 12
    text = TEXT.replace(APPEND, f"{APPEND}\n{indent}{line}")
    told = judge(ITEM, LocalCaller(function_of(text, ITEM.name)), 3)
    assert told.outcome == "wrong"
    assert told.sentence.startswith(INSIDE[line])
