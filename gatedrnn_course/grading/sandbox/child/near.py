"""A function that somebody has written under almost the name that is asked for, or where it cannot be called."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import SequenceMatcher
from types import CodeType, FunctionType
from typing import Any

from ...exchange.blank import is_written

__all__ = ["nearest"]

ALIKE = 0.82
MOST = 2000


def nearest(name: str, namespace: Mapping[str, Any], asked: Collection[str]) -> str:
    """The name that was meant.

    Args:
        name: A name that is asked for, and no function has it.
        namespace: Where the cells ran.
        asked: All names that are asked for.

    Returns:
        A name with other capitals or a typo; `Outer.name` where it stands inside a class or a function; empty if there
        is nothing of the kind.
    """
    own = [
        (other, value)
        for other, value in list(namespace.items())[:MOST]
        if isinstance(value, (FunctionType, type)) and value.__module__ == "__main__" and is_written(value)
    ]
    for other, _value in own:
        if other not in asked and _plain(other) == _plain(name):
            return other
    for other, value in own:
        if name in _inside(value):
            return f"{other}.{name}"
    found = [(_likeness(name, other), other) for other, _value in own if other not in asked]
    best = max(found, default=(0.0, ""))
    return best[1] if best[0] >= ALIKE else ""


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()


def _likeness(name: str, other: str) -> float:
    return SequenceMatcher(None, _plain(name), _plain(other)).ratio()


def _inside(value: object) -> set[str]:
    if isinstance(value, FunctionType):
        return {one.co_name for one in value.__code__.co_consts if isinstance(one, CodeType)}
    return {key for key, one in vars(value).items() if isinstance(one, (FunctionType, staticmethod, classmethod))}
