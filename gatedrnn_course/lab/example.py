"""`example("forget_gate")`: small arguments to try a function on."""

from __future__ import annotations

from typing import Any

from gatedrnn_course.grading.items.item import as_argument
from gatedrnn_course.grading.units import find_item

__all__ = ["example"]


def example(name: str) -> tuple[Any, ...]:
    """Arguments for a function of an exercise, the same each time.

    Args:
        name: Name of the function.

    Returns:
        The arguments in order: arrays, and `Params` for p. They are fresh copies.

    Raises:
        CourseError: If no exercise asks for such a function.
    """
    _unit, item = find_item(name)
    return tuple(as_argument(argument) for argument in item.example())
