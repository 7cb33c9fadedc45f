"""From a graded class to what counts: into the book, and back with what the instructor overruled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.record import Record, read_record
from gatedrnn_course.grading.classroom.run import ClassRun
from gatedrnn_course.grading.units import Unit, load
from gatedrnn_course.text import _

from .gradebook import Gradebook
from .overrides import with_overrides

__all__ = ["BOOK", "graded", "read_results", "settle"]

BOOK = "gradebook.db"
"""Name of the gradebook beside the results, where no other is named."""


def settle(run: ClassRun, book: Gradebook) -> ClassRun:
    """Take a graded class into the book; the same class with the points that count."""
    book.add(run.unit, run.records, run.left_out)
    return replace(run, records=with_overrides(run.records, run.unit, book.overrides(run.unit.number)))


def read_results(out: Path, number: str | None = None) -> ClassRun:
    """The class whose results lie in a folder, as it was judged; nothing is graded.

    Args:
        out: The folder of results.
        number: The unit; needed only where results of several are there.

    Raises:
        CourseError: If there are no results, or of several units.
    """
    found = [record for path in sorted((out / "records").glob("*.json")) if (record := read_record(path))]
    unit = _unit(out, found, number)
    records = sorted((one for one in found if one.unit == unit.number), key=lambda record: record.student)
    if not records:
        raise _no_results(out)
    return ClassRun(unit, tuple(records), 0, 0.0)


def graded(out: Path, book: Gradebook, number: str | None = None) -> ClassRun:
    """The class whose results lie in a folder, with the points that count.

    Args:
        out: The folder of results.
        book: The gradebook. Where it knows the unit, who left the class since is left out.
        number: The unit; needed only where results of several are there.

    Raises:
        CourseError: If there are no results, or of several units.
    """
    run = read_results(out, number)
    known = book.students(run.unit.number)
    if not known:
        return settle(run, book)
    records = [record for record in run.records if record.student in known]
    overrides = book.overrides(run.unit.number)
    return replace(
        run,
        records=with_overrides(records, run.unit, overrides),
        left_out=book.left_out(run.unit.number),
    )


def _unit(out: Path, found: Sequence[Record], number: str | None) -> Unit:
    if number is not None:
        return load(number)
    units = sorted({record.unit for record in found})
    if not units:
        raise _no_results(out)
    if len(units) > 1:
        raise CourseError(
            _("The results in {folder}.").format(folder=out),
            _("They are of several units: {units}.").format(units=", ".join(units)),
            do=_("Name one with --unit."),
        )
    return load(units[0])


def _no_results(out: Path) -> CourseError:
    return CourseError(
        _("The results in {folder}.").format(folder=out),
        _("There are none."),
        do=_("Grade the class first: gatedrnn grade FOLDER --unit UNIT --out {folder}").format(folder=out),
    )
