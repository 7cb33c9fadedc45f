"""Which functions the learner has got right: in this session, and, kept on disk, in earlier ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gatedrnn_course.grading.items.fingerprint import function_fingerprint
from gatedrnn_course.lab.carry import carried
from gatedrnn_course.lab.kept import keep, kept, let_go

__all__ = ["before", "forget", "function", "holds", "names", "remember"]

_passed: dict[str, tuple[Callable[..., Any], str]] = {}


def remember(name: str, function: Callable[..., Any]) -> str:
    """Keep a function that passed its check, also for later sessions; what `keep` says of that comes back."""
    _passed[name] = function, function_fingerprint(function)
    return keep(name, _passed[name][1], carried(name, function))


def forget(name: str) -> None:
    """Drop a function that no longer passes."""
    _passed.pop(name, None)
    let_go(name)


def holds(name: str, function: object) -> bool:
    """Whether this function, unchanged and with unchanged helpers, has passed under that name in this session."""
    return callable(function) and name in _passed and _passed[name][1] == function_fingerprint(function)


def before(name: str, function: object = None) -> bool:
    """Whether a function passed under that name in an earlier session; this very one, where one is given."""
    row = kept().get(name)
    if row is None or function is None:
        return row is not None
    return callable(function) and row["fingerprint"] == function_fingerprint(function)


def function(name: str) -> Callable[..., Any] | None:
    """The function that passed under a name in this session, if any."""
    return _passed[name][0] if name in _passed else None


def names() -> tuple[str, ...]:
    """Names of all functions that passed in this session."""
    return tuple(_passed)
