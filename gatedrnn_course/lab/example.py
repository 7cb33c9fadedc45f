"""`example("forget_gate")`: small arguments to try a function on."""

from __future__ import annotations

from typing import Any

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.items.item import as_argument
from gatedrnn_course.grading.units import Unit, find_item
from gatedrnn_course.text import _

__all__ = ["example", "named"]


def example(name: str) -> tuple[Any, ...]:
    """Arguments for a function of an exercise, the same each time.

    Args:
        name: Name of the function.

    Returns:
        The arguments in order: arrays, and `Params` for p. They are fresh copies.

    Raises:
        CourseError: If no exercise asks for such a function.
    """
    item = named(name)[1]
    return tuple(as_argument(argument) for argument in item.example())


def named(name: str) -> tuple[Unit, Item]:
    """The unit and item of a function's name.

    Args:
        name: Name of the function.

    Returns:
        The unit and the item.

    Raises:
        CourseError: If no exercise asks for such a function; it speaks of the function, not of a check.
    """
    try:
        return find_item(name)
    except CourseError as error:
        asked = _("The function `{name}`.").format(name=name)
        raise CourseError(asked, error.came, error.expected, error.do) from None
