"""The functions of `math` that were imported by name: they take one number, and were meant for arrays."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from types import BuiltinFunctionType
from typing import Any

import numpy as np

__all__ = ["for_arrays", "is_of_math"]

_IN_NUMPY = {
    "acos": "arccos",
    "acosh": "arccosh",
    "asin": "arcsin",
    "asinh": "arcsinh",
    "atan": "arctan",
    "atan2": "arctan2",
    "atanh": "arctanh",
    "dist": "",
    "pow": "power",
    "prod": "prod",
}


def is_of_math(value: object) -> bool:
    """Whether a value is a function of `math` with one of the same name for arrays."""
    return isinstance(value, BuiltinFunctionType) and value.__module__ == "math" and _named(value.__name__) != ""


def _named(name: str) -> str:
    found = _IN_NUMPY.get(name, name)
    return found if callable(getattr(np, found, None)) else ""


def for_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of `math` that takes arrays and tensors as well, element by element."""

    @wraps(function)
    def applied(*args: Any) -> Any:
        if any(isinstance(one, np.ndarray) and one.ndim for one in args):
            return getattr(np, _named(function.__name__))(*args)
        torch = sys.modules.get("torch")
        if torch is not None and any(isinstance(one, torch.Tensor) for one in args):
            return getattr(torch, function.__name__)(*args)
        return function(*args)

    return applied
