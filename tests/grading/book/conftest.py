"""A small class of records, without grading anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gatedrnn_course.grading.classroom.record import ItemRecord, Record, SandboxRecord
from gatedrnn_course.grading.classroom.run import ClassRun
from gatedrnn_course.grading.units import load

Make = Callable[..., Record]


def record(student: str, failed: tuple[str, ...] = (), **others: Any) -> Record:
    """A record of unit 03 in which all is right but the named items."""
    unit = load("03")
    items = tuple(
        ItemRecord(
            name=item.name,
            outcome="wrong" if item.name in failed else "right",
            points=0 if item.name in failed else item.points,
            out_of=item.points,
            sentence="It is wrong." if item.name in failed else "It is right.",
        )
        for item in unit.items
    )
    values: dict[str, Any] = {
        "student": student,
        "file": f"{student}.ipynb",
        "unit": "03",
        "status": "graded",
        "fingerprint": f"f {student}",
        "rubric": "r",
        "seed": 1,
        "points": sum(item.points for item in items),
        "out_of": 100,
        "items": items,
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
    """Ana all right, Ben without `candidate`, Cem's file unreadable, Dan not graded."""
    rest: dict[str, Any] = {"items": (), "points": 0}
    records = (
        record("ana", platform="moodle", id="5"),
        record("ben", ("candidate",)),
        record("cem", status="unreadable", problem="No notebook.", **rest),
        record("dan", status="not graded", problem="OSError", **rest),
    )
    return ClassRun(load("03"), records, 4, 1.0, ("notes.docx",))
