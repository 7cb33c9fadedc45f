"""Which activation a line has, told from its values and from what stands inside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.cells.numeric import NUMPY_FUNCTIONS, relu, sigmoid
from gatedrnn_course.grading.items.oddities.values import Values, near, told
from gatedrnn_course.text import mark

__all__ = ["COMMON", "FORMULAS", "WRITTEN", "common", "formula", "inside", "out_of_range", "softmax", "straight"]

Function = Callable[[Any], Any]


def _gelu(a: Any) -> Any:
    return 0.5 * a * (1 + np.tanh(np.sqrt(2 / np.pi) * (a + 0.044715 * a**3)))


def _elu(a: Any) -> Any:
    return np.where(a > 0, a, np.exp(np.minimum(a, 0)) - 1)


COMMON: dict[str, Function] = {
    "softplus": lambda a: np.logaddexp(a, 0),
    "softsign": lambda a: a / (1 + np.abs(a)),
    "exp": np.exp,
    "silu": lambda a: a * sigmoid(a),
    "gelu": _gelu,
    "elu": _elu,
    "arctan": np.arctan,
    "sin": np.sin,
    "cos": np.cos,
    "abs": np.abs,
    "sinh": np.sinh,
    "sign": np.sign,
    "a step from 0 to 1": lambda a: np.heaviside(a, 0.0),
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": relu,
}
"""Activations that people know by name."""

FORMULAS: dict[str, dict[str, Function]] = {
    "sigmoid": {
        "1 / 1 + exp(-a)": lambda a: 1 + np.exp(-a),
        "1 / 1 + exp(a)": lambda a: 1 + np.exp(a),
        "1 / (1 - exp(-a))": lambda a: 1 / (1 - np.exp(-a)),
        "1 / (1 + exp(a))": lambda a: sigmoid(-a),
        "1 / exp(-a)": np.exp,
        "1 / (1 + exp(-a) ** 2)": lambda a: sigmoid(2 * a),
        "exp(a) / 1 + exp(a)": lambda a: 2 * np.exp(a),
        "(1 + tanh(a)) / 2": lambda a: (1 + np.tanh(a)) / 2,
        "1 + tanh(a) / 2": lambda a: 1 + np.tanh(a) / 2,
        "2 * sigmoid(a) - 1": lambda a: np.tanh(a / 2),
        "sigmoid(a) * (1 - sigmoid(a))": lambda a: sigmoid(a) * sigmoid(-a),
        "(1 + a / (1 + |a|)) / 2": lambda a: (1 + a / (1 + np.abs(a))) / 2,
    },
    "tanh": {
        "exp(a) - exp(-a) / exp(a) + exp(-a)": lambda a: np.exp(a) - np.exp(-2 * a) + np.exp(-a),
        "(exp(a) - exp(-a)) / exp(a) + exp(-a)": lambda a: 1 - np.exp(-2 * a) + np.exp(-a),
        "exp(a) - exp(-a) / (exp(a) + exp(-a))": lambda a: np.exp(a) - np.exp(-a) / (np.exp(a) + np.exp(-a)),
        "(exp(a) + exp(-a)) / (exp(a) - exp(-a))": lambda a: 1 / np.tanh(a),
        "1 - exp(-2 a) / 1 + exp(-2 a)": np.ones_like,
        "2 * sigmoid(a) - 1": lambda a: np.tanh(a / 2),
        "tanh(2 a)": lambda a: np.tanh(2 * a),
        "1 - tanh(a) ** 2": lambda a: 1 - np.tanh(a) ** 2,
    },
    "relu": {"min(a, 0)": lambda a: np.minimum(a, 0)},
}
"""Formulas that are near the right one: brackets that are missing, a sign, a factor, its derivative."""
WRITTEN = {"sigmoid": "1 / (1 + exp(-a))", "tanh": "(exp(a) - exp(-a)) / (exp(a) + exp(-a))", "relu": "max(a, 0)"}


def right_activation(values: Values) -> str:
    """The name of the activation that makes the right values; empty where none does, or where it cannot be told."""
    if values.before is None:
        return ""
    found = (n for n in ("sigmoid", "tanh", "relu") if near(values.right, NUMPY_FUNCTIONS[n](values.before)))
    return next(found, "")


def softmax(values: Values) -> Words | None:
    """A softmax: the exponentials of what stands inside, divided by one sum."""
    given, a = np.asarray(values.given, np.float64), values.before
    if not values.alike() or given.ndim == 0 or given.shape[-1] < 2 or not (given > 0).all():
        return None
    right = right_activation(values) or mark("function")
    if near(given.sum(-1), np.ones(given.shape[:-1])):
        return told(
            mark("{it} adds up to 1 over the units: that is a softmax. Each unit has a {right} of its own."),
            right=right,
        )
    if given.ndim > 1 and len(given) > 1 and near(given.sum(0), np.ones(given.shape[1:])):
        return told(
            mark(
                "{it} adds up to 1 over the rows of the batch: that is a softmax along the wrong axis. "
                "Each number has a {right} of its own."
            ),
            right=right,
        )
    if a is None:
        return None
    sums = np.log(given) - a
    if near(sums, np.broadcast_to(sums[..., :1], sums.shape)) and not near(np.exp(sums), np.ones(sums.shape)):
        return told(
            mark(
                "{it} is a softmax over more than its own units, over all stacked gates for instance. "
                "Each unit has a {right} of its own."
            ),
            right=right,
        )
    return None


def formula(values: Values) -> Words | None:
    """A formula that is near the right one."""
    right = right_activation(values)
    for text, function in FORMULAS.get(right, {}).items():
        if near(values.given, function(values.before)):
            words = mark("The {right} of {it} is computed as `{text}`; right is `{written}`.")
            return told(words, right=right, text=text, written=WRITTEN[right])
    return None


def common(values: Values) -> Words | None:
    """Another activation, or two of them one after the other."""
    right = right_activation(values)
    if not right:
        return None
    for name, function in COMMON.items():
        if name != right and near(values.given, function(values.before)):
            return told(mark("{it} passes through {name}, where {right} belongs."), name=name, right=right)
    for first in ("sigmoid", "tanh", "relu"):
        inner = NUMPY_FUNCTIONS[first](values.before)
        if first == right and near(values.given, NUMPY_FUNCTIONS[first](inner)) and not values.is_right():
            return told(mark("{it} passes through {right} twice."), right=right)
        for name, function in COMMON.items():
            if first != name and near(values.given, function(inner)) and not near(values.given, inner):
                words = mark("{it} passes through {first} and then through {name}, where {right} alone belongs.")
                return told(words, first=first, name=name, right=right)
    return None


def inside(values: Values) -> Words | None:
    """A constant added, or a factor, inside the right activation."""
    right = right_activation(values)
    if right not in ("sigmoid", "tanh") or not values.alike():
        return None
    inverse: Function = np.arctanh if right == "tanh" else lambda y: np.log(y / (1 - y))
    y, a = np.ravel(np.asarray(values.given, np.float64)), np.ravel(values.before)
    within = (y > 1e-6) & (y < 1 - 1e-6) if right == "sigmoid" else np.abs(y) < 1 - 1e-6
    if within.all() and np.ptp(a) > 0:
        low, high = float(inverse(y).min()), float(inverse(y).max())
        bounds = round(low, 6) + 0.0, round(high, 6) + 0.0
        clipped = np.clip(a, *bounds)
        if (clipped != a).sum() > 1 and (clipped == a).any() and near(inverse(y), clipped):
            words = mark("What stands inside the {right} of {it} is cut off at {low} and {high}.")
            return told(words, right=right, low=bounds[0], high=bounds[1])
    usable = (np.abs(a) > 1e-3) & (y > (1e-9 if right == "sigmoid" else -1 + 1e-9)) & (y < 1 - 1e-9) & (np.abs(a) < 8)
    if usable.sum() < 3:
        return None
    seen, a = inverse(y[usable]), a[usable]
    if near(seen - a, np.full_like(a, np.median(seen - a))):
        by = float(np.median(seen - a))
        more = mark("The {right} of {it} is that of a sum larger by {by}: is a constant added to the bias?")
        less = mark("The {right} of {it} is that of a sum smaller by {by}: is a constant taken from the bias?")
        return told(more if by > 0 else less, right=right, by=abs(round(by, 6)))
    if near(seen / a, np.full_like(a, np.median(seen / a))):
        times = float(np.median(seen / a))
        words = mark("What stands inside the {right} of {it} is multiplied by {times} first.")
        return told(words, right=right, times=round(times, 6))
    return None


def straight(values: Values) -> Words | None:
    """Straight pieces: a hard sigmoid, a clipped sum, relu and leaky relu with any slope."""
    right = right_activation(values)
    if not right or not values.alike():
        return None
    a, y = np.ravel(values.before), np.ravel(np.asarray(values.given, np.float64))
    if len(a) < 4 or not np.isfinite(y).all():
        return None
    low, high = (bound if (y == bound).sum() > 1 else None for bound in (y.min(), y.max()))
    between = np.ones(len(y), bool)
    between &= (y > low) if low is not None else True
    between &= (y < high) if high is not None else True
    if between.sum() > 2:
        slope, shift = np.polyfit(a[between], y[between], 1)
        line = slope * a + shift
        if abs(slope) > 1e-6 and near(y, np.clip(line, low, high) if (low, high) != (None, None) else line):
            return _pieces(float(slope), float(shift), low, high, right)
    up, down = a > 0, a < 0
    if up.sum() > 1 and down.sum() > 1:
        slopes = [float(np.median(y[side] / a[side])) for side in (up, down)]
        if near(y, np.where(up, *slopes) * a) and abs(slopes[1]) > 1e-6:
            words = mark("{it} is {slope} times the sum where that is negative: a leaky relu, where {right} belongs.")
            return told(words, slope=round(slopes[1], 6), right=right)
    return None


def _pieces(slope: float, shift: float, low: Any, high: Any, right: str) -> Words:
    slope, shift = round(slope, 6) + 0.0, round(shift, 6) + 0.0
    plain = slope == 1.0 and shift == 0.0
    line = "a" if plain else f"{slope:.3g} a {'-' if shift < 0 else '+'} {abs(shift):.3g}".removesuffix(" + 0")
    if low is not None and high is not None:
        words = mark(
            "{it} is made of straight pieces, `{line}` cut off at {low} and {high}, as a hard sigmoid or a clip is; "
            "{right} bends everywhere."
        )
        return told(words, line=line, low=float(low), high=float(high), right=right)
    if low is not None:
        words = mark("{it} is `{line}`, cut off below {low}, as relu is; {right} belongs there.")
        return told(words, line=line, low=float(low), right=right)
    if high is not None:
        return told(
            mark("{it} is `{line}`, cut off above {high}; {right} belongs there."),
            line=line,
            high=float(high),
            right=right,
        )
    return told(
        mark("{it} is a straight line, `{line}`: there is no {right} around the sum `a`."), line=line, right=right
    )


def out_of_range(values: Values) -> Words | None:
    """Values that the right activation never gives."""
    right = right_activation(values)
    if right not in ("sigmoid", "tanh") or not values.alike():
        return None
    low = 0.0 if right == "sigmoid" else -1.0
    least, most = (float(f(np.asarray(values.given, np.float64))) for f in (np.min, np.max))
    if not np.isfinite([least, most]).all() or (least >= low and most <= 1):
        return None
    words = mark("{it} must lie between {low} and 1, as {right} does; yours goes from {least} to {most}.")
    return told(words, low=int(low), right=right, least=f"{least:.4g}", most=f"{most:.4g}")
