"""Records to make reports from, without grading anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gatedrnn_course.grading.classroom.record import ItemRecord, Record, SandboxRecord
from gatedrnn_course.grading.classroom.run import ClassRun
from gatedrnn_course.grading.units import load

Make = Callable[..., Record]


def record(student: str = "ana", failed: dict[str, dict[str, Any]] | None = None, **others: Any) -> Record:
    """A graded record of unit 03 in which all is right but what is told otherwise."""
    unit = load("03")
    items = []
    for item in unit.items:
        told = (failed or {}).get(item.name)
        verdict = {"outcome": "right", "points": item.points, "sentence": f"`{item.name}` is right."}
        if told is not None:
            verdict = {"outcome": "wrong", "points": 0, "sentence": "It is wrong.", **told}
        items.append(ItemRecord(name=item.name, out_of=item.points, **verdict))
    values: dict[str, Any] = {
        "student": student,
        "file": f"{student}.ipynb",
        "unit": "03",
        "status": "graded",
        "fingerprint": "f",
        "rubric": "r",
        "seed": 1,
        "points": sum(item.points for item in items),
        "out_of": 100,
        "items": tuple(items),
        "sandbox": SandboxRecord(backend="process", level="weak", missing=("network",)),
        "versions": {},
        "seconds": 0.1,
    }
    return Record(**{**values, **others})


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
