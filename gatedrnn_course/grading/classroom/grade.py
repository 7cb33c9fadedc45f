"""Grades one submission from file to record."""

from __future__ import annotations

import platform
import time
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from gatedrnn_course.grading.classroom.record import ItemRecord, Record, SandboxRecord
from gatedrnn_course.grading.classroom.submission import Submission, defines_anything, read_submission, readable
from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.items.fingerprint import rubric_fingerprint
from gatedrnn_course.grading.judging.forbidden import forbidden_use, refusal
from gatedrnn_course.grading.judging.judge import judge_with_earlier
from gatedrnn_course.grading.judging.signature import head_in_sources
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.running.course import course_function
from gatedrnn_course.grading.running.student import Place
from gatedrnn_course.grading.sandbox import EXAMPLES, CellFault, Limits, Sandbox, write_examples
from gatedrnn_course.grading.units import Unit, items_before
from gatedrnn_course.text import _

__all__ = ["LIMITS", "grade_submission", "rubric_of"]

LIMITS = Limits(wall_s=5.0)
LOAD_SECONDS = 30.0


def rubric_of(unit: Unit) -> str:
    """A fingerprint of all that decides a unit's verdicts: its items and the code that judges."""
    return rubric_fingerprint(unit.items)


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
    start = time.perf_counter()
    submission = read_submission(student, paths, *unit.asked_for)
    verdicts: list[Verdict] = []
    notes = list(submission.notes)
    if not submission.problem:
        verdicts, more = _judge_all(submission, unit, sandbox, seed)
        notes += more
    return Record(
        student=student,
        file=readable(submission.path.name),
        unit=unit.number,
        status="unreadable" if submission.problem else "graded",
        fingerprint=submission.fingerprint,
        rubric=rubric_of(unit),
        seed=seed,
        points=sum(verdict.points for verdict in verdicts),
        out_of=unit.points,
        items=tuple(ItemRecord(**asdict(verdict)) for verdict in verdicts),
        notes=tuple(notes),
        handed_in=submission.handed_in,
        problem=submission.problem,
        sandbox=SandboxRecord(backend=sandbox.name, level=sandbox.level, missing=sandbox.missing),
        versions={"gatedrnn_course": version("gatedrnn-course"), "python": platform.python_version()},
        seconds=round(time.perf_counter() - start, 3),
    )


def _judge_all(submission: Submission, unit: Unit, sandbox: Sandbox, seed: int) -> tuple[list[Verdict], list[str]]:
    """Every item of a unit, each on its own; earlier items that failed are replaced in a fresh process.

    One that was refused is replaced from then on in both, so that later items neither fall with it nor profit from it.
    """
    names = [item.name for item in unit.items]
    before = items_before(unit)
    files = {EXAMPLES: write_examples({item.name: item.example() for item in (*before, *unit.items)})}
    offered = {item.name: course_function(item) for item in before}
    place = Place(sandbox, submission.cells, names, LIMITS, files, LOAD_SECONDS, offered)
    again = place.another()  # its process starts when it is first needed
    failed: dict[str, Item] = {}
    refused: dict[str, Item] = {}
    verdicts = []
    try:
        for item in unit.items:
            used = forbidden_use(submission.cells, item.name, item.forbidden, refused)
            if used:
                refused[item.name] = item
                place.replace({name: course_function(earlier) for name, earlier in refused.items()})
                verdict = Verdict(item.name, "refused", 0, item.points, refusal(item.name, used))
            else:
                head = head_in_sources(submission.cells, item.name)
                given = item.given(submission.files.get(item.file))
                verdict = judge_with_earlier(given, place, again, failed, seed, head)
            if verdict.outcome != "right":
                failed[item.name] = item
            verdicts.append(verdict)
        return verdicts, _notes(place, submission)
    finally:
        place.close()
        again.close()


def _notes(place: Place, submission: Submission) -> list[str]:
    """What happened while the notebook ran, for the student; not that a cell shows nothing where nobody looks."""
    notes = [
        _("Code cell {number} never ended or ended the process; it was left out.").format(number=k + 1)
        for k in place.left_out()
    ]
    if place.report is not None:
        only_shows = {k for k, cell in enumerate(submission.cells) if not defines_anything(cell)}
        notes += [_about(fault) for fault in place.report.faults if not (fault.quiet and fault.cell in only_shows)]
    return notes


def _about(fault: CellFault) -> str:
    """What a cell raised, and that nothing else was lost by it."""
    if fault.type in ("SystemExit", "KeyboardInterrupt"):
        words = _(
            "Code cell {number} asks Python to end ({type}). Only that cell ended; the cells after it ran all the same."
        )
        return words.format(number=fault.cell + 1, type=fault.type)
    what = ": ".join(filter(None, (fault.type, fault.message[:200].rstrip(" ."))))
    words = _("Code cell {number} raised {what}. The cells after it ran all the same.")
    return words.format(number=fault.cell + 1, what=what)
