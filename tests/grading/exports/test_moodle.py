"""Moodle gets its worksheet back with grades and comments, everything else as it was."""

from __future__ import annotations

import csv
import io

from records import Make

from gatedrnn_course.grading.classroom.record import Record
from gatedrnn_course.grading.exports.moodle import moodle
from gatedrnn_course.grading.exports.table import Table

HEAD = [
    "Identifier",
    "Full name",
    "Email address",
    "Status",
    "Grade",
    "Maximum Grade",
    "Grade can be changed",
    "Last modified (submission)",
    "Last modified (grade)",
    "Feedback comments",
]
DAY = "Thursday, 12 October 2023, 11:58 PM"
ROWS = [
    ["Participant 1002", "Ben Ångström", "b@example.org", "Submitted", "", "50.00", "Yes", DAY, "-", ""],
    ["Teilnehmer/in1001", "", "", "Submitted", "3.00", "100.00", "Yes", DAY, DAY, "old"],
    ["Participant 1009", "Eve", "e@example.org", "No submission", "", "100.00", "Yes", "-", "-", ""],
    ["Participant 1004", "Dan", "d@example.org", "Submitted", "8.00", "100.00", "Yes", DAY, "-", "by hand"],
]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_worksheet_is_filled_in(records: tuple[Record, ...]) -> None:
    filled = moodle(records, Table(HEAD, ROWS))
    ben, jane, eve, dan = rows(filled.text)
    assert list(ben) == HEAD
    assert (ben["Grade"], ben["Last modified (grade)"]) == ("47", "-")
    assert "candidate: 0 of 6. No bias: `b_c` is missing." in ben["Feedback comments"]
    assert (jane["Grade"], jane["Last modified (grade)"]) == ("100", DAY)
    assert list(eve.values()) == ROWS[2]
    assert list(dan.values()) == ROWS[3]
    assert (filled.count, filled.missing, filled.not_graded) == (2, ("Cem",), ("Dan",))


def test_without_a_worksheet_the_identifiers_come_from_the_files(records: tuple[Record, ...]) -> None:
    ben, cem, jane = rows(moodle(records).text)
    assert (ben["Identifier"], ben["Grade"], ben["Maximum Grade"]) == ("Participant 1002", "94", "100.00")
    assert (cem["Identifier"], jane["Full name"]) == ("", "Jane Doe")


def test_a_comment_is_text_and_no_formula(make: Make) -> None:
    hostile = make("=1+1", id="5", notes=("=cmd|' /C calc'!A0", "<script>alert(1)</script>"))
    (row,) = rows(moodle([hostile]).text)
    assert row["Full name"] == "'=1+1"
    assert row["Feedback comments"].startswith("'=cmd")
    assert "<script>" not in row["Feedback comments"]
    assert "&lt;script&gt;" in row["Feedback comments"]
    assert "<br>" in row["Feedback comments"]


def test_late_points_count_and_are_told(make: Make) -> None:
    (row,) = rows(moodle([make("Ana", points_after=47.5)]).text)
    assert row["Grade"] == "47.5"
    assert row["Feedback comments"].startswith("Handed in late: of 100 points 47.5 are left.")
