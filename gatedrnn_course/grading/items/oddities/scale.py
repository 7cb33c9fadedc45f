"""Numbers that are the right ones, and then something more: a factor, an offset, a bound, fewer digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.cells.numeric import relu, sigmoid
from gatedrnn_course.grading.items.oddities.values import Values, across, near, told
from gatedrnn_course.text import mark

__all__ = [
    "affine",
    "bounded",
    "constant",
    "few_digits",
    "further",
    "normalised",
    "not_finite",
    "rounded",
    "sized_factor",
    "whole_numbers",
]


def not_finite(values: Values) -> Words | None:
    """nan or inf."""
    given = np.asarray(values.given, np.float64)
    if np.isfinite(given).all():
        return None
    if np.isnan(given).all():
        return told(mark("{it} is nan everywhere, as 0 / 0 is, or the log or root of a negative number."))
    return told(
        mark("{it} holds numbers that are not finite (nan or inf). Does an exponential or a division run over?")
    )


def whole_numbers(values: Values) -> Words | None:
    """An array of whole numbers cuts off every digit after the point."""
    given = np.asarray(values.given)
    if given.dtype.kind == "b":
        return told(mark("{it} is an array of True and False. Return the numbers themselves."))
    if np.array_equal(values.right, np.trunc(values.right)):  # a count is whole where it is right, too
        return None
    cut = (np.trunc(values.right), np.floor(values.right)) if values.alike() else ()
    written = given.dtype.kind in "iu"
    if written or (given.any() and any(np.array_equal(given, rounded) for rounded in cut)):
        return told(
            mark(
                "{it} holds whole numbers: the digits after the point are cut off. An array made of whole numbers "
                "stays one; make it with `np.zeros(shape)`, without dtype=int."
            )
        )
    return None


def constant(values: Values) -> Words | None:
    """The same number everywhere."""
    given = np.asarray(values.given, np.float64)
    if (
        given.size < 2
        or not (given == given.flat[0]).all()
        or near(values.right, np.full_like(values.right, given.flat[0]))
    ):
        return None
    return told(mark("{it} is {number} everywhere: it depends on nothing."), number=float(given.flat[0]))


def rounded(values: Values) -> Words | None:
    """Rounded to some digits after the point."""
    if not values.alike():
        return None
    for digits in range(9):
        if np.array_equal(np.asarray(values.given, np.float64), np.round(values.right, digits)):
            words = mark("{it} is rounded to {digits} digits after the point. Return the numbers unrounded.")
            return told(words, digits=digits)
    return None


def few_digits(values: Values) -> Words | None:
    """Right, but for too few digits: float16, bfloat16, a rough approximation."""
    given = np.asarray(values.given)
    if not values.alike() or not given.size:
        return None
    with np.errstate(all="ignore"):
        exact = given.astype(np.float64)
        worst = float((np.abs(exact - values.right) / np.maximum(1.0, np.abs(values.right))).max())
        half = given.dtype == np.float16 or np.array_equal(exact, exact.astype(np.float16))
    if not worst < (2e-2 if half else 2e-3):
        return None
    digits = max(1, int(-np.log10(max(worst, 1e-15))))
    if half:
        words = mark(
            "{it} has float16 precision: about {digits} digits are right, and that is too few here. "
            "Compute in float64, without `.astype(np.float16)` or `.half()`."
        )
    else:
        words = mark("{it} is nearly right: about {digits} digits agree. Is something rounded, or approximated?")
    return told(words, digits=digits)


def bounded(values: Values) -> Words | None:
    """Right between two bounds, and cut off there."""
    if not values.alike():
        return None
    given, right = np.asarray(values.given, np.float64), values.right
    wrong = np.abs(given - right) > 1e-6 * (1 + np.abs(right))
    above, below = wrong & (given < right), wrong & (given > right)
    if not wrong.any():
        return None
    high = float(given[above].max()) if above.any() else np.inf
    low = float(given[below].min()) if below.any() else -np.inf
    if low > high or not near(given, np.clip(right, low, high)):
        return None
    if low == 0 and high == np.inf:
        return told(mark("Negative numbers of {it} are set to 0, and should not be."))
    if low == -np.inf:
        return told(
            mark("{it} is cut off above {high}. Nothing bounds it: leave np.clip and np.minimum out."), high=high
        )
    if high == np.inf:
        return told(mark("{it} is cut off below {low}. Nothing bounds it: leave np.clip and np.maximum out."), low=low)
    words = mark("{it} is cut off at {low} and {high}. Nothing bounds it: leave np.clip out.")
    return told(words, low=low, high=high)


FURTHER: dict[str, Callable[[Any], Any]] = {
    mark("{it} has the wrong sign."): lambda y: -y,
    mark("{it} has lost its sign: its absolute value comes back."): np.abs,
    mark("{it} is 1 minus what it should be."): lambda y: 1 - y,
    mark("{it} is squared at the end, and should not be."): np.square,
    mark("{it} is the square root of what it should be."): np.sqrt,
    mark("{it} passes through sigmoid once more at the end."): sigmoid,
    mark("{it} passes through tanh once more at the end."): np.tanh,
    mark("{it} passes through relu at the end."): relu,
    mark("{it} passes through exp at the end."): np.exp,
    mark("{it} is what stands inside the tanh: the tanh is missing, or undone."): np.arctanh,
    mark("{it} is one divided by what it should be."): lambda y: 1 / y,
}
"""What people do to a right result."""


def further(values: Values) -> Words | None:
    """Something more done to the right result."""
    with np.errstate(all="ignore"):
        return next((told(words) for words, f in FURTHER.items() if near(values.given, f(values.right))), None)


def affine(values: Values) -> Words | None:
    """The right result with a factor, an offset, or both."""
    if not values.alike() or np.size(values.right) < 3:
        return None
    given, right = (np.ravel(np.asarray(v, np.float64)) for v in (values.given, values.right))
    if np.ptp(right) < 1e-9:
        return None
    factor, offset = (round(float(k), 9) + 0.0 for k in np.polyfit(right, given, 1))
    if abs(factor) < 1e-6 or not near(given, factor * right + offset):
        return None
    if abs(offset) < 1e-6:
        return told(mark("{it} is {factor} times what it should be."), factor=factor)
    if abs(factor - 1) < 1e-6:
        return told(
            mark("{it} is larger by {by} everywhere.") if offset > 0 else mark("{it} is smaller by {by} everywhere."),
            by=abs(offset),
        )
    return told(mark("{it} is {factor} times what it should be, and {by} is added."), factor=factor, by=offset)


SIZES: dict[str, Callable[[float], float]] = {
    "sqrt({n})": np.sqrt,
    "{n}": float,
    "1 / sqrt({n})": lambda n: 1 / np.sqrt(n),
    "1 / {n}": lambda n: 1 / n,
}


def sized_factor(values: Values) -> Words | None:
    """A factor that is made of a size: 1 / sqrt(H), 1 / B."""
    shape = np.shape(values.right)
    for axis, letter in ((-1, "H"), (0, "B")):
        if not values.alike() or len(shape) < (1 if axis else 2) or shape[axis] < 2:
            continue
        for text, of in SIZES.items():
            if near(values.given, of(shape[axis]) * values.right):
                return told(mark("{it} is multiplied by {text}."), text=text.format(n=letter))
    return None


def normalised(values: Values) -> Words | None:
    """Mean 0 and spread 1, along the units or along the batch."""
    given = np.asarray(values.given, np.float64)
    if not values.alike():
        return None
    for axis in (-1, 0):
        if given.ndim < (1 if axis else 2) or given.shape[axis] < 3:
            continue
        along = across(values.right, axis)
        mean, spread = given.mean(axis), given.std(axis)
        off = np.abs(np.mean(values.right, axis)).max() > 1e-3
        if (
            off
            and np.abs(mean).max() < 1e-6
            and any(np.abs(spread * k - 1).max() < 2e-2 for k in _ddof(given.shape[axis]))
        ):
            words = mark("{it} is normalised: mean 0 and spread 1 over the {across}. The equations do not normalise.")
            return told(words, across=along)
        if off and near(given, values.right - np.mean(values.right, axis, keepdims=True)):
            return told(mark("{it} is centred: its mean over the {across} is subtracted."), across=along)
        if near((given**2).sum(axis), np.ones(np.sum(given, axis).shape)):
            return told(mark("{it} is scaled to length 1 over the {across}."), across=along)
        if near(given, values.right / np.sum(values.right, axis, keepdims=True)):
            return told(mark("{it} is divided by its sum over the {across}."), across=along)
        if near(given, values.right / np.max(np.abs(values.right), axis, keepdims=True)):
            return told(mark("{it} is divided by its largest value over the {across}."), across=along)
    return None


def _ddof(n: int) -> tuple[float, float]:
    """The spread of n numbers, divided by n or by n - 1."""
    return 1.0, float(np.sqrt(n / (n - 1)))
