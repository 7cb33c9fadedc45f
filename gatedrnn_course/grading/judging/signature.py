"""The head of a learner's function: which arguments it takes, in which order."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from gatedrnn_course.grading.exchange.walk import every_statement
from gatedrnn_course.text import _

__all__ = ["head_in_sources", "head_of", "wrong_head"]

Head = tuple[str, ...]
LONG = 1 << 16
"""A longer cell is not remembered."""


def head_of(function: Callable[..., Any]) -> Head | None:
    """Names of the positional arguments; None where they cannot be told or there are others."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    plain = all(p.kind is p.POSITIONAL_OR_KEYWORD and p.default is p.empty for p in parameters)
    return tuple(p.name for p in parameters) if plain else None


def head_in_sources(sources: Sequence[str], name: str) -> Head | None:
    """The same from source code, of the last function of that name."""
    for source in reversed(sources):
        heads = _heads(source) if len(source) < LONG else _heads.__wrapped__(source)
        if name in heads:
            return heads[name]
    return None


@lru_cache(maxsize=512)
def _heads(source: str) -> Mapping[str, Head | None]:
    """The heads of all functions of a cell. Every item of a unit asks, and cells of many notebooks are the same."""
    try:
        functions = [node for node in every_statement(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    return {function.name: _head(function.args) for function in functions}


def _head(a: ast.arguments) -> Head | None:
    plain = not (a.vararg or a.kwarg or a.kwonlyargs or a.defaults or a.posonlyargs)
    return tuple(argument.arg for argument in a.args) if plain else None


def wrong_head(name: str, wanted: Head, head: Head | None) -> str:
    """What is wrong with a head, in words; empty where nothing is, or where the names are the learner's own."""
    if head is None or head == wanted:
        return ""
    if len(head) == len(wanted) and sorted(head) != sorted(wanted):
        return ""
    words = _("`{name}` takes its arguments in the order {wanted}; yours takes {head}.")
    return words.format(name=name, wanted=", ".join(wanted), head=", ".join(head) or _("none"))
