"""Late days and attempts, from a table of the class."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.dates import duration, moment
from gatedrnn_course.grading.classroom.record import Record
from gatedrnn_course.text import _

__all__ = ["Deadlines", "Due", "read_deadlines", "with_lateness"]

EVERYONE = "*"
DAY = timedelta(days=1)


def _length(told: Any) -> Any:
    """A length of time as the table writes it."""
    found = duration(told) if isinstance(told, str) else told
    if found is None:
        raise ValueError(_("that is no length of time"))
    return found


def _end(told: Any) -> Any:
    """A moment as the table writes it; of a date alone, the end of that day."""
    if not isinstance(told, str):
        return told
    if (found := moment(told)) is None:
        raise ValueError(_("that is no date"))
    return found + DAY if len(told.strip()) <= len("2026-11-20") else found


class Due(BaseModel):
    """When a student's work is due, and what being late costs.

    Attributes:
        due: The deadline; None where there is none.
        extension: Added to it.
        grace: So late is not late.
        percent_a_day: Of the points earned, lost for every day begun after the deadline.
        most_percent: No more than this is lost.
        attempts: Which of several notebooks counts: the `last`, or the `best` after what being late costs. Left out,
            the newest of those with most answers.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    due: Annotated[datetime | None, BeforeValidator(_end)] = None
    extension: Annotated[timedelta, BeforeValidator(_length)] = timedelta()
    grace: Annotated[timedelta, BeforeValidator(_length)] = timedelta()
    percent_a_day: float = Field(default=0.0, ge=0, le=100)
    most_percent: float = Field(default=100.0, ge=0, le=100)
    attempts: Literal["last", "best"] | None = None

    def days_late(self, at: datetime) -> int:
        """Days after the deadline, begun days whole; 0 within the grace."""
        if self.due is None or at <= self.due + self.extension + self.grace:
            return 0
        return math.ceil((at - self.due - self.extension) / DAY)

    def after(self, points: float, days: int) -> float:
        """Points less what so many days cost."""
        return round(points * (1 - min(days * self.percent_a_day, self.most_percent) / 100), 2)


@dataclass(frozen=True)
class Deadlines:
    """What a table says.

    Attributes:
        everyone: For students without a line of their own.
        own: For those with one.
    """

    everyone: Due = field(default_factory=Due)
    own: Mapping[str, Due] = field(default_factory=dict)

    def of(self, student: str) -> Due:
        """What holds for a student."""
        return self.own.get(student, self.everyone)


def with_lateness(record: Record, due: Due) -> Record:
    """A record with late days, and the points after them; the points themselves stay."""
    if due.due is None or not record.handed_in_at or record.status == "not graded":
        return record.model_copy(update={"late_days": 0, "points_after": None})
    days = due.days_late(datetime.fromisoformat(record.handed_in_at))
    return record.model_copy(update={"late_days": days, "points_after": due.after(record.points, days)})


def read_deadlines(path: Path) -> Deadlines:
    """Read a table with commas between its columns and their names in its first line.

    The columns are `student` and any attribute of `Due`. The line of the student `*` holds for everyone; what a
    student's own line leaves empty is taken from it.

    Raises:
        CourseError: If it cannot be read; the line is named.
    """
    asked = _("The table of deadlines {file}.").format(file=path)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = list(csv.DictReader(file, skipinitialspace=True))
    except (OSError, ValueError, csv.Error) as error:
        raise CourseError(asked, _("It cannot be read: {why}.").format(why=error)) from error
    heads = [str(name) for name in (lines[0] if lines else ())]
    if "student" not in heads or not {*heads} <= {"student", *Due.model_fields}:
        raise CourseError(
            asked,
            _("Its columns are: {names}.").format(names=", ".join(heads) or "-"),
            _("Expected is student, and any of: {names}.").format(names=", ".join(Due.model_fields)),
        )
    rows = {line.pop("student").strip(): {name: text for name, text in line.items() if text} for line in lines}
    common = rows.pop(EVERYONE, {})
    own = {student: _due(asked, student, common | row) for student, row in rows.items()}
    return Deadlines(_due(asked, EVERYONE, common), own)


def _due(asked: str, student: str, row: Mapping[str, str]) -> Due:
    try:
        return Due.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        came = _("In the line of {student}, {column} is {text}: {why}.")
        column, why = first["loc"][0], first["msg"].removeprefix("Value error, ")
        raise CourseError(
            asked,
            came.format(student=student, column=column, text=first["input"], why=why),
            _("A date is 2026-11-20 or 2026-11-20T18:00, a length of time 90m, 12h or 3d, a percentage 10."),
        ) from error
