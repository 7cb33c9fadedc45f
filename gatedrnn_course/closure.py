"""What something needs, and what that needs, to the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

__all__ = ["closure"]

T = TypeVar("T")


def closure(wanted: Iterable[T], used: Callable[[T], Iterable[T]]) -> set[T]:
    """Everything that the wanted ones need, themselves included.

    Args:
        wanted: Where to begin.
        used: What one needs at once.
    """
    found: set[T] = set()
    todo = list(wanted)
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += used(one)
    return found
