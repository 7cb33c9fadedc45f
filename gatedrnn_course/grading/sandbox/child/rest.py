"""Switches that a cell has thrown for the whole process are as they were at its start while an answer is called."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

__all__ = ["at_rest"]

RECURSION = 1000


@contextmanager
def at_rest() -> Iterator[None]:
    """No warning and no rounding raises, functions may call each other, and torch keeps gradients."""
    if sys.getrecursionlimit() < RECURSION:
        sys.setrecursionlimit(RECURSION)
    torch = sys.modules.get("torch")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        if not hasattr(torch, "enable_grad"):
            yield
            return
        with torch.enable_grad():  # type: ignore[union-attr]
            yield
