"""Records to make reports from, without grading anything."""

from __future__ import annotations

import pytest
from records import Make, record

from gatedrnn_course.grading.classroom.run import ClassRun
from gatedrnn_course.grading.units import load


@pytest.fixture
def make() -> Make:
    return record


@pytest.fixture
def run() -> ClassRun:
    """Three students: one right, one with a named mistake, one whose file cannot be read; and one not graded."""
    wrong = record(
        "ben", {"candidate": {"mistake": "The candidate has no bias.", "sentence": "No bias: `b_c` is missing."}}
    )
    unreadable = record("cem", items=(), points=0, status="unreadable", problem="The file is no readable notebook.")
    missed = record("dan", items=(), points=0, status="not graded", problem="OSError: no memory")
    return ClassRun(load("03"), (record("ana"), wrong, unreadable, missed), 4, 1.0)
