"""Grades one submission from file to record."""

from __future__ import annotations

import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from gatedrnn_course.grading.classroom.notes import notes_on
from gatedrnn_course.grading.classroom.record import ItemRecord, Judged, Record, SandboxRecord
from gatedrnn_course.grading.classroom.submission import Submission, read_submission, readable
from gatedrnn_course.grading.classroom.unread import where_written
from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.items.fingerprint import rubric_fingerprint
from gatedrnn_course.grading.judging.forbidden import unless_refused
from gatedrnn_course.grading.judging.judge import judge_with_earlier
from gatedrnn_course.grading.judging.signature import head_in_sources
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.judging.versions import best_version
from gatedrnn_course.grading.running.course import course_function
from gatedrnn_course.grading.running.student import Place
from gatedrnn_course.grading.sandbox import EXAMPLES, Limits, Sandbox, write_examples
from gatedrnn_course.grading.units import Unit, items_before

__all__ = ["LIMITS", "Grader", "grade_submission", "rubric_of", "sandbox_record"]

LIMITS = Limits(wall_s=5.0)
LOAD_SECONDS = 40.0


def rubric_of(unit: Unit) -> str:
    """A fingerprint of all that decides a unit's verdicts: its items and the code that judges."""
    return rubric_fingerprint(unit.items)


def sandbox_record(sandbox: Sandbox) -> SandboxRecord:
    """What a record says of the place where answers ran."""
    return SandboxRecord(backend=sandbox.name, level=sandbox.level, missing=sandbox.missing)


def grade_submission(student: str, paths: Sequence[Path], unit: Unit, sandbox: Sandbox, seed: int) -> Record:
    """Grade what one student handed in.

    Args:
        student: The student's name.
        paths: The notebooks handed in.
        unit: The assignment.
        sandbox: Where the answers run.
        seed: Seed of the inputs, secret until the answers are loaded.

    Returns:
        The record. Nothing a submission does raises here; what the operator must mend (`SandboxUnavailable`) does.
    """
    grader = Grader(unit)
    submission = read_submission(student, paths, *unit.asked_for)
    return grader.record(submission, grader.judge(submission, sandbox, seed))


class Grader:
    """What the verdicts on all submissions of a unit have in common, made ready once.

    Args:
        unit: The assignment.

    Attributes:
        libraries: The slow ones that answers to it import.
    """

    def __init__(self, unit: Unit) -> None:
        before = items_before(unit)
        self.unit = unit
        self.rubric = rubric_of(unit)
        self._names = [item.name for item in unit.items]
        self._files = {EXAMPLES: write_examples({item.name: item.example() for item in (*before, *unit.items)})}
        driven = any(draw.driver for item in unit.items for draw in item.draws(np.random.default_rng(0)))
        self.libraries = frozenset({"torch"} if driven else ())
        self._offered = {item.name: course_function(item) for item in before}

    def judge(self, submission: Submission, sandbox: Sandbox, seed: int) -> Judged:
        """The verdicts on what was read; none on what could not be read. The same seed gives the same verdicts.

        Args:
            submission: What was read.
            sandbox: Where the answers run.
            seed: Seed of the inputs.
        """
        start = time.perf_counter()
        verdicts, notes = ([], []) if submission.problem else self._judge_all(submission, sandbox, seed)
        return Judged(
            rubric=self.rubric,
            seed=seed,
            points=sum(verdict.points for verdict in verdicts),
            out_of=self.unit.points,
            items=tuple(ItemRecord(**asdict(verdict)) for verdict in verdicts),
            notes=tuple(notes),
            sandbox=sandbox_record(sandbox),
            versions=_versions(),
            seconds=round(time.perf_counter() - start, 3),
        )

    def not_judged(self, sandbox: Sandbox, why: str) -> Judged:
        """No verdicts, for a reason that is the grader's own: never 0 points, and tried again on the next run."""
        return Judged(
            rubric="",
            seed=0,
            points=0,
            out_of=self.unit.points,
            sandbox=sandbox_record(sandbox),
            versions={},
            seconds=0.0,
            problem=why,
        )

    def record(self, submission: Submission, judged: Judged) -> Record:
        """The record of a submission on which these are the verdicts."""
        shared: dict[str, Any] = {name: getattr(judged, name) for name in Judged.model_fields}
        shared["notes"] = (*submission.notes, *judged.notes)
        shared["problem"] = submission.problem or judged.problem
        return Record(
            **shared,
            student=submission.student,
            file=readable(submission.path.name),
            unit=self.unit.number,
            status="unreadable" if submission.problem else "not graded" if judged.problem else "graded",
            fingerprint=submission.fingerprint,
            handed_in=submission.handed_in,
        )

    def _judge_all(self, submission: Submission, sandbox: Sandbox, seed: int) -> tuple[list[Verdict], list[str]]:
        """Every item of a unit, each on its own; earlier items that failed are replaced in a fresh process."""
        place = Place(sandbox, submission.cells, self._names, LIMITS, self._files, LOAD_SECONDS, self._offered)
        again = place.another()  # its process starts when it is first needed
        failed: dict[str, Item] = {}
        verdicts = []
        try:
            for item in self.unit.items:
                place.forbid(item.forbidden)
                again.forbid(item.forbidden)
                judge = partial(self._judge, item, submission, place, again, failed, seed)
                verdict = best_version(judge, item.name, place, again)
                faults = () if place.report is None else place.report.faults
                verdict = where_written(verdict, submission.cells, faults)
                if verdict.outcome != "right":
                    failed[item.name] = item
                verdicts.append(verdict)
            return verdicts, notes_on(place, submission)
        finally:
            place.close()
            again.close()

    def _judge(
        self,
        item: Item,
        submission: Submission,
        place: Place,
        again: Place,
        failed: Mapping[str, Item],
        seed: int,
        cells: int | None = None,
    ) -> Verdict:
        """The verdict on one item, as it was after so many cells of the notebook, or at its end."""
        sources = submission.cells[:cells]
        head = head_in_sources(sources, item.name)
        given = item.given(submission.files.get(item.file))
        verdict = judge_with_earlier(given, place, again, failed, seed, head)
        return unless_refused(item, verdict, sources, failed)


@lru_cache(maxsize=1)
def _versions() -> dict[str, str]:
    """What judged; reading it from the disk takes longer than a verdict."""
    return {"gatedrnn_course": version("gatedrnn-course"), "python": platform.python_version()}
