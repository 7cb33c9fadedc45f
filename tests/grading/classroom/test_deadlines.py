"""Late days, what they cost, and tables that cannot be read."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.dates import duration, moment, since
from gatedrnn_course.grading.classroom.deadlines import Due, read_deadlines, with_lateness
from gatedrnn_course.grading.classroom.record import Record, SandboxRecord

TABLE = """student,due,extension,grace,percent_a_day,most_percent,attempts
*,2026-11-20T18:00,,15m,10,50,last
ana,,2d,,,,
ben,2026-11-01,,0m,0,,best
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "deadlines.csv"
    path.write_text(TABLE, "utf-8-sig")
    return path


def at(text: str) -> datetime:
    found = moment(text)
    assert found is not None
    return found


def test_a_students_line_takes_what_it_leaves_empty_from_everyones(table: Path) -> None:
    deadlines = read_deadlines(table)
    assert deadlines.of("zoe") == deadlines.everyone
    ana, ben = deadlines.of("ana"), deadlines.of("ben")
    assert (ana.due, ana.extension, ana.percent_a_day) == (at("2026-11-20T18:00"), timedelta(days=2), 10)
    assert (ben.due, ben.grace, ben.attempts) == (at("2026-11-02"), timedelta(0), "best")  # a date ends with its day


@pytest.mark.parametrize(
    ("student", "handed_in", "days", "after"),
    [
        ("zoe", "2026-11-20T18:15", 0, 80.0),
        ("zoe", "2026-11-20T18:16", 1, 72.0),
        ("zoe", "2026-11-21T18:00", 1, 72.0),
        ("zoe", "2026-11-21T18:01", 2, 64.0),
        ("zoe", "2027-11-21T18:01", 367, 40.0),
        ("ana", "2026-11-22T18:00", 0, 80.0),
        ("ana", "2026-11-23T18:00", 1, 72.0),
        ("ben", "2026-11-03T00:00", 1, 80.0),
    ],
)
def test_begun_days_count_whole_and_the_points_stay(
    table: Path, student: str, handed_in: str, days: int, after: float
) -> None:
    record = made(student, handed_in)
    late = with_lateness(record, read_deadlines(table).of(student))
    assert (late.points, late.late_days, late.points_after) == (80, days, after)
    assert with_lateness(late, Due()) == record


def made(student: str, handed_in: str) -> Record:
    sandbox = SandboxRecord(backend="process", level="weak", missing=())
    told = {"file": "a.ipynb", "unit": "03", "status": "graded", "fingerprint": "", "rubric": "", "seed": 1}
    told |= {"points": 80, "out_of": 100, "versions": {}, "seconds": 0.0, "handed_in_at": at(handed_in).isoformat()}
    return Record(student=student, sandbox=sandbox, **told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Its columns are: -."),
        ("student,due,percent_per_day\n*,,\n", "percent_per_day"),
        ("student,due\nana,tomorrow\n", "In the line of ana, due is tomorrow"),
        ("student,percent_a_day\n*,110\n", "In the line of \\*, percent_a_day is 110"),
        ("student,grace\nana,soon\n", "grace is soon"),
        ("student,attempts\nana,first\n", "attempts is first"),
        ("student,due\nana,2026-11-20,x\n", "Its columns are"),
    ],
)
def test_a_table_that_cannot_be_read_is_told_by_its_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "deadlines.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(CourseError, match=told):
        read_deadlines(path)


def test_a_table_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="It cannot be read"):
        read_deadlines(tmp_path / "nothing.csv")
    (tmp_path / "noise.csv").write_bytes(bytes(range(256)))
    with pytest.raises(CourseError, match="It cannot be read"):
        read_deadlines(tmp_path / "noise.csv")


def test_lengths_of_time() -> None:
    assert duration("90m") == timedelta(minutes=90) == duration(" 1h 30m ")
    assert duration("1.5d") == timedelta(hours=36)
    assert [duration(text) for text in ("", "3", "d", "3d and", "-3d", "3 days")] == [None] * 6


def test_since_is_a_date_or_so_long_ago() -> None:
    assert since("2026-11-20") == at("2026-11-20T00:00")
    assert abs(datetime.now().astimezone() - timedelta(days=3) - since("3d")) < timedelta(minutes=1)
    with pytest.raises(CourseError, match="no date and no length of time"):
        since("last week")
