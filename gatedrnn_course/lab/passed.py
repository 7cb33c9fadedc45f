"""Which functions the learner has got right since the notebook was started."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["forget", "function", "holds", "names", "remember"]

_passed: dict[str, Callable[..., Any]] = {}


def remember(name: str, function: Callable[..., Any]) -> None:
    """Keep a function that passed its check."""
    _passed[name] = function


def forget(name: str) -> None:
    """Drop a function that no longer passes."""
    _passed.pop(name, None)


def holds(name: str, function: object) -> bool:
    """Whether exactly this function has passed under that name."""
    return function is not None and _passed.get(name) is function


def function(name: str) -> Callable[..., Any] | None:
    """The function that passed under a name, if any."""
    return _passed.get(name)


def names() -> tuple[str, ...]:
    """Names of all functions that passed."""
    return tuple(_passed)
