"""The numbers a property is measured on: what came, what was right, and what stood inside the activation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.text import mark

__all__ = ["Rule", "Values", "across", "near", "told"]

TOLERANCE, ROUGH = 1e-6, 1e-4
"""How close numbers are that count as equal, in float64 and in float32."""


@dataclass(frozen=True)
class Values:
    """One output on one draw.

    Attributes:
        given: What came, (..., H), in the dtype it came in.
        right: What was right, (..., H).
        before: The right value of what stands inside the line's activation, (..., H); None where there is none.
    """

    given: Any
    right: Any
    before: Any = None

    def is_right(self) -> bool:
        """Whether nothing is odd here."""
        return near(self.given, self.right)

    def alike(self) -> bool:
        """Whether the shape is right."""
        return bool(np.shape(self.given) == np.shape(self.right))


Rule = Callable[[Values], Words | None]
"""Measures one property: the words for it, with `{it}` for the output, or None where it does not hold."""


def near(given: Any, other: Any) -> bool:
    """Whether what came is this: the same shape and the same numbers."""
    if np.shape(given) != np.shape(other):
        return False
    tolerance = ROUGH if getattr(given, "dtype", None) == np.float32 else TOLERANCE
    with np.errstate(all="ignore"):
        return bool(np.allclose(given, other, rtol=tolerance, atol=tolerance))


def across(right: Any, axis: int) -> str:
    """What lies along an axis, in words: units last, the rows of a batch before them, steps before these.

    Of more axes nobody knows what they hold, so there an axis has its number.
    """
    words = (mark("units"), mark("rows of the batch"), mark("steps"))
    if np.ndim(right) > len(words):
        return f"numbers along axis {axis % np.ndim(right)}"
    return words[(np.ndim(right) - 1 - axis) if axis >= 0 else -1 - axis]


def told(template: str, **values: object) -> Words:
    """The words of a property; numbers are cut to three digits."""
    shown = {key: f"{value:.3g}" if isinstance(value, float) else str(value) for key, value in values.items()}
    return Words(template, {"it": mark("What comes back"), **shown})
