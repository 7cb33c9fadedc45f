"""Answers written from the exercises alone, right or wrong by their own label, and what the judge says of them."""

from __future__ import annotations

import json
import linecache
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gatedrnn_course
from gatedrnn_course.cells import Params
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.prove.prover import unhurried
from gatedrnn_course.grading.running.course import course_function
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import find_item

__all__ = ["assert_judged", "judged", "stranger_answers"]

Answer = dict[str, Any]
GRADING = Path(__file__).parents[1] / "grading"
IMPORTED = ("sigmoid", "tanh", "stack", "example", "parse")


def stranger_answers(file: str) -> Any:
    """Marks a test that is run once with each answer of a file in tests/grading."""
    answers: list[Answer] = json.loads((GRADING / file).read_text("utf-8"))
    return pytest.mark.parametrize("answer", answers, ids=[one["id"] for one in answers])


def judged(
    answer: Answer, earlier: Collection[str] = (), given: Mapping[str, Any] | None = None, file: bytes = b""
) -> Verdict:
    """The verdict on an answer.

    Args:
        answer: The answer, with `id`, `item` and `source`.
        earlier: Graded functions that it may call: the course's own, except for the one that it answers.
        given: What else the exercise gives it.
        file: What stands beside the notebook, for an item that asks for a file.
    """
    names = {name: getattr(gatedrnn_course, name) for name in IMPORTED}
    functions = {name: course_function(find_item(name)[1]) for name in earlier if name != answer["item"]}
    space: dict[str, Any] = {"np": np, "__name__": "notebook", "Params": Params, **names, **functions, **(given or {})}
    name = f"<answer {answer['id']}>"
    linecache.cache[name] = (len(answer["source"]), None, answer["source"].splitlines(True), name)
    exec(compile(answer["source"], name, "exec"), space)
    function: Callable[..., Any] = space[answer["item"]]
    item = unhurried(find_item(answer["item"])[1])
    return judge(item.given(file) if file else item, LocalCaller(function), 3)


def assert_judged(answer: Answer, verdict: Verdict, unnamed: Collection[str]) -> None:
    """A right answer is accepted; a wrong one is caught and, unless it is among the unnamed, named."""
    told = " ".join((verdict.sentence, *verdict.details))
    if answer["right"]:
        assert verdict.outcome == "right", told
        return
    assert verdict.outcome in ("wrong", "raised"), (answer["what"], told)
    assert bool(verdict.mistake) or answer["id"] in unnamed, (answer["what"], told)
