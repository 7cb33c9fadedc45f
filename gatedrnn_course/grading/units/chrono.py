"""The chrono initialisation of unit 05: forget biases for spans spread evenly, and input biases that match them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake
from gatedrnn_course.grading.units.aspects import RIGHT, Aspect, pairs, singles
from gatedrnn_course.text import mark

__all__ = ["chrono_item"]

Array = Any

_RANGE = mark("The spans do not run from 1 to T_max - 1: u = 0 belongs to 1, u = 1 to T_max - 1.")
_SPAN: Aspect = (
    (RIGHT, lambda u, T: 1 + u * (T - 2)),
    (_RANGE, lambda u, T: 1 + u * (T - 1)),
    (_RANGE, lambda u, T: 1 + u * T),
    (_RANGE, lambda u, T: u * (T - 1)),
    (_RANGE, lambda u, T: u * T),
    (_RANGE, lambda u, T: u + T - 2),
    (
        mark("1 is missing, or too much: spans begin at 1, and b_f is the log of the span, of nothing else."),
        lambda u, T: u * (T - 2),
    ),
    (
        mark("1 is missing, or too much: spans begin at 1, and b_f is the log of the span, of nothing else."),
        lambda u, T: 2 + u * (T - 2),
    ),
    (
        mark("The spans run backwards: u = 0 belongs to 1, u = 1 to T_max - 1."),
        lambda u, T: T - 1 - u * (T - 2),
    ),
    (
        mark("`u` is taken for the span itself. It lies between 0 and 1; the span runs from 1 to T_max - 1."),
        lambda u, T: u + 0 * T,
    ),
    (mark("Every unit has the longest span. Each has a span of its own, by its u."), lambda u, T: T - 1 + 0 * u),
    (
        mark("The logarithm is spread evenly with it, not the span: u belongs inside the logarithm."),
        lambda u, T: (T - 1) ** u,
    ),
)
_BIAS: Aspect = (
    (RIGHT, np.log),
    (mark("The logarithm is missing: that is the span, not the bias."), lambda span: span),
    (mark("The logarithm is to base 10; sigmoid is made of e."), np.log10),
    (mark("The logarithm is to base 2; sigmoid is made of e."), np.log2),
    (mark("`exp` stands where log belongs."), np.exp),
    (mark("`b_f` has the wrong sign: a unit that keeps long has a bias above 0."), lambda span: -np.log(span)),
    (mark("That is the gate f, not its bias."), lambda span: span / (1 + span)),
)
_INPUT: Aspect = (
    (RIGHT, lambda b: -b),
    (mark("`b_i` has the sign of b_f. A unit that keeps long takes in little: b_i = -b_f."), lambda b: b),
    (mark("`b_i` is 0. A unit that keeps long takes in little: b_i = -b_f."), lambda b: 0 * b),
    (mark("`b_i` is 1 - b_f. The gates are to add up to 1, not their biases: b_i = -b_f."), lambda b: 1 - b),
    (mark("`b_i` is 1 / b_f. b_i = -b_f, so that i = 1 - f."), lambda b: 1 / b),
)
_ASPECTS = (_SPAN, _BIAS, _INPUT)


def _chrono(u: Array, T_max: Array) -> tuple[Array, Array]:
    b_f = np.log(1 + u * (T_max - 2))
    return b_f, -b_f


def _with(span: Any, bias: Any, other: Any) -> Callable[[Array, Array], tuple[Array, Array]]:
    """Both biases as they come out with one way of each aspect."""

    def function(u: Array, T_max: Array) -> tuple[Array, Array]:
        b_f = bias(span(u, T_max))
        return b_f, other(b_f)

    return function


CHRONO_MISTAKES = (
    Mistake(
        mark("`b_f` and b_i are exchanged, or both have the wrong sign: b_f keeps, so it is above 0."),
        lambda u, T_max: _chrono(u, T_max)[::-1],
    ),
    Mistake(
        mark("Those are the gates, not their biases."),
        lambda u, T_max: tuple(1 / (1 + np.exp(-b)) for b in _chrono(u, T_max)),
    ),
    *(one for one in singles(_with, _ASPECTS) if one.words != _BIAS[5][0]),
)


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    def draw(kind: str, H: int, low: int, high: int) -> Draw:
        longest = np.array(float(rng.integers(low, high)))
        return Draw(kind, (rng.uniform(0.05, 1.0, H), longest))

    return draw("batch", 4, 10, 30), draw("batch", 5, 100, 900), draw("ones", 1, 5, 9)


def chrono_item(points: int, forbidden: tuple[str, ...]) -> FunctionItem:
    """The chrono initialisation.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.

    Source:
        Tallec and Ollivier 2018, equations 16 and 17.
    """
    return FunctionItem(
        "chrono_bias",
        points,
        mark("The chrono initialisation: biases for spans spread evenly from 1 to T_max - 1."),
        (
            mark("First turn u, between 0 and 1, into a span between 1 and T_max - 1: a straight line."),
            mark("The bias is the natural logarithm of the span."),
            mark("sigmoid(-b) = 1 - sigmoid(b): with which b_i does a unit take in just what it lets go?"),
        ),
        forbidden,
        takes={
            "u": mark("one number between 0 and 1 a unit, drawn evenly, shape (H,)"),
            "T_max": mark("the longest span to remember, a number above 2"),
        },
        gives={
            "b_f": mark("log of the span, shape (H,)"),
            "b_i": mark("minus b_f, shape (H,)"),
        },
        function=_chrono,
        mistakes=CHRONO_MISTAKES,
        draw=_draws,
        pairs=pairs(_with, _ASPECTS),
    )
