"""A platform's own table, filled in: its rows, columns and spelling stay, only grades are written."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.record import Record
from gatedrnn_course.grading.report.grades import harmless
from gatedrnn_course.text import _

__all__ = ["Filled", "Table", "find_record", "number", "read_table", "safe", "spread", "written"]


@dataclass(frozen=True)
class Table:
    """A table: its head, and its rows as they came."""

    head: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Filled:
    """A table for a platform, and whom it does not tell of.

    Attributes:
        text: The table as CSV.
        count: How many students have a grade in it.
        missing: Students with a grade who are not in the platform's table.
        not_graded: Students whose grade stays as it is, as their work could not be graded.
    """

    text: str
    count: int
    missing: tuple[str, ...] = ()
    not_graded: tuple[str, ...] = ()


def read_table(path: Path, needed: Sequence[str]) -> Table:
    """Read a platform's table.

    Args:
        path: The CSV file that the platform wrote.
        needed: Columns without which it is not the table that is meant.

    Raises:
        CourseError: If it cannot be read or lacks a column.
    """
    asked = _("The table {file}.").format(file=path)
    try:
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    except (OSError, ValueError, csv.Error) as error:
        raise CourseError(asked, _("It cannot be read: {why}.").format(why=error)) from error
    head = rows[0] if rows else []
    lacking = [name for name in needed if name not in head]
    if lacking:
        raise CourseError(
            asked,
            _("It has no column {names}.").format(names=", ".join(lacking)),
            do=_("Export it from the platform again, in English, and leave its columns as they are."),
        )
    return Table(head, [row + [""] * (len(head) - len(row)) for row in rows[1:]])


def find_record(records: Sequence[Record]) -> Callable[[str, str], Record | None]:
    """A look-up of records by the platform's id, and by the name where one student only has it."""
    by_id = {record.id: record for record in records if record.id}
    names = Counter(_folded(record.student) for record in records)
    by_name = {_folded(record.student): record for record in records if names[_folded(record.student)] == 1}

    def find(known: str, name: str) -> Record | None:
        return by_id.get(known) or by_name.get(_folded(name))

    return find


def _folded(name: str) -> str:
    """A name in small letters, first name first, without spaces that do not matter."""
    last, comma, first = name.partition(",")
    return " ".join((f"{first} {last}" if comma else name).casefold().split())


def number(record: Record, most: str = "") -> str:
    """The points that count as a text, scaled to the most points that the platform gives."""
    points = record.worth
    try:
        scale = float(most) / record.out_of if most.strip() and record.out_of else 1.0
    except ValueError:
        scale = 1.0
    return f"{round(points * scale, 2):g}"


def safe(text: str) -> str:
    """A platform's own text, which no spreadsheet runs as a formula; its `-` for nothing stays."""
    return text if text.strip() == "-" else harmless(text)


def written(rows: Sequence[Sequence[str]]) -> str:
    """Rows as CSV."""
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()


def spread(head: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """A row with values in the columns of their names."""
    return [values.get(name, "") for name in head]
