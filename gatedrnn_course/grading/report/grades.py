"""Grades as a table that any spreadsheet opens."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from gatedrnn_course.grading.classroom.record import Record, write_text
from gatedrnn_course.grading.units import Unit

from .plain import plain

__all__ = ["BOM", "cell", "grades_text", "harmless", "write_grades"]

LONGEST_NOTES = 1000
_FORMULA = re.compile(r"(^|[;\t\r\n])([\s\x00-\x1f\u200b\ufeff]*)(?=[=+\-@＝＋－＠])")
"""Where a cell begins like a formula, also one that a spreadsheet which expects another separator makes of it."""
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
    """The table as a text. Where a submission could not be graded, the points are left empty.

    `protection` is the level of the sandbox: `weak` where grades are worth no more than one's trust in every student.
    """
    names = [item.name for item in unit.items]
    rows: list[list[str | int]] = [["student", "points", "out_of", "status", "protection", *names, "file", "notes"]]
    for record in records:
        earned = {item.name: item.points for item in record.items}
        graded = record.status != "not graded"
        points: list[str | int] = [earned.get(name, 0) if graded else "" for name in names]
        by_hand = (f"{item.name}: {item.overridden}" for item in record.items if item.overridden)
        notes = cell(" | ".join(filter(None, (record.problem, *by_hand, *record.notes))), LONGEST_NOTES)
        total = f"{record.worth:g}" if graded else ""
        known: list[str | int] = [cell(record.student), total, record.out_of, record.status, record.sandbox.level]
        rows.append([*known, *points, cell(record.file), notes])
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()


def cell(text: str, longest: int = 255) -> str:
    """A text that came from a student as one cell: on one line, cut, and no formula."""
    return harmless(plain(text, longest))


def harmless(text: str) -> str:
    """A text that no spreadsheet runs: what looks like a formula gets an apostrophe in front."""
    return _FORMULA.sub(r"\1\2'", text)
