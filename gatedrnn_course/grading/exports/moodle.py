"""A grading worksheet for Moodle (View all submissions, Upload grading worksheet).

Source: mod/assign/feedback/offline of Moodle: a row is found by `Identifier`, and taken over where `Grade` differs and
`Last modified (grade)` is not older than Moodle's own. Both therefore stay as Moodle wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import escape

from gatedrnn_course.grading.classroom.record import Record
from gatedrnn_course.grading.report.grades import cell, harmless

from .feedback import summary
from .table import Filled, Table, find_record, number, safe, spread, written

__all__ = ["IDENTIFIER", "moodle"]

IDENTIFIER, NAME, GRADE, MOST, FEEDBACK = "Identifier", "Full name", "Grade", "Maximum Grade", "Feedback comments"
HEAD = (IDENTIFIER, NAME, "Email address", "Status", GRADE, MOST, "Grade can be changed", FEEDBACK)
_NUMBER = re.compile(r"(\d+)\s*$")


def moodle(records: Sequence[Record], worksheet: Table | None = None) -> Filled:
    """Grades and comments as Moodle takes them.

    Args:
        records: The records.
        worksheet: The worksheet that Moodle wrote for the assignment; without it the identifiers come from the names of
            the files.
    """
    graded = [record for record in records if record.status != "not graded"]
    failed = tuple(record.student for record in records if record.status == "not graded")
    if worksheet is None:
        rows = [list(HEAD), *(spread(HEAD, _row(record)) for record in graded)]
        return Filled(written(rows), len(graded), not_graded=failed)
    find, found = find_record(graded), set()
    rows = [worksheet.head]
    for row in worksheet.rows:
        values = dict(zip(worksheet.head, row, strict=False))
        number_in = _NUMBER.search(values[IDENTIFIER])
        record = find(number_in[1] if number_in else "", values.get(NAME, ""))
        if record is not None:
            found.add(record.student)
            values[GRADE] = number(record, values.get(MOST, ""))
            values[FEEDBACK] = comment(record)
        rows.append([safe(values.get(name, "")) for name in worksheet.head])
    missing = tuple(record.student for record in graded if record.student not in found)
    return Filled(written(rows), len(found), missing, failed)


def _row(record: Record) -> dict[str, str]:
    return {
        IDENTIFIER: cell(f"Participant {record.id}") if record.id else "",
        NAME: cell(record.student),
        GRADE: number(record),
        MOST: f"{record.out_of:.2f}",
        "Grade can be changed": "Yes",
        FEEDBACK: comment(record),
    }


def comment(record: Record) -> str:
    """What the student reads, as HTML: Moodle shows a comment as such."""
    return harmless(str(escape(summary(record))).replace("\n", "<br>"))
