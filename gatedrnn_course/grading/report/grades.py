"""Grades as a table that any spreadsheet opens."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from gatedrnn_course.grading.classroom.record import Record, write_text
from gatedrnn_course.grading.units import Unit

from .plain import plain

__all__ = ["cell", "grades_text", "write_grades"]

LONGEST_NOTES = 1000
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
BOM = "\ufeff"  # Excel takes a file without it for another encoding; others skip it


def write_grades(path: Path, records: Sequence[Record], unit: Unit) -> None:
    """Write `grades.csv`: UTF-8 with a byte order mark, one row a student.

    Args:
        path: The file.
        records: The records.
        unit: The assignment; each of its items has a column with the points earned.
    """
    write_text(path, BOM + grades_text(records, unit))


def grades_text(records: Sequence[Record], unit: Unit) -> str:
    """The table as a text. Where a submission could not be graded, the points are left empty."""
    names = [item.name for item in unit.items]
    rows: list[list[str | int]] = [["student", "points", "out_of", "status", *names, "file", "notes"]]
    for record in records:
        earned = {item.name: item.points for item in record.items}
        graded = record.status != "not graded"
        points: list[str | int] = [earned.get(name, 0) if graded else "" for name in names]
        by_hand = (f"{item.name}: {item.overridden}" for item in record.items if item.overridden)
        notes = cell(" | ".join(filter(None, (record.problem, *by_hand, *record.notes))), LONGEST_NOTES)
        total = f"{record.worth:g}" if graded else ""
        rows.append([cell(record.student), total, record.out_of, record.status, *points, cell(record.file), notes])
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()


def cell(text: str, longest: int = 255) -> str:
    """A text as one cell. A spreadsheet would run what looks like a formula, so that gets an apostrophe in front."""
    shown = plain(text, longest)
    return f"'{shown}" if shown.startswith(FORMULA) else shown
