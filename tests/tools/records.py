"""Records to make tables, pages and exports from, without grading anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gatedrnn_course.grading.classroom.record import ItemRecord, Record, SandboxRecord
from gatedrnn_course.grading.units import load

__all__ = ["Make", "record"]

Make = Callable[..., Record]


def record(student: str, failed: Mapping[str, Mapping[str, Any]] | None = None, **others: Any) -> Record:
    """A graded record of unit 03 in which all is right but what is told otherwise.

    Args:
        student: The name.
        failed: Items that are wrong, by name, with what else is to stand in their records.
        others: Fields of the record.
    """
    unit, items = load("03"), []
    for item in unit.items:
        verdict = {"outcome": "right", "points": item.points, "sentence": f"`{item.name}` is right."}
        if failed is not None and item.name in failed:
            verdict = {"outcome": "wrong", "points": 0, "sentence": "It is wrong.", **failed[item.name]}
        items.append(ItemRecord(name=item.name, out_of=item.points, **verdict))  # type: ignore[arg-type]
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
        "items": tuple(items),
        "sandbox": SandboxRecord(backend="process", level="weak", missing=("network",)),
        "versions": {},
        "seconds": 0.1,
    }
    return Record(**{**values, **others})
