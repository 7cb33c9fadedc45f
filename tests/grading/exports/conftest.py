"""A small class of records for every platform."""

from __future__ import annotations

from typing import Any

import pytest
from records import Make, record

from gatedrnn_course.grading.classroom.record import Record, SandboxRecord
from gatedrnn_course.grading.units import Unit, load

STRONG = SandboxRecord(backend="bubblewrap", level="strong", missing=())


def graded(student: str, wrong: str = "", **others: Any) -> Record:
    """A record from a strong sandbox in which one item may be wrong."""
    failed = {wrong: {"sentence": "No bias: `b_c` is missing."}} if wrong else {}
    return record(student, failed, **{"sandbox": STRONG, "seed": 123456789, **others})


@pytest.fixture
def make() -> Make:
    return graded


@pytest.fixture
def unit() -> Unit:
    return load("03")


@pytest.fixture
def records() -> tuple[Record, ...]:
    """Jane all right, Ben without `candidate`, Cem unknown to the platform, Dan not graded."""
    return (
        graded("Ben Ångström", "candidate", id="1002"),
        graded("Cem", "candidate"),
        graded("Dan", id="1004", status="not graded", items=(), points=0, problem="OSError"),
        graded("Jane Doe", id="1001"),
    )
