"""The plain function behind a callable, the names around it, and the name it goes by."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType
from typing import Any

__all__ = ["name_of", "namespace_of", "underlying"]

WRAPPERS = 20
"""How many wrappers are taken off: they may point at each other."""


def underlying(function: object) -> FunctionType | None:
    """The plain function behind a partial, a method, a decorator with `wraps` or an object that can be called.

    Of a class it is the first method it defines itself.
    """
    for _step in range(WRAPPERS):
        if isinstance(function, functools.partial):
            function = function.func
        elif isinstance(function, type):
            return next((own for own in vars(function).values() if isinstance(own, FunctionType)), None)
        elif inspect.ismethod(function):
            function = function.__func__
        elif isinstance(function, FunctionType):
            if "__wrapped__" not in vars(function):
                return function
            function = vars(function)["__wrapped__"]
        elif hasattr(type(function), "__wrapped__") or "__wrapped__" in getattr(function, "__dict__", {}):
            function = function.__wrapped__  # type: ignore[attr-defined]
        else:
            call = inspect.getattr_static(type(function), "__call__", None)
            if not isinstance(call, FunctionType):
                return None
            function = call
    return None


def namespace_of(function: object) -> dict[str, Any]:
    """The names of the module or notebook a callable was defined in; none where it is not written in Python."""
    plain = underlying(function)
    return {} if plain is None else plain.__globals__


def name_of(function: Callable[..., Any], places: Sequence[Mapping[str, Any]], wanted: Callable[[str], bool]) -> str:
    """The name a callable goes by.

    Args:
        function: The callable.
        places: Where to look for names that are bound to it, such as the notebook's.
        wanted: Whether a name is one that is asked for.

    Returns:
        Its own name, if that is asked for and bound to it; else a name bound to it, one that is asked for rather than
        another; else its own; `"?"` where it has none.
    """
    own = str(getattr(function, "__name__", "?"))
    bound = [name for place in places for name, value in list(place.items()) if value is function]
    if own in bound and wanted(own):
        return own
    public = [name for name in bound if not name.startswith("_")]
    if own in bound and not any(map(wanted, public)):
        return own
    return next((name for name in public if wanted(name)), own if wanted(own) else next(iter(public), own))
