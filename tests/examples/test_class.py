"""The sample class: rebuilt byte for byte, graded by the command, compared with what each submission should get."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gatedrnn_course.grading.classroom.record import Record, read_record

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
EXPECTED: dict[str, Any] = json.loads((EXAMPLES / "expected_03.json").read_text("utf-8"))


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_class_is_what_its_sources_say(tmp_path: Path) -> None:
    subprocess.run([sys.executable, EXAMPLES / "make_class.py", tmp_path], check=True)
    built, committed = files(tmp_path), files(EXAMPLES / "class_03")
    assert sorted(built) == sorted(committed)
    assert [name for name in built if built[name] != committed[name]] == []
    assert len(built) >= 22


@dataclass(frozen=True)
class Graded:
    """What the command left and said."""

    out: Path
    shown: str
    told: str

    def record(self, student: str) -> Record:
        found = read_record(self.out / "records" / f"{student}.json")
        assert found is not None
        return found


def grade(out: Path) -> Graded:
    command = [sys.executable, "-c", "from gatedrnn_course.cli import app; app()", "grade", str(EXAMPLES / "class_03")]
    command += ["--unit", "03", "--jobs", "2", "--out", str(out)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return Graded(out, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    return grade(tmp_path_factory.mktemp("grades"))


@pytest.mark.slow
@pytest.mark.parametrize("student", sorted(EXPECTED))
def test_each_submission_gets_what_it_should(graded: Graded, student: str) -> None:
    record, expected = graded.record(student), EXPECTED[student]
    found = {"status": record.status, "points": record.points}
    not_right = {item.name: [item.outcome, item.mistake] for item in record.items if item.outcome != "right"}
    alone = [item.name for item in record.items if item.alone]
    found |= {name: value for name, value in (("not_right", not_right), ("alone", alone)) if value}  # type: ignore[misc]
    assert found == expected


@pytest.mark.slow
def test_every_submission_is_expected_and_graded(graded: Graded) -> None:
    assert {path.stem for path in (graded.out / "records").iterdir()} == set(EXPECTED)
    rows = list(csv.DictReader((graded.out / "grades.csv").read_text("utf-8-sig").splitlines()))
    assert {row["student"]: int(row["points"]) for row in rows} == {
        name: one["points"] for name, one in EXPECTED.items()
    }
    assert {path.stem for path in (graded.out / "students").iterdir()} == set(EXPECTED)


@pytest.mark.slow
def test_students_are_told_what_became_of_their_cells(graded: Graded) -> None:
    def notes(student: str) -> str:
        return " ".join(graded.record(student).notes)

    assert "Code cell 2 was cut short, and its definitions count" in notes("abe_loop_at_top")
    assert "ZeroDivisionError: division by zero" in notes("udo_crashing_cell")
    assert "asks Python to end" in notes("eli_exit")
    assert "defined 3 times; the last written one counts" in notes("xia_cells_duplicated")
    assert "float32" in graded.record("dara_float32").items[0].notes[0]
    assert "broken off or damaged; 23 cells of it could be read" in notes("adam_truncated")
    assert graded.record("zoe_renamed").file == "03_gates (1).ipynb"


@pytest.mark.slow
def test_the_command_prints_grades_pages_and_what_is_not_guaranteed(graded: Graded) -> None:
    for student, expected in EXPECTED.items():
        assert any(student in line and f" {expected['points']} " in line for line in graded.shown.splitlines())
    assert "✓ right   ✗ wrong   – not written" in graded.shown
    assert f"The class: {graded.out / 'index.html'}" in graded.shown
    assert graded.shown.count("Answers ran in the sandbox `") == 1
    assert graded.told.count("\n") == len(EXPECTED)


@pytest.mark.slow
def test_the_mistakes_are_counted_in_the_picture(graded: Graded) -> None:
    page = (graded.out / "index.html").read_text("utf-8")
    assert "The candidate has no bias: b_c is missing: 3 students;" in page
    assert "The outputs come back as (c, h) instead of (h, c): 2 students;" in page
    assert "Not written yet: 2 students" in page


@pytest.mark.slow
def test_no_page_holds_what_a_student_tried_to_put_there(graded: Graded) -> None:
    for path in (graded.out / "index.html", *(graded.out / "students").iterdir()):
        page = path.read_text("utf-8")
        assert "<script" not in page
        assert "\x1b" not in page
        assert len(page) < 200_000


@pytest.mark.slow
def test_a_second_run_grades_nothing_and_changes_no_byte(graded: Graded) -> None:
    before = files(graded.out)
    again = grade(graded.out)
    assert (
        again.told.strip() == f"{len(EXPECTED)} of {len(EXPECTED)} submissions were graded before and have not changed."
    )
    assert again.shown == graded.shown
    assert files(graded.out) == before
