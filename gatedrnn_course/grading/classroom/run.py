"""Grades a folder of submissions: in parallel, resumable, and never stopped by one bad file."""

from __future__ import annotations

import secrets
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.changed import content_of
from gatedrnn_course.grading.classroom.deadlines import Deadlines, with_lateness
from gatedrnn_course.grading.classroom.desk import Desk, Settings, Task, grade_at_desk
from gatedrnn_course.grading.classroom.grade import rubric_of
from gatedrnn_course.grading.classroom.layouts import HandIn, hand_ins
from gatedrnn_course.grading.classroom.record import Record, file_stems, read_record, write_text
from gatedrnn_course.grading.classroom.workers import side_by_side
from gatedrnn_course.grading.sandbox import best_sandbox
from gatedrnn_course.grading.units import Unit, load
from gatedrnn_course.text import _, language

__all__ = ["ClassRun", "Options", "RunWatcher", "grade_class"]


class RunWatcher(Protocol):
    """Told how a run goes."""

    def begin(self, known: Sequence[Record], todo: Sequence[str]) -> None:
        """Before the first: the records that are there already, and who will be graded, in this order."""
        ...

    def done(self, record: Record) -> None:
        """One more is graded; its record is written."""
        ...


@dataclass(frozen=True)
class Options:
    """What an instructor may ask of a run.

    Attributes:
        dask: Address of a Dask scheduler, in place of processes here.
        since: Look only at what was handed in at this moment or later.
        deadlines: When work is due, and what being late costs.
        store: Folder of judged work that several classes share; by default one of the run's own.
        seed: All that is drawn comes from it; by default a secret one.
    """

    dask: str | None = None
    since: datetime | None = None
    deadlines: Deadlines = field(default_factory=Deadlines)
    store: Path | None = None
    seed: int | None = None


@dataclass(frozen=True)
class ClassRun:
    """A graded class.

    Attributes:
        unit: The assignment.
        records: One record a student, sorted by name.
        fresh: How many were graded in this run; the others were there already.
        seconds: How long the run took.
        left_out: Names of the files that are nobody's notebook.
        not_looked_at: Students without a record whose work was handed in before the date asked for.
    """

    unit: Unit
    records: tuple[Record, ...]
    fresh: int
    seconds: float
    left_out: tuple[str, ...] = ()
    not_looked_at: tuple[str, ...] = ()


def grade_class(
    folder: Path,
    number: str,
    out: Path,
    jobs: int = 0,
    progress: RunWatcher | None = None,
    anew: bool = False,
    options: Options | None = None,
) -> ClassRun:
    """Grade every submission of a folder.

    Each record is written as soon as it is known, so a run that is stopped or killed goes on where it was. A submission
    that has not changed is not read again, and equal work, whoever's and wherever, is not judged again, unless what is
    asked or the code that judges has changed.

    Args:
        folder: What was handed in.
        number: The unit.
        out: Folder of the results; records go to `out/records`, judged work to `out/work`.
        jobs: Processes side by side. 0 grades in this one, which a hostile notebook may bring down where the sandbox is
            no strong one.
        progress: Told how it goes.
        anew: Grade also what has not changed.
        options: What else is asked.

    Returns:
        All records.

    Raises:
        CourseError: If the folder or the unit does not exist, `out` cannot be written, the cluster cannot be reached,
            or no answer can be run here.
    """
    start, options = time.perf_counter(), options or Options()
    unit = load(number)
    rubric = rubric_of(unit)
    handed_in = hand_ins(folder, out / "unpacked", unit.stem)
    tasks = _tasks(handed_in.students, unit, out, options.deadlines)
    _make(out / "records")
    known: dict[str, Record] = {}
    todo: list[Task] = []
    for task in tasks:
        record = _kept(task, unit.number)
        looked_at = options.since is None or task.at >= options.since
        if looked_at and (anew or record is None or _changed(record, task, rubric)):
            todo.append(task)
        elif record is not None:
            known[task.student] = _late_as_of_now(record, task)
    if todo and options.dask is None:
        best_sandbox().open().close()  # says what the operator must mend, once and not for each student
    if progress is not None:
        progress.begin(tuple(known.values()), [task.student for task in todo])
    records = dict(known)
    with closing(_graded(todo, _settings(unit, out, anew, options), jobs, options.dask)) as graded:
        for record in graded:
            records[record.student] = record
            if progress is not None:
                progress.done(record)
    ordered = tuple(records[task.student] for task in tasks if task.student in records)
    missed = tuple(task.student for task in tasks if task.student not in records)
    return ClassRun(unit, ordered, len(todo), time.perf_counter() - start, handed_in.left_out, missed)


def _settings(unit: Unit, out: Path, anew: bool, options: Options) -> Settings:
    """What the processes of a run are told."""
    seed = secrets.randbits(48) if options.seed is None else options.seed
    return Settings(unit.number, options.store or out / "work", seed, anew, language())


def _tasks(students: Sequence[HandIn], unit: Unit, out: Path, deadlines: Deadlines) -> list[Task]:
    """One task a student, in their order."""
    stems = file_stems(one.student for one in students)
    _names, files = unit.asked_for
    tasks = []
    for one in students:
        due = deadlines.of(one.student)
        decides = due.model_dump_json() if due.attempts == "best" else due.attempts or ""
        task = Task(one, out / "records" / f"{stems[one.student]}.json", "", due)
        content = content_of(task.paths, files, f"{one.handed_in_at} {one.id} {decides}")
        tasks.append(replace(task, content=content))
    return tasks


def _graded(todo: Sequence[Task], settings: Settings, jobs: int, dask: str | None) -> Generator[Record]:
    """Records as they come, in any order."""
    if not todo:
        return
    if dask is not None:
        from gatedrnn_course.grading.classroom.cluster import on_cluster

        yield from on_cluster(todo, settings, dask)
    elif jobs:
        grade = partial(grade_at_desk, settings)
        yield from side_by_side(grade, todo, min(jobs, len(todo)), partial(_lost, settings))
    else:
        with closing(Desk(settings)) as desk:
            yield from map(desk.grade, todo)


def _lost(settings: Settings, task: Task, how: str) -> Record:
    """The record of a submission that brought two processes down."""
    words = _("Two processes that graded it came to an end, one after the other. {how} Look into it before you run it.")
    with closing(Desk(settings)) as desk:
        return desk.lost(task, words.format(how=how))


def _kept(task: Task, number: str) -> Record | None:
    """The record of an earlier run, if there is one."""
    record = read_record(task.record)
    return record if record and (record.student, record.unit) == (task.student, number) else None


def _changed(record: Record, task: Task, rubric: str) -> bool:
    """Whether anything has changed since an earlier run, or it had failed."""
    return record.content != task.content or record.rubric != rubric or record.status == "not graded"


def _late_as_of_now(record: Record, task: Task) -> Record:
    """An earlier record with what being late costs by the table of this run."""
    told = with_lateness(record, task.due)
    if told != record:
        write_text(task.record, told.model_dump_json(indent=1))
    return told


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(
            _("The folder of results {folder}.").format(folder=folder),
            _("It cannot be made: {why}.").format(why=error.strerror),
            do=_("Name another one with --out."),
        ) from error
