"""A small class of records, without grading anything."""

from __future__ import annotations

from typing import Any

import pytest
from records import Make, record

from gatedrnn_course.grading.classroom.run import ClassRun
from gatedrnn_course.grading.units import load


@pytest.fixture
def make() -> Make:
    return record


@pytest.fixture
def run() -> ClassRun:
    """Ana all right, Ben without `candidate`, Cem's file unreadable, Dan not graded."""
    rest: dict[str, Any] = {"items": (), "points": 0}
    records = (
        record("ana", platform="moodle", id="5"),
        record("ben", {"candidate": {}}),
        record("cem", status="unreadable", problem="No notebook.", **rest),
        record("dan", status="not graded", problem="OSError", **rest),
    )
    return ClassRun(load("03"), records, 4, 1.0, ("notes.docx",))
