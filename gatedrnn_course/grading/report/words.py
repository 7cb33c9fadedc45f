"""The signs and words of outcomes, and what a sandbox does not keep, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from gatedrnn_course.grading.classroom.record import SandboxRecord
from gatedrnn_course.grading.judging.verdict import Outcome
from gatedrnn_course.grading.sandbox import Guarantee
from gatedrnn_course.text import _, mark

from .plain import plain

__all__ = ["OUTCOMES", "PROTECTED", "left_out_sentence", "not_kept", "sandbox_sentence", "stamp", "status_word"]

OUTCOMES: Mapping[Outcome, tuple[str, str]] = {
    "right": ("✓", mark("right")),
    "wrong": ("✗", mark("wrong")),
    "blank": ("–", mark("not written")),
    "missing": ("?", mark("missing")),
    "refused": ("⊘", mark("refused")),
    "raised": ("!", mark("error")),
    "timeout": ("∞", mark("no end")),
    "died": ("†", mark("process ended")),
}
"""For each outcome its sign and its word: nothing is told by colour alone."""

LONGEST_LEFT_OUT = 4000
PROTECTED = ("strong", "medium")
"""Levels at which a grade needs no stamp."""

_NOT_KEPT: Mapping[Guarantee, str] = {
    "values only": mark("reaching the judge itself"),
    "time": mark("running without end"),
    "memory": mark("using all memory"),
    "output": mark("printing without end"),
    "file size": mark("writing files of any size"),
    "environment": mark("reading the grader's environment variables"),
    "orphans": mark("going on after the grader is killed"),
    "processes": mark("starting any number of processes"),
    "leftovers": mark("leaving a hidden process behind"),
    "disk": mark("filling the disk"),
    "filesystem": mark("reading and changing the files of whoever grades"),
    "network": mark("using the network"),
}

_STATUS = {"graded": mark("graded"), "unreadable": mark("unreadable"), "not graded": mark("not graded")}


def status_word(status: str) -> str:
    """The status of a record in words."""
    return _(_STATUS.get(status, status))


def not_kept(sandbox: SandboxRecord) -> list[str]:
    """What this sandbox does not keep an answer from, in words; a name unknown here stays as it is."""
    known = get_args(Guarantee)
    order = sorted(sandbox.missing, key=lambda name: known.index(name) if name in known else len(known))
    words: Mapping[str, str] = {str(name): text for name, text in _NOT_KEPT.items()}
    return [_(words.get(name, name)) for name in order]


def sandbox_sentence(sandbox: SandboxRecord) -> str:
    """One line: where the answers ran, how far it can be trusted, and what it does not keep an answer from."""
    head = _("Answers ran in the sandbox `{name}` (level: {level}).").format(
        name=sandbox.backend, level=_(sandbox.level)
    )
    missing = not_kept(sandbox)
    if not missing:
        return head
    return head + " " + _("Nothing there keeps an answer from {missing}.").format(missing=", ".join(missing))


def stamp(sandbox: SandboxRecord) -> str:
    """What every report says of a grade that was given with weak protection or none; else empty."""
    if sandbox.level in PROTECTED:
        return ""
    return _("Protection while grading: {level}.").format(level=_(sandbox.level))


def left_out_sentence(names: Sequence[str]) -> str:
    """One line that names the files left out of a class; empty if there are none."""
    listed = plain(", ".join(names), LONGEST_LEFT_OUT)
    return _("Left out, as they are no notebooks: {names}.").format(names=listed) if names else ""
