"""Answers that carry a label, right or wrong, by whoever wrote them: what they define, and whether the judge agrees."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from typing import Any

from gatedrnn_course.grading.judging.verdict import Verdict


def defined(answer: dict[str, Any], space: dict[str, Any]) -> Callable[..., Any]:
    """The function or class of an answer, in a namespace that holds what its exercise gives it."""
    file = f"<answer {answer['id']}>"
    linecache.cache[file] = (len(answer["source"]), None, answer["source"].splitlines(True), file)
    exec(compile(answer["source"], file, "exec"), space)
    function: Callable[..., Any] = space[answer["item"]]
    return function


def judged_as_labelled(answer: dict[str, Any], verdict: Verdict, *, named: bool = True) -> None:
    """A right answer is accepted, a wrong one caught; `named` asks for a name as well."""
    told = " ".join((verdict.sentence, *verdict.details))
    if answer["right"]:
        assert verdict.outcome == "right", told
        return
    assert verdict.outcome in ("wrong", "raised"), (answer["what"], told)
    assert verdict.mistake or not named, (answer["what"], told)
