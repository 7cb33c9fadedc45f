"""The name a callable is bound to, and the names around it: what a learner means by `check(forget_gate)`."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Collection, Iterator
from types import FunctionType
from typing import Any

__all__ = ["name_of", "namespace_of", "underlying"]


def underlying(function: object) -> FunctionType | None:
    """The plain function behind a partial, a method, a decorator with `wraps` or an object that can be called."""
    for _step in range(20):  # wrappers may point at each other
        if isinstance(function, functools.partial):
            function = function.func
        elif inspect.ismethod(function):
            function = function.__func__
        elif isinstance(function, FunctionType):
            inner = vars(function).get("__wrapped__")
            if inner is None:
                return function
            function = inner
        elif isinstance(wrapped := getattr(function, "__wrapped__", None), (FunctionType, functools.partial)):
            function = wrapped
        else:
            call = getattr(type(function), "__call__", None)
            if not isinstance(call, FunctionType):
                return None
            function = call
    return None


def namespace_of(function: object) -> dict[str, Any]:
    """The names among which a callable lives: those of the module its code stands in, or of the notebook."""
    return next(_namespaces(function), {})


def name_of(function: object, wanted: Collection[str]) -> str:
    """The name of a callable.

    Args:
        function: The callable.
        wanted: Names that are asked for. Where it is bound to one of these, that is its name, whatever its `def` says.

    Returns:
        The name, or `""` where it has none.
    """
    own = getattr(function, "__name__", "")
    own = own if isinstance(own, str) else ""
    bound = [
        name
        for names in _namespaces(function)
        for name, value in list(names.items())
        if value is function and not name.startswith("_")
    ]
    if own not in wanted:
        found = next((name for name in bound if name in wanted), "")
        own = found or (bound[0] if bound and own in ("", "<lambda>") else own)
    return own


def _namespaces(function: object) -> Iterator[dict[str, Any]]:
    """Where the callable's own code stands, then the notebook."""
    for one in (function, underlying(function)):
        names = getattr(one, "__globals__", None)
        if isinstance(names, dict):
            yield names
    main = sys.modules.get("__main__")
    if main is not None:
        yield vars(main)
