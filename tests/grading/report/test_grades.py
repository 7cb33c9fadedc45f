"""The table of grades opens in a spreadsheet and does nothing there."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import Make

from gatedrnn_course.grading.classroom.record import SandboxRecord
from gatedrnn_course.grading.classroom.run import ClassRun
from gatedrnn_course.grading.report.grades import cell, grades_text, write_grades


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_one_row_a_student_with_a_column_for_each_item(run: ClassRun) -> None:
    ana, ben, cem, dan = rows(grades_text(run.records, run.unit))
    names = [item.name for item in run.unit.items]
    assert list(ana) == ["student", "points", "out_of", "status", "protection", *names, "file", "notes"]
    assert (ana["points"], ana["lstm_step"], ana["status"]) == ("100", "16", "graded")
    assert (ben["points"], ben["candidate"], ben["input_gate"]) == ("94", "0", "4")
    assert (cem["points"], cem["candidate"], cem["notes"]) == ("0", "0", "The file is no readable notebook.")
    assert (dan["points"], dan["candidate"], dan["status"]) == ("", "", "not graded")


def test_formulas_become_text(run: ClassRun, make: Make) -> None:
    hostile = make('=HYPERLINK("http://x")', file="@SUM(A1).ipynb", notes=("-1+1", "two\nlines"))
    (row,) = rows(grades_text([hostile], run.unit))
    assert row["student"].startswith("'=HYPERLINK")
    assert row["file"].startswith("'@")
    assert row["notes"] == "'-1+1 | two lines"


@given(st.text(st.characters(codec=None), max_size=30))
def test_no_cell_begins_like_a_formula(text: str) -> None:
    shown = cell(text)
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert "\n" not in shown


def test_the_file_tells_excel_its_encoding(run: ClassRun, tmp_path: Path, make: Make) -> None:
    write_grades(tmp_path / "grades.csv", [make("Zoë Ångström")], run.unit)
    raw = (tmp_path / "grades.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert rows(raw.decode("utf-8-sig"))[0]["student"] == "Zoë Ångström"


@pytest.mark.parametrize("sign", "=+-@＝＋－＠")
def test_each_sign_a_spreadsheet_takes_for_a_formula_has_an_apostrophe_before_it(sign: str) -> None:
    assert cell(f" {sign}1+1") == f"'{sign}1+1"


@pytest.mark.parametrize("text", ["Ana;=1+1", "Ana; @SUM(A1)", "Ana;\u200b=1"])
def test_no_formula_begins_where_another_separator_is_expected(text: str) -> None:
    assert re.search(r";\s*\u200b?'[=@]", cell(text))
    assert cell("1 - 1; 2 = 2") == "1 - 1; 2 = 2"


def test_each_row_tells_how_the_answers_were_kept(run: ClassRun, make: Make) -> None:
    strong = make("zoe", sandbox=SandboxRecord(backend="bubblewrap", level="strong", missing=()))
    told = rows(grades_text([*run.records, strong], run.unit))
    assert [row["protection"] for row in told] == ["weak", "weak", "weak", "weak", "strong"]
