"""The gradebook holds what the records say, keeps what the instructor says, and is never a half."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from records import Make

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.book.gradebook import Gradebook, Override
from gatedrnn_course.grading.book.overrides import with_overrides
from gatedrnn_course.grading.book.results import graded, settle
from gatedrnn_course.grading.classroom.record import file_stems, write_text
from gatedrnn_course.grading.classroom.run import ClassRun

BEN = Override("ben", "03", "candidate", 4, "Right but for a sign, seen in class.")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Gradebook]:
    with Gradebook(tmp_path / "book.db") as opened:
        yield opened


def points(book: Gradebook) -> dict[str, float | None]:
    return {grade.student: grade.points for grade in book.grades()}


def test_it_holds_a_graded_class(book: Gradebook, run: ClassRun) -> None:
    book.add(run.unit, run.records, run.left_out)
    assert points(book) == {"ana": 100, "ben": 94, "cem": 0, "dan": None}
    assert book.students("03") == ("ana", "ben", "cem", "dan")
    assert book.left_out("03") == ("notes.docx",)
    with closing(sqlite3.connect(book.path)) as file:
        assert file.execute("SELECT platform, id FROM students WHERE name = 'ana'").fetchall() == [("moodle", "5")]
        lost = "SELECT item, points, out_of FROM verdicts WHERE outcome <> 'right'"
        assert file.execute(lost).fetchall() == [("candidate", 0, 6)]


def test_an_override_counts_and_stays_when_the_class_is_graded_again(book: Gradebook, run: ClassRun) -> None:
    settle(run, book)
    book.override(BEN, run.unit)
    assert points(book)["ben"] == 98
    again = run.records[1].model_copy(update={"rubric": "r2"})
    kept = settle(replace(run, records=(run.records[0], again)), book)
    assert points(book) == {"ana": 100, "ben": 98}
    ben = kept.records[1]
    assert (ben.points, ben.worth) == (98, 98)
    (told,) = [item for item in ben.items if item.overridden]
    assert told.overridden == (
        "Set to 4 points by the instructor (the judge gave 0): Right but for a sign, seen in class."
    )
    assert (told.outcome, told.points) == ("wrong", 4)


def test_the_last_word_stands_and_can_be_taken_back(book: Gradebook, run: ClassRun) -> None:
    settle(run, book)
    book.override(BEN, run.unit)
    book.override(replace(BEN, points=2, reason="Less."), run.unit)
    assert [(one.points, one.reason) for one in book.overrides("03")] == [(2, "Less.")]
    book.withdraw(replace(BEN, reason="An error of mine."), run.unit)
    assert book.overrides("03") == ()
    assert points(book)["ben"] == 94
    with pytest.raises(CourseError, match="No points were given by hand"):
        book.withdraw(BEN, run.unit)
    with closing(sqlite3.connect(book.path)) as file:
        assert file.execute("SELECT count(*) FROM overrides").fetchone() == (3,)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"points": 7}, "It is worth 0 to 6 points"),
        ({"points": -1}, "It is worth 0 to 6 points"),
        ({"reason": " \n"}, "There is no reason"),
        ({"student": "bem"}, "Near it: .*ben"),
        ({"item": "candidat"}, "Near it: candidate"),
    ],
)
def test_an_override_that_makes_no_sense_is_refused(
    book: Gradebook, run: ClassRun, wrong: dict[str, object], told: str
) -> None:
    settle(run, book)
    with pytest.raises(CourseError, match=told):
        book.override(replace(BEN, **wrong), run.unit)
    assert book.overrides("03") == ()


def test_what_could_not_be_judged_is_given_points_by_hand_and_what_failed_stays_failed(
    book: Gradebook, run: ClassRun
) -> None:
    settle(run, book)
    for student in ("cem", "dan"):
        book.override(replace(BEN, student=student), run.unit)
    assert points(book) == {"ana": 100, "ben": 94, "cem": 4, "dan": None}
    _ana, _ben, cem, dan = with_overrides(run.records, run.unit, book.overrides("03"))
    assert (cem.points, len(cem.items)) == (4, len(run.unit.items))
    assert (dan.points, dan.items) == (0, ())


@pytest.mark.parametrize("points_after", [47.0, 0.0])
def test_being_late_takes_its_share_of_points_by_hand(
    book: Gradebook, run: ClassRun, make: Make, points_after: float
) -> None:
    late = make("ben", {"candidate": {}}, points_after=points_after)
    settle(replace(run, records=(late,)), book)
    book.override(BEN, run.unit)
    (ben,) = with_overrides([late], run.unit, book.overrides("03"))
    assert ben.worth == pytest.approx(points_after / 94 * 98)
    assert points(book)["ben"] == pytest.approx(ben.worth)


def test_results_come_back_with_what_the_instructor_said(book: Gradebook, run: ClassRun, tmp_path: Path) -> None:
    stems = file_stems(record.student for record in run.records)
    for record in run.records:
        write_text(tmp_path / "out" / "records" / f"{stems[record.student]}.json", record.model_dump_json())
    with pytest.raises(CourseError, match="There are none"):
        graded(tmp_path / "elsewhere", book)
    assert graded(tmp_path / "out", book).records == run.records
    settle(replace(run, records=run.records[:3]), book)
    book.override(BEN, run.unit)
    back = graded(tmp_path / "out", book)
    assert [(record.student, record.points) for record in back.records] == [("ana", 100), ("ben", 98), ("cem", 0)]
    assert back.left_out == ("notes.docx",)


def test_a_file_that_is_no_gradebook_is_refused_and_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as file:
        file.execute("CREATE TABLE mine (x)")
    text = tmp_path / "text.db"
    text.write_text("no database at all, but long enough to be looked at as one" * 20)
    for path in (other, text, tmp_path):
        before = path.read_bytes() if path.is_file() else b""
        with pytest.raises(CourseError, match="--book"):
            Gradebook(path)
        assert path == tmp_path or path.read_bytes() == before


KILLED = """
import sys
from pathlib import Path
from gatedrnn_course.grading.book.gradebook import Gradebook
from gatedrnn_course.grading.classroom.record import Record
from gatedrnn_course.grading.units import load
record = Record.model_validate_json(sys.stdin.read())
book, unit, k = Gradebook(Path(sys.argv[1])), load("03"), 0
while True:
    k += 1
    book.add(unit, [record.model_copy(update={"student": f"s{i}", "seed": k}) for i in range(20)])
    print(k, flush=True)
"""


def test_killed_at_any_moment_it_holds_a_whole_class(tmp_path: Path, run: ClassRun) -> None:
    path = tmp_path / "book.db"
    for after in (1, 3):
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert child.stdin is not None and child.stdout is not None
        child.stdin.write(run.records[0].model_dump_json())
        child.stdin.close()
        for _k in range(after):
            child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        with Gradebook(path) as book:
            assert len(book.grades()) == 20
        with closing(sqlite3.connect(path)) as file:
            assert len(set(file.execute("SELECT seed FROM attempts WHERE stands = 1"))) == 1
            assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_names_and_reasons_of_any_kind_are_text(book: Gradebook, run: ClassRun, make: Make) -> None:
    name = "'); DROP TABLE students; --"
    settle(replace(run, records=(make(name),), left_out=("a\nb", "c\udcff")), book)
    book.override(replace(BEN, student=name, reason="two\nlines \udcff"), run.unit)
    assert book.students("03") == (name,)
    assert book.left_out("03") == ("a b", "c\\udcff")
    assert book.overrides("03")[0].reason == "two lines \\udcff"
