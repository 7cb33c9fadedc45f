"""The commands around a gradebook, from results on disk to reports and exports that agree."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gatedrnn_course.cli import app
from gatedrnn_course.grading.classroom.record import SandboxRecord, write_text
from gatedrnn_course.grading.classroom.run import ClassRun


def gatedrnn(*words: str) -> Any:
    result = CliRunner().invoke(app, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def out(run: ClassRun, tmp_path: Path) -> Path:
    for record in run.records:
        write_text(tmp_path / "out" / "records" / f"{record.student}.json", record.model_dump_json())
    return tmp_path / "out"


def test_points_by_hand_reach_every_report_and_export(out: Path, tmp_path: Path) -> None:
    words = ("ben", "3", "candidate", "4", "--reason", "Shown in class.", "--out", str(out))
    result = gatedrnn("override", *words)
    assert result.exit_code == 0, result.output
    assert "ben now has 98 of 100 points in unit 03" in result.stdout
    told = "Set to 4 points by the instructor (the judge gave 0): Shown in class."
    for name in ("grades.csv", "index.html", "students/ben.html"):
        assert told in (out / name).read_text("utf-8-sig")
    assert '"points":0' in (out / "records" / "ben.json").read_text("utf-8"), "the judge's verdict stays"
    for to, words in (("c.csv", ("canvas",)), ("m.csv", ("moodle",)), ("results", ("gradescope",))):
        made = gatedrnn("export", *words, "--out", str(out), "--to", str(tmp_path / to))
        assert made.exit_code == 0, made.output
        assert "4 grades were given with weak protection" in made.stderr
    rows = {row["Student"].strip(): row for row in csv.DictReader((tmp_path / "c.csv").read_text("utf-8").splitlines())}
    assert rows["ben"]["Unit 03: Gates"] == "98"
    assert told in (tmp_path / "m.csv").read_text("utf-8")
    assert json.loads((tmp_path / "results" / "ben.json").read_text())["score"] == 98
    assert not (tmp_path / "results" / "dan.json").exists()
    shown = gatedrnn("gradebook", "--out", str(out), "--csv", str(tmp_path / "book.csv"))
    assert "98" in shown.stdout
    assert "ben,98" in (tmp_path / "book.csv").read_text("utf-8-sig")
    assert "dan,not graded" in (tmp_path / "book.csv").read_text("utf-8-sig")
    assert "ben,98,03" in (tmp_path / "book.csv").read_text("utf-8-sig"), "unit 03 was graded with weak protection"
    back = gatedrnn("override", "ben", "3", "candidate", "--withdraw", "--reason", "No.", "--out", str(out))
    assert "ben now has 94 of 100 points" in back.stdout
    assert told not in (out / "students" / "ben.html").read_text("utf-8")


def test_results_are_taken_into_a_book_of_the_course(out: Path, tmp_path: Path) -> None:
    book = tmp_path / "course.db"
    missing = gatedrnn("gradebook", "--book", str(book))
    assert missing.exit_code == 2
    assert "gatedrnn gradebook RESULTS" in missing.stderr
    shown = gatedrnn("gradebook", str(out), "--book", str(book))
    assert shown.exit_code == 0, shown.output
    assert "unit 03 of 100" in shown.stdout
    assert "94" in shown.stdout


def test_one_submission_is_exported_alone(out: Path, tmp_path: Path) -> None:
    many = gatedrnn("export", "gradescope", "--out", str(out), "--to", str(tmp_path / "results.json"))
    assert (many.exit_code, "There are results of 4 students." in many.stderr) == (2, True)
    for name in ("ana", "cem", "dan"):
        (out / "records" / f"{name}.json").unlink()
    (out / "gradebook.db").unlink(missing_ok=True)
    assert gatedrnn("export", "passed", "latch", "--out", str(out)).exit_code == 0
    assert gatedrnn("export", "passed", "candidate", "--out", str(out)).exit_code == 1
    one = gatedrnn("export", "github", "--out", str(out), "--to", str(tmp_path / "line"))
    assert one.exit_code == 0, one.output
    assert (tmp_path / "line").read_text().isascii()


def test_points_or_withdraw_but_not_both(out: Path) -> None:
    for words in ((), ("4", "--withdraw")):
        result = gatedrnn("override", "ben", "3", "candidate", *words, "--reason", "x", "--out", str(out))
        assert (result.exit_code, "either POINTS, or --withdraw" in result.stderr) == (2, True)


def test_strong_protection_needs_no_word(run: ClassRun, tmp_path: Path) -> None:
    strong = SandboxRecord(backend="bubblewrap", level="strong", missing=())
    for record in run.records:
        told = record.model_copy(update={"sandbox": strong})
        write_text(tmp_path / "records" / f"{record.student}.json", told.model_dump_json())
    made = gatedrnn("export", "canvas", "--out", str(tmp_path), "--to", str(tmp_path / "c.csv"))
    assert "weak protection" not in made.output
    gatedrnn("gradebook", "--out", str(tmp_path), "--csv", str(tmp_path / "book.csv"))
    assert (tmp_path / "book.csv").read_text("utf-8-sig").splitlines()[0] == "student,unit 03 of 100"
