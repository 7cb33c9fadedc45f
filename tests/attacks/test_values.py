"""Values that a child may send in place of an answer: each is judged, none brings the judge down, none has points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.exchange.values import Argument, Framework, Problem, Reply
from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.units import UNITS, load

ITEMS = {item.name: item for number in UNITS for item in load(number).items}
VALUES: dict[str, Any] = {
    "nothing": None,
    "no text": "",
    "a long text": "x" * 4000,
    "a deep text": "h = " + "(" * 1900 + "x" + ")" * 1900,
    "a text of many lines": "\n".join(f"a{k} = x" for k in range(400)),
    "a text that doubles itself": "\n".join(f"a{k + 1} = a{k} * a{k}" for k in range(150)),
    "a text with powers": "h = " + "**".join(["9"] * 1000),
    "a text of signs": "\x00\ud800\u202e = \x1b[0m @ @ =",
    "a number": np.array(0.5),
    "a truth value": np.array(True),
    "no numbers": np.zeros((0, 3)),
    "many axes": np.zeros((1,) * 8),
    "many numbers": np.zeros((512, 512)),
    "small integers": np.full((2, 3), 255, np.uint8),
    "large integers": np.full((2, 3), 2**64 - 1, np.uint64),
    "half precision": np.full((2, 3), np.inf, np.float16),
    "not a number": np.full((2, 3), np.nan),
    "the largest number": np.full((2, 3), np.finfo(float).max),
    "the smallest number": np.full((2, 3), 5e-324),
    "an empty tuple": (),
    "a tuple of all kinds": (None, "x", np.zeros(2), {"h": np.zeros(1)}, ((),)),
    "a long tuple": (np.zeros(1),) * 256,
    "an empty mapping": {},
    "a mapping of odd names": {"": np.zeros(1), "__class__": "x", "h\x00": None, "h": {"h": {"h": np.zeros(1)}}},
    "a mapping of many names": {f"h{k}": np.zeros(1) for k in range(250)},
    "a mapping that looks like a model": {"fault": "no module", "type": "x" * 4000, "weight_hh": np.zeros((3, 3))},
}
ODD = ("a text that doubles itself", "the largest number", "not a number", "large integers", "a tuple of all kinds")
EXPLAINED = ("forget_gate", "lstm_step", "lstm_forward", "lstm_equations", "lstm_backward", "latch")


class Sends:
    """A child that sends one value, whatever it is asked."""

    def __init__(self, value: Any, problem: Problem | None = None) -> None:
        self.reply = Reply(value, problem)

    def call(self, name: str, args: Sequence[Argument], *, framework: Framework = "numpy", driver: str = "") -> Reply:
        return replace(self.reply, arguments=tuple(args), framework=framework)

    def replace(self, answers: object) -> None: ...


@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS)
def test_no_odd_value_brings_the_judge_down_or_has_points(item: Item) -> None:
    for words, value in VALUES.items():
        verdict = judge(item.given(None), Sends(value), 7, explain=False)
        assert (verdict.points, verdict.outcome == "right") == (0, False), words


@pytest.mark.parametrize("name", [name for name in EXPLAINED if name in ITEMS])
@pytest.mark.parametrize("words", ODD)
def test_an_odd_value_is_explained_or_not_and_that_is_all(name: str, words: str) -> None:
    assert judge(ITEMS[name].given(None), Sends(VALUES[words]), 7).points == 0


@pytest.mark.parametrize("form", ["keep", "short", "other", "unasked"])
def test_arguments_that_come_back_in_another_form_are_no_fault(form: str) -> None:
    class Changed(Sends):
        def call(self, name: str, args: Sequence[Argument], **options: Any) -> Reply:
            back: Any = {"keep": tuple(args), "short": (), "other": ({"x": np.zeros(1)},) * len(args)}.get(form)
            return Reply(np.zeros(3), None, back if back is not None else (np.zeros(1),) * 300)

    assert judge(ITEMS["forget_gate"], Changed(None), 7).points == 0


MESSAGES = ("", "x" * 2000, "shapes (3,4) and (4,5)", "%s {0} {x}", "\x1b[0m<b>", "(" * 2000)


@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS)
def test_an_answer_that_raises_is_judged_whatever_it_says(item: Item) -> None:
    for message in MESSAGES if item.name == "forget_gate" else MESSAGES[3:4]:
        problem = Problem("raised", "ValueError", message, "x = " + message[:200])
        verdict = judge(item.given(None), Sends(None, problem), 7)
        assert (verdict.points, verdict.outcome == "right") == (0, False)


@pytest.mark.parametrize("kind", ["missing", "value", "timeout", "died", "frame"])
def test_an_answer_without_a_value_is_judged(kind: Any) -> None:
    for item in ITEMS.values():
        assert judge(item.given(None), Sends(None, Problem(kind, "x", "y")), 7).points == 0
