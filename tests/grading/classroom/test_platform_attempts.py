"""Attempts that a platform tells apart: the newest counts, or the best, each as late as the platform says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gatedrnn_course.grading.classroom.deadlines import Due
from gatedrnn_course.grading.classroom.desk import Desk, Settings, Task
from gatedrnn_course.grading.classroom.layouts import hand_ins
from gatedrnn_course.grading.classroom.record import Record
from gatedrnn_course.grading.sandbox import UNSAFE

RIGHT = "def carousel_update(i, c_tilde, c_prev):\n    return c_prev + i * c_tilde\n"
WRONG = "def carousel_update(i, c_tilde, c_prev):\n    return c_prev - i * c_tilde\n"


def notebook(source: str) -> str:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A right attempt of the 11th, a wrong one of the 13th."""
    made = tmp_path / "class"
    made.mkdir()
    for day, source in (("11", RIGHT), ("13", WRONG)):
        (made / f"Unit 2_jdoe_attempt_2023-10-{day}-09-00-00_w.ipynb").write_text(notebook(source))
    return made


@pytest.fixture(autouse=True)
def any_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no strong one, this is not what is tried here."""
    monkeypatch.setenv(UNSAFE, "1")


def graded(folder: Path, tmp_path: Path, **due: Any) -> Record:
    (one,) = hand_ins(folder, tmp_path / "unpacked").students
    task = Task(one, tmp_path / "record.json", "", Due(due=datetime(2023, 10, 12, tzinfo=UTC), percent_a_day=10, **due))
    desk = Desk(Settings("02", tmp_path / "work", 1, False, "en"))
    try:
        return desk.grade(task)
    finally:
        desk.close()


@pytest.mark.parametrize("mode", [{}, {"attempts": "last"}])
def test_the_newest_counts(folder: Path, tmp_path: Path, mode: dict[str, str]) -> None:
    record = graded(folder, tmp_path, **mode)
    assert (record.student, record.points, record.late_days) == ("jdoe", 0, 2)
    assert "1 earlier attempt was left out." in record.notes


def test_the_best_counts_where_it_shall(folder: Path, tmp_path: Path) -> None:
    record = graded(folder, tmp_path, attempts="best")
    assert (record.points, record.late_days) == (8, 0)
    assert [(one.points, one.late_days) for one in record.attempts] == [(0, 2), (8, 0)]
    assert record.notes[:1] != ("1 earlier attempt was left out.",)
