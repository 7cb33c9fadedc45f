"""The committed notebooks against the grader: an untouched exercise earns nothing, a solution everything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gatedrnn_course.authoring.notebook import reads
from gatedrnn_course.authoring.rules import moves
from gatedrnn_course.grading.classroom.grade import grade_submission
from gatedrnn_course.grading.classroom.record import Record
from gatedrnn_course.grading.sandbox import ProcessSandbox
from gatedrnn_course.grading.units import UNITS, load

ROOT = Path(__file__).resolve().parents[2]


def graded(folder: str, number: str) -> Record:
    unit, sandbox = load(number), ProcessSandbox()
    try:
        return grade_submission("student", [ROOT / folder / "en" / f"{unit.stem}.ipynb"], unit, sandbox, seed=11)
    finally:
        sandbox.close()


@pytest.mark.parametrize("number", UNITS)
def test_an_untouched_exercise_runs_in_the_jail_and_earns_nothing(number: str) -> None:
    record = graded("exercises", number)
    assert record.notes == (), "every cell of an exercise runs against the jail's own package"
    assert {item.outcome for item in record.items} == {"blank"}
    assert record.points == 0


@pytest.mark.parametrize("number", UNITS)
def test_a_solution_earns_every_point(number: str) -> None:
    record = graded("solutions", number)
    assert record.notes == ()
    assert [item.outcome for item in record.items] == ["right"] * len(load(number).items)
    assert record.points == record.out_of == 100


@pytest.mark.slow
@pytest.mark.parametrize("number", UNITS)
def test_nbgrader_accepts_the_solution_and_fails_the_exercise(number: str) -> None:
    stem = load(number).stem
    for folder, words in (("solutions", "Success! Your notebook passes all the tests."), ("exercises", "FAILED")):
        command = [sys.executable, "-m", "nbgrader", "validate", str(ROOT / folder / "en" / f"{stem}.ipynb")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert words in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("number", UNITS)
def test_the_unit_has_a_lesson_with_a_widget(number: str) -> None:
    assert moves(reads((ROOT / "notebooks" / "en" / f"{load(number).stem}.ipynb").read_text("utf-8")))
