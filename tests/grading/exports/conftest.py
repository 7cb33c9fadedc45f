"""A small class of records for every platform."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gatedrnn_course.grading.classroom.record import ItemRecord, Record, SandboxRecord
from gatedrnn_course.grading.units import Unit, load

Make = Callable[..., Record]


def record(student: str, wrong: str = "", **others: Any) -> Record:
    """A record of unit 03 in which all is right but one item."""
    unit = load("03")
    items = tuple(
        ItemRecord(
            name=item.name,
            outcome="wrong" if item.name == wrong else "right",
            points=0 if item.name == wrong else item.points,
            out_of=item.points,
            sentence="No bias: `b_c` is missing." if item.name == wrong else "It is right.",
        )
        for item in unit.items
    )
    values: dict[str, Any] = {
        "student": student,
        "file": f"{student}.ipynb",
        "unit": "03",
        "status": "graded",
        "fingerprint": "f",
        "rubric": "r",
        "seed": 123456789,
        "points": sum(item.points for item in items),
        "out_of": 100,
        "items": items,
        "sandbox": SandboxRecord(backend="bubblewrap", level="strong", missing=()),
        "versions": {},
        "seconds": 0.1,
    }
    return Record(**{**values, **others})


@pytest.fixture
def make() -> Make:
    return record


@pytest.fixture
def unit() -> Unit:
    return load("03")


@pytest.fixture
def records() -> tuple[Record, ...]:
    """Jane all right, Ben without `candidate`, Cem unknown to the platform, Dan not graded."""
    return (
        record("Ben Ångström", "candidate", id="1002"),
        record("Cem", "candidate"),
        record("Dan", id="1004", status="not graded", items=(), points=0, problem="OSError"),
        record("Jane Doe", id="1001"),
    )
