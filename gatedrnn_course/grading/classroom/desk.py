"""One process's part in grading a class: reads, looks among what is kept, judges, writes the record."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import get_args

from gatedrnn_course.grading.classroom.dates import moment, when
from gatedrnn_course.grading.classroom.deadlines import Due, with_lateness
from gatedrnn_course.grading.classroom.grade import Grader
from gatedrnn_course.grading.classroom.layouts import HandIn
from gatedrnn_course.grading.classroom.record import Attempt, Judged, Record, write_text
from gatedrnn_course.grading.classroom.store import Store, work_key
from gatedrnn_course.grading.classroom.submission import Submission, read_submission
from gatedrnn_course.grading.sandbox import Level, best_sandbox
from gatedrnn_course.grading.units import load
from gatedrnn_course.text import n_, set_language

__all__ = ["Desk", "Settings", "Task", "grade_at_desk", "judge_at_desk"]

LEVELS = get_args(Level)
"""From the strongest to none."""


@dataclass(frozen=True)
class Settings:
    """What all submissions of a run have in common.

    Attributes:
        number: The unit.
        store: Folder of judged work.
        seed: Seed of the inputs, the same for everybody.
        anew: Judge also what is kept.
        language: Of all sentences.
    """

    number: str
    store: Path
    seed: int
    anew: bool
    language: str


@dataclass(frozen=True)
class Task:
    """One student's work.

    Attributes:
        hand_in: What the student handed in.
        record: The file of the record.
        content: Fingerprint of all that was handed in.
        due: When it is due, and which attempt counts.
    """

    hand_in: HandIn
    record: Path
    content: str
    due: Due

    @property
    def student(self) -> str:
        """The student's name."""
        return self.hand_in.student

    @property
    def at(self) -> datetime:
        """When it was handed in: what the platform tells, else when the newest file was changed."""
        return moment(self.hand_in.handed_in_at) or max(map(when, self.hand_in.paths))

    @property
    def paths(self) -> tuple[Path, ...]:
        """What may count: of attempts that the platform tells apart the newest, or all where the best counts."""
        earlier = self.hand_in.earlier if self.due.attempts == "best" else ()
        return tuple(path for one in (self.hand_in, *earlier) for path in one.paths)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done to reach it, for the student."""
        count = 0 if self.due.attempts == "best" else len(self.hand_in.earlier)
        words = n_("{count} earlier attempt was left out.", "{count} earlier attempts were left out.", count)
        return (*([words.format(count=count)] if count else []), *self.hand_in.notes)

    def when(self, path: Path) -> datetime:
        """When a file was handed in: what the platform tells of its attempt, else when it was changed."""
        told = (one.handed_in_at for one in (self.hand_in, *self.hand_in.earlier) if path in one.paths)
        return moment(next(told, "")) or when(path)


@dataclass(frozen=True)
class Found:
    """One attempt, read and judged.

    Attributes:
        submission: What was read.
        judged: The verdicts.
        work: The key of the work; empty where it could not be read.
        graded_from: Whose equal work was judged.
    """

    submission: Submission
    judged: Judged
    work: str = ""
    graded_from: str = ""


class Desk:
    """Grades one submission after another.

    Args:
        settings: Of the run.
    """

    def __init__(self, settings: Settings) -> None:
        set_language(settings.language)
        self._settings = settings
        self._unit = load(settings.number)
        self._grader = Grader(self._unit)
        self._store = Store(settings.store)
        self._sandbox = best_sandbox()
        self._sandbox.expect(self._grader.libraries)

    def grade(self, task: Task) -> Record:
        """Grade one student's work and write the record: what is known is never lost."""
        looked = self.look(task)
        return self.settle(
            task, [one if isinstance(one, Found) else self.judged(one, self.judge(one)) for one in looked]
        )

    def look(self, task: Task) -> list[Found | Submission]:
        """The attempts that may count: with their verdicts where these are known, else as they were read."""
        try:
            return [self._kept(one) or one for one in self._attempts(task)]
        except Exception as error:  # a fault of the grader, which must not end the run
            why = self.not_judged(f"{type(error).__name__}: {error}")
            return [Found(Submission(task.student, task.hand_in.paths[0]), why)]

    def _attempts(self, task: Task) -> list[Submission]:
        """All attempts where the best counts, else one."""
        paths = task.paths
        if task.due.attempts is None or len(paths) == 1:
            return [self._read(task, paths)]
        each = [self._read(task, [path]) for path in paths]
        answered = [one for one in each if not one.problem and one.written() & set(self._unit.asked_for[0])]
        if not answered:
            return [self._read(task, paths)]
        if task.due.attempts == "last":
            answered = [max(answered, key=lambda one: task.when(one.path))]
        return [replace(one, handed_in=len(each)) for one in answered]

    def _read(self, task: Task, paths: Sequence[Path]) -> Submission:
        read = read_submission(task.student, paths, *self._unit.asked_for, task.hand_in.own_folder)
        return replace(read, notes=(*task.notes, *read.notes))

    def _kept(self, submission: Submission) -> Found | None:
        """The verdicts on equal work that are kept; those of a weaker sandbox do not count."""
        if submission.problem:
            return Found(submission, self._grader.judge(submission, self._sandbox, 0))
        key = self._key(submission)
        kept = None if self._settings.anew else self._store.find(key)
        if kept is None or _weaker(kept.judged.sandbox.level, self._sandbox.level):
            return None
        return Found(submission, kept.judged.model_copy(update={"seconds": 0.0}), key, kept.student)

    def _key(self, submission: Submission) -> str:
        return work_key(self._unit.number, self._grader.rubric, submission)

    def judged(self, submission: Submission, judged: Judged) -> Found:
        """The verdicts on a submission, kept for equal work.

        Raises:
            CourseError: If they cannot be written.
        """
        key = self._key(submission)
        if judged.problem:
            return Found(submission, judged)
        self._store.keep(key, self._unit.number, submission, judged)
        return Found(submission, judged, key)

    def judge(self, submission: Submission) -> Judged:
        """The verdicts; a fault of the grader itself is tried twice and then told in their place."""
        for attempt in (1, 2):
            try:
                return self._grader.judge(submission, self._sandbox, self._settings.seed)
            except Exception as error:  # the class goes on; it is tried again on the next run
                if attempt == 2:
                    return self.not_judged(f"{type(error).__name__}: {error}")
                self._sandbox.close()
                self._sandbox = best_sandbox()
        raise AssertionError

    def settle(self, task: Task, attempts: Sequence[Found]) -> Record:
        """Write the record of the attempt that counts.

        Raises:
            CourseError: If it cannot be written.
        """
        records = [self._record(task, one) for one in attempts]
        best = max(records, key=lambda one: (one.worth, one.handed_in_at))
        if len(records) > 1:
            best = best.model_copy(update={"attempts": tuple(map(_attempt, records))})
        write_text(task.record, best.model_dump_json(indent=1))
        return best

    def lost(self, task: Task, how: str) -> Record:
        """Write the record of a submission that cannot be graded, for a reason that is the grader's own."""
        return self.settle(task, [Found(Submission(task.student, task.hand_in.paths[0]), self.not_judged(how))])

    def not_judged(self, why: str) -> Judged:
        """No verdicts, for a reason that is the grader's own."""
        return self._grader.not_judged(self._sandbox, why)

    def close(self) -> None:
        """End the sandbox."""
        self._sandbox.close()

    def _record(self, task: Task, found: Found) -> Record:
        record = self._grader.record(found.submission, found.judged)
        at = task.when(found.submission.path) if task.due.attempts else task.at
        told = {
            "content": task.content,
            "work": found.work,
            "graded_from": found.graded_from,
            "handed_in_at": at.isoformat(timespec="seconds"),
            "platform": task.hand_in.platform,
            "id": task.hand_in.id,
            "attempt": task.hand_in.attempt,
            "marked_late": task.hand_in.late,
        }
        return with_lateness(record.model_copy(update=told), task.due)


@lru_cache(maxsize=1)
def _desk(settings: Settings) -> Desk:
    """This process's own, opened once; its sandbox ends with the process."""
    made = Desk(settings)
    atexit.register(made.close)
    return made


_one_at_a_time = threading.Lock()
"""A worker of a cluster has several threads, and a sandbox is for one."""


def grade_at_desk(settings: Settings, task: Task) -> Record:
    """Grade a submission in this process."""
    return _desk(settings).grade(task)


def judge_at_desk(settings: Settings, submission: Submission) -> Judged:
    """Judge, in this process, what another one has read."""
    with _one_at_a_time:
        return _desk(settings).judge(submission)


def _weaker(level: str, than: str) -> bool:
    """Whether a sandbox of one level keeps less than one of another."""
    return LEVELS.index(level) > LEVELS.index(than)


def _attempt(record: Record) -> Attempt:
    return Attempt(
        file=record.file,
        handed_in_at=record.handed_in_at,
        points=record.points,
        late_days=record.late_days,
        points_after=record.worth,
    )
