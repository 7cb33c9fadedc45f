"""What a class run does when a grader fails once, a folder holds two units, or no answer can be run at all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gatedrnn_course.cells import Slice, catalogue, variant
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom import desk, grade, run
from gatedrnn_course.grading.classroom.grade import LIMITS, Grader, grade_submission, rubric_of
from gatedrnn_course.grading.classroom.record import Judged, Record, read_record
from gatedrnn_course.grading.classroom.run import grade_class
from gatedrnn_course.grading.sandbox import Limits, ProcessSandbox, SandboxUnavailable
from gatedrnn_course.grading.units import load

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the process sandbox needs a POSIX system")
IMPORTS = "import numpy as np\nfrom gatedrnn_course import sigmoid"
GATE = "def forget_gate(x, h_prev, p):\n    return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"
LINEAR = "def linear(x, p):\n    return x @ p.W_h.T + p.b_h"
UNIT = load("03")
GATE_ITEM = UNIT.item("forget_gate")


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    code = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
        for source in (IMPORTS, GATE, LINEAR)
    ]
    path = tmp_path / "class" / "ana.ipynb"
    path.parent.mkdir()
    path.write_text(json.dumps({"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}), "utf-8")
    return path.parent


def failing(times: int, calls: list[int]) -> Callable[..., Judged]:
    """The grader, which fails so many times first."""

    right = Grader.judge

    def judged(*args: Any) -> Judged:
        calls.append(1)
        if len(calls) <= times:
            raise EOFError("the worker is gone")
        return right(*args)

    return judged


@pytest.mark.parametrize(("times", "status", "asked"), [(0, "graded", 1), (1, "graded", 2), (2, "not graded", 2)])
def test_a_grader_that_dies_once_is_asked_again_and_one_that_dies_twice_is_recorded(
    handed_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int, status: str, asked: int
) -> None:
    calls: list[int] = []
    monkeypatch.setattr(Grader, "judge", failing(times, calls))
    (record,) = grade_class(handed_in, "03", tmp_path / "out").records
    assert (record.status, len(calls)) == (status, asked)
    assert record.points == (GATE_ITEM.points if status == "graded" else 0)
    assert record.problem == ("" if status == "graded" else "EOFError: the worker is gone")


def test_two_units_in_one_folder_of_results_do_not_take_each_others_records(
    handed_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "rubric_of", lambda unit: "the same")  # so that the unit alone tells them apart
    monkeypatch.setattr(grade, "rubric_of", lambda unit: "the same")
    out = tmp_path / "out"
    for number, points in (("00", 100), ("03", GATE_ITEM.points), ("00", 100)):
        done = grade_class(handed_in, number, out)
        assert (done.fresh, done.records[0].unit, done.records[0].points) == (1, number, points)
        assert grade_class(handed_in, number, out).fresh == 0


class Nowhere(ProcessSandbox):
    """A system on which no process can be started."""

    def open(self, limits: Limits | None = None, *, seed: int = 0, files: Mapping[str, bytes] | None = None) -> Any:
        raise SandboxUnavailable("A process to run answers in.", "The system refuses.")


class Told:
    """Whether a run has begun."""

    begun = False

    def begin(self, known: object, todo: object) -> None:
        self.begun = True

    def done(self, record: Record) -> None: ...


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_sandbox_that_cannot_start_is_told_once_and_before_anything_is_graded(
    handed_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    for module in (run, desk):
        monkeypatch.setattr(module, "best_sandbox", Nowhere)
    told = Told()
    with pytest.raises(CourseError, match="The system refuses"):
        grade_class(handed_in, "03", tmp_path / "out", jobs, told)
    assert not told.begun
    assert not list((tmp_path / "out" / "records").iterdir())


def test_where_all_is_graded_no_sandbox_is_needed(
    handed_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grade_class(handed_in, "03", tmp_path / "out")
    for module in (run, desk):
        monkeypatch.setattr(module, "best_sandbox", Nowhere)
    assert grade_class(handed_in, "03", tmp_path / "out").fresh == 0


OTHER = variant(catalogue["LSTM"], "other LSTM", {"f": "f = sigmoid(W_f @ x + U_f @ h_prev - b_f)  # forget gate"})


def with_item(**changes: Any) -> Any:
    """The unit with its first item changed."""
    return replace(UNIT, items=(replace(GATE_ITEM, **changes), *UNIT.items[1:]))


CHANGES = {
    "points": {"points": 13},
    "name": {"name": "forget_gates"},
    "title": {"title": "Another gate."},
    "equation": {"slice": Slice(OTHER, ("x", "h_prev"), ("f",))},
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_a_changed_item_has_another_fingerprint(changes: dict[str, Any]) -> None:
    other = with_item(**changes)
    assert rubric_of(other) != rubric_of(UNIT)
    assert rubric_of(other) == rubric_of(with_item(**changes))


def test_an_equation_alone_tells_two_items_apart() -> None:
    """Name, points and docstring are the same: only what is computed is another."""
    other = with_item(**CHANGES["equation"])
    assert [item.docstring() for item in other.items] == [item.docstring() for item in UNIT.items]
    assert rubric_of(other) != rubric_of(UNIT)


def test_a_changed_item_is_graded_anew(handed_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    assert grade_class(handed_in, "03", out).records[0].points == GATE_ITEM.points
    for module in (run, desk):
        monkeypatch.setattr(module, "load", lambda number: with_item(**CHANGES["equation"]))
    again = grade_class(handed_in, "03", out)
    assert (again.fresh, again.records[0].points) == (1, 0)
    kept = read_record(out / "records" / "ana.json")
    assert kept is not None and kept.rubric != rubric_of(UNIT)


class Recorded(ProcessSandbox):
    """Notes with which limits answers are run."""

    def __init__(self) -> None:
        super().__init__()
        self.limits: list[Limits | None] = []

    def open(self, limits: Limits | None = None, *, seed: int = 0, files: Mapping[str, bytes] | None = None) -> Any:
        self.limits.append(limits)
        return super().open(limits, seed=seed, files=files)


def test_answers_run_under_the_limits_that_are_stated(handed_in: Path) -> None:
    """Five seconds for one call; every process of a submission has the same."""
    sandbox = Recorded()
    try:
        grade_submission("ana", [handed_in / "ana.ipynb"], UNIT, sandbox, 1)
    finally:
        sandbox.close()
    assert LIMITS.wall_s == 5.0
    assert sandbox.limits and set(sandbox.limits) == {LIMITS}
