"""Whose functions compute the numbers of a widget: the learner's own once they are right, else the course's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gatedrnn_course.errors import CourseError
from gatedrnn_course.lab.earlier import own
from gatedrnn_course.text import _

__all__ = ["owned", "whose"]

Function = Callable[..., Any]


def owned(**ours: Function) -> tuple[dict[str, Function], tuple[str, ...]]:
    """Functions by their names in the exercises.

    Args:
        **ours: The course's own by name.

    Returns:
        The learner's where they are right, else the course's, and the names of the learner's.
    """
    yours: dict[str, Function] = {}
    for name in ours:
        try:
            function = own(name)
        except CourseError:  # no exercise asks for it
            continue
        if function is not None:
            yours[name] = function
    return {**ours, **yours}, tuple(yours)


def whose(names: Sequence[str], cell: str) -> str:
    """The sentence that says it.

    Args:
        names: Names of the learner's functions that took part.
        cell: The cell whose numbers they are, where none took part.
    """
    if not names:
        return _("The numbers come from the course's own {cell}.").format(cell=cell)
    return _("Computed with your functions: {names}.").format(names=", ".join(names))
