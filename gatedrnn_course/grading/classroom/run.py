"""Grades a folder of submissions: in parallel, resumable, and never stopped by one bad file."""

from __future__ import annotations

import secrets
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.grade import grade_submission, rubric_of
from gatedrnn_course.grading.classroom.record import Record, SandboxRecord, file_stems, read_record, write_text
from gatedrnn_course.grading.classroom.submission import find_submissions, left_out, read_submission, readable
from gatedrnn_course.grading.sandbox import Sandbox, best_sandbox
from gatedrnn_course.grading.units import Unit, load
from gatedrnn_course.text import _

__all__ = ["ClassRun", "RunWatcher", "grade_class"]

Task = tuple[str, list[Path], Path]  # a student, what was handed in, the file of the record


class RunWatcher(Protocol):
    """Told how a run goes."""

    def begin(self, known: Sequence[Record], todo: Sequence[str]) -> None:
        """Before the first: the records that are there already, and who will be graded, in this order."""
        ...

    def done(self, record: Record) -> None:
        """One more is graded; its record is written."""
        ...


@dataclass(frozen=True)
class ClassRun:
    """A graded class.

    Attributes:
        unit: The assignment.
        records: One record a student, sorted by name.
        fresh: How many were graded in this run; the others were there already.
        seconds: How long the run took.
        left_out: Names of the files that are nobody's notebook.
    """

    unit: Unit
    records: tuple[Record, ...]
    fresh: int
    seconds: float
    left_out: tuple[str, ...] = ()


def grade_class(
    folder: Path, number: str, out: Path, jobs: int = 1, progress: RunWatcher | None = None, anew: bool = False
) -> ClassRun:
    """Grade every submission of a folder.

    Each record is written as soon as it is known, so a run that is stopped or killed goes on where it was. A submission
    whose file and rubric have not changed is not graded again.

    Args:
        folder: What was handed in.
        number: The unit.
        out: Folder of the results; records go to `out/records`.
        jobs: Processes side by side.
        progress: Told how it goes.
        anew: Grade also what has not changed.

    Returns:
        All records.

    Raises:
        CourseError: If the folder or the unit does not exist, `out` cannot be written, or no answer can be run here.
    """
    start = time.perf_counter()
    unit = load(number)
    students = find_submissions(folder)
    stems = file_stems(name for name, _paths in students)
    tasks = [(name, paths, out / "records" / f"{stems[name]}.json") for name, paths in students]
    _make(out / "records")
    records = {} if anew else {task[0]: record for task in tasks if (record := _known(task, unit))}
    todo = [task for task in tasks if task[0] not in records]
    if todo:
        best_sandbox().open().close()  # says what the operator must mend, once and not for each student
    if progress is not None:
        progress.begin(tuple(records.values()), [task[0] for task in todo])
    with closing(_graded(todo, partial(_recorded, unit.number), jobs)) as graded:
        for record in graded:
            records[record.student] = record
            if progress is not None:
                progress.done(record)
    ordered = tuple(records[name] for name, _paths in students)
    return ClassRun(unit, ordered, len(todo), time.perf_counter() - start, tuple(left_out(folder)))


def _graded(todo: Sequence[Task], grade: partial[Record], jobs: int) -> Generator[Record]:
    """Records as they come, in any order."""
    if jobs == 1 or len(todo) == 1:
        yield from map(grade, todo)
    elif todo:
        from gatedrnn_course.grading.classroom.workers import side_by_side  # joblib takes a moment to load

        yield from side_by_side(grade, todo, min(jobs, len(todo)))


def _recorded(number: str, task: Task) -> Record:
    """Grade one submission and write its record, in the process that graded it: what is known is never lost."""
    name, paths, path = task
    record = _one(name, paths, number)
    write_text(path, record.model_dump_json(indent=1))
    return record


def _one(name: str, paths: list[Path], number: str) -> Record:
    """One submission; a fault of the grader itself is tried twice and then recorded as not graded."""
    unit, seed = load(number), secrets.randbits(48)
    for attempt in (1, 2):
        sandbox = best_sandbox()
        try:
            return grade_submission(name, paths, unit, sandbox, seed)
        except Exception as error:  # the class goes on; the record says what happened and is tried again next time
            if attempt == 2:
                return _not_graded(name, paths, unit, sandbox, f"{type(error).__name__}: {error}")
        finally:
            sandbox.close()
    raise AssertionError


def _not_graded(name: str, paths: list[Path], unit: Unit, sandbox: Sandbox, why: str) -> Record:
    return Record(
        student=name,
        file=readable(paths[0].name),
        unit=unit.number,
        status="not graded",
        fingerprint="",
        rubric="",
        seed=0,
        points=0,
        out_of=unit.points,
        problem=why,
        sandbox=SandboxRecord(backend=sandbox.name, level=sandbox.level, missing=sandbox.missing),
        versions={},
        seconds=0.0,
    )


def _known(task: Task, unit: Unit) -> Record | None:
    """The record of an earlier run, if nothing has changed since."""
    name, paths, path = task
    record = read_record(path)
    if (
        record is None
        or record.status == "not graded"
        or record.rubric != rubric_of(unit)
        or record.unit != unit.number
    ):
        return None
    now = read_submission(name, paths, *unit.asked_for)
    then = (record.student, record.fingerprint, record.problem, record.handed_in)
    return record if then == (name, now.fingerprint, now.problem, now.handed_in) else None


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(
            _("The folder of results {folder}.").format(folder=folder),
            _("It cannot be made: {why}.").format(why=error.strerror),
            do=_("Name another one with --out."),
        ) from error
