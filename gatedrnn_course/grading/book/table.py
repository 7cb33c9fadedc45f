"""The gradebook as a table: a row for each student, a column for each unit."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gatedrnn_course.grading.report.grades import BOM, cell
from gatedrnn_course.grading.report.plain import plain
from gatedrnn_course.grading.report.words import status_word
from gatedrnn_course.text import _

from .gradebook import Grade

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["grades_csv", "grades_table"]

NAME = 60


def grades_table(grades: Sequence[Grade]) -> Table:
    """The table for a terminal."""
    from rich.table import Table
    from rich.text import Text

    heads, rows = _rows(grades)
    made = Table()
    for k, head in enumerate(heads):
        made.add_column(head, justify="right" if k else "left")
    for row in rows:
        made.add_row(*(Text(plain(one, NAME)) for one in row))
    return made


def grades_csv(grades: Sequence[Grade]) -> str:
    """The table for a spreadsheet, with a byte order mark."""
    heads, rows = _rows(grades)
    file = io.StringIO()
    csv.writer(file).writerows([heads, *([cell(one) for one in row] for row in rows)])
    return BOM + file.getvalue()


def _rows(grades: Sequence[Grade]) -> tuple[list[str], list[list[str]]]:
    units = sorted({(grade.unit, grade.out_of) for grade in grades})
    points = {(grade.student, grade.unit): grade for grade in grades}
    heads = [_("student"), *(_("unit {unit} of {points}").format(unit=unit, points=most) for unit, most in units)]
    students = sorted({grade.student for grade in grades})
    rows = [
        [
            student,
            *(_points(points.get((student, unit))) for unit, _most in units),
        ]
        for student in students
    ]
    weak = {student: [one.unit for one in grades if one.student == student and one.weak] for student in students}
    if any(weak.values()):  # said once, where it is so
        heads.append(_("weak protection"))
        rows = [[*row, ", ".join(weak[row[0]])] for row in rows]
    return heads, rows


def _points(grade: Grade | None) -> str:
    if grade is None:
        return ""
    return status_word(grade.status) if grade.points is None else f"{grade.points:g}"
