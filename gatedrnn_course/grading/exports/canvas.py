"""A gradebook for Canvas (Grades, Import): the columns that say who it is, and one with the points.

Source: Canvas's guide on importing grades: `Student`, `ID`, `SIS User ID`, `SIS Login ID` and `Section` are required,
a row `Points Possible` may follow the head, and only columns of assignments are taken over.
"""

from __future__ import annotations

from collections.abc import Sequence

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.record import Record
from gatedrnn_course.grading.report.grades import cell
from gatedrnn_course.grading.units import Unit
from gatedrnn_course.text import _

from .table import Filled, Table, find_record, number, safe, written

__all__ = ["canvas"]

WHO = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
POSSIBLE = "Points Possible"


def canvas(records: Sequence[Record], unit: Unit, gradebook: Table | None = None, assignment: str = "") -> Filled:
    """Grades as Canvas imports them.

    Args:
        records: The records.
        unit: Their unit.
        gradebook: The gradebook that Canvas exported; without it the ids come from the names of the files, and Canvas
            makes an assignment of its own.
        assignment: The assignment's column in it; by default the one that names the unit.

    Raises:
        CourseError: If the gradebook has no such column, or several.
    """
    graded = [record for record in records if record.status != "not graded"]
    failed = tuple(record.student for record in records if record.status == "not graded")
    if gradebook is None:
        title = assignment or _("Unit {number}: {title}").format(number=unit.number, title=_(unit.title))
        rows = [[*WHO, title], [f"    {POSSIBLE}", "", "", "", "", str(unit.points)]]
        rows += [[cell(one.student), cell(one.id), "", "", "", number(one)] for one in graded]
        return Filled(written(rows), len(graded), not_graded=failed)
    column = _column(gradebook, unit, assignment)
    who = [gradebook.head.index(name) for name in WHO if name in gradebook.head]
    at = gradebook.head.index(column)
    name, known = gradebook.head.index("Student"), gradebook.head.index("ID")
    most = next((row[at] for row in gradebook.rows if row[name].strip() == POSSIBLE), "")
    find, found = find_record(graded), set()
    rows = [[*(gradebook.head[k] for k in who), column]]
    for row in gradebook.rows:
        record = find(row[known].strip(), row[name])
        points = row[at]
        if record is not None:
            found.add(record.student)
            points = number(record, most)
        rows.append([*(safe(row[k]) for k in who), points])
    missing = tuple(record.student for record in graded if record.student not in found)
    return Filled(written(rows), len(found), missing, failed)


def _column(gradebook: Table, unit: Unit, assignment: str) -> str:
    """The column of the assignment."""
    offered = [name for name in gradebook.head if name not in WHO]
    told = (
        unit.stem,
        f"{unit.number} {_(unit.title)}",
        _(unit.title),
        f"unit {unit.number}",
        f"unit {int(unit.number)}",
    )
    signs = (assignment,) if assignment else told
    for sign in signs:
        matching = [name for name in offered if _matches(name, sign)]
        if len(matching) == 1:
            return matching[0]
    raise CourseError(
        _("The column of the assignment in the gradebook from Canvas: {name}.").format(name=assignment or unit.stem),
        _("Not exactly one column is called so."),
        _("There are: {names}.").format(names=", ".join(offered)),
        _("Name one with --assignment."),
    )


def _matches(column: str, sign: str) -> bool:
    """Whether a column's name, with or without Canvas's number behind it, says a word."""
    plain = column.rpartition(" (")[0] or column
    return sign.casefold() in (column.casefold(), plain.casefold()) or sign.casefold() in plain.casefold().split(":")[0]
