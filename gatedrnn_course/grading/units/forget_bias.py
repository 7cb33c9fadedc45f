"""The biases of unit 05 for half-lives in a cell whose gates see inputs: found by a search, which may go astray."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gatedrnn_course.grading.items import Ask, Draw, Explanation, FunctionItem, Mistake, Observation
from gatedrnn_course.grading.units.aspects import RIGHT, Aspect, pairs, singles
from gatedrnn_course.grading.units.half_life import bias_for_half_life
from gatedrnn_course.text import _, mark

__all__ = ["bias_over_steps", "forget_bias_item"]

Array = Any
FAR = 40.0
"""No bias that is looked for is further from 0."""


def bias_over_steps(n: Array, a: Array) -> Array:
    """The forget biases with which units have given half-lives over a sequence, found by halving an interval.

    Args:
        n: Half-lives (H,), in steps.
        a: What W_f x_t + U_f h_(t-1) is at each step (T, H).

    Returns:
        The biases (H,): the product of sigmoid(a_t + b_f) over all T steps is 1/2 to the power T / n.
    """
    low, high = np.full(n.shape, -40.0), np.full(n.shape, 40.0)
    for _half in range(80):
        b_f = (low + high) / 2
        log_left = -np.logaddexp(0.0, -(a + b_f)).sum(axis=0)  # logarithms, so that long products stay above 0
        too_little = log_left < np.log(0.5) * len(a) / n
        low, high = np.where(too_little, b_f, low), np.where(too_little, high, b_f)
    return (low + high) / 2


_INPUTS: Aspect = (
    (RIGHT, lambda a: a),
    (mark("Inputs are ignored: that is the bias of a gate that says the same at every step, a = 0."), lambda a: 0 * a),
    (
        mark(
            "Only the mean of a is used. A gate that falls at one step costs more than it wins back at another: "
            "multiply the gates themselves."
        ),
        lambda a: a.mean(axis=0, keepdims=True),
    ),
    (mark("Only the first step is looked at. The product goes over all of them."), lambda a: a[:1]),
    (mark("Only the last step is looked at. The product goes over all of them."), lambda a: a[-1:]),
    (mark("The first step is left out. The product goes over all of them."), lambda a: a[1:] if len(a) > 1 else a),
    (mark("The inputs have the wrong sign: the gate is sigmoid(a + b_f)."), lambda a: -a),
)


def _outside(z: Array, b: Array) -> Array:
    """What is left where the bias is added to the gate."""
    product = (1 / (1 + np.exp(-z)) + b).prod(axis=0)
    return np.where(product > 0, np.log(np.where(product > 0, product, 1.0)), -np.inf) / len(z)


_LEFT: Aspect = (
    (RIGHT, lambda z, b: -np.logaddexp(0.0, -(z + b)).mean(axis=0)),
    (
        mark("The gates are averaged, not multiplied: it is the product that says what is left."),
        lambda z, b: np.log((1 / (1 + np.exp(-(z + b)))).mean(axis=0)),
    ),
    (
        mark("The gates are added, not multiplied: it is the product that says what is left."),
        lambda z, b: np.log((1 / (1 + np.exp(-(z + b)))).sum(axis=0)) / len(z),
    ),
    (mark("b_f is added outside of the sigmoid. It belongs inside: f = sigmoid(a + b_f)."), _outside),
    (
        mark("One bias is right for all units together. Each unit has a bias of its own: multiply along axis 0 only."),
        lambda z, b: -np.logaddexp(0.0, -(z + b)).mean() + 0 * b,
    ),
)
_WANTED: Aspect = (
    (RIGHT, lambda n, T: 1 / n),
    (
        mark("That leaves one half after all T steps. With the half-life n, 1/2 to the power T/n is left then."),
        lambda n, T: 1 / T + 0 * n,
    ),
    (mark("That leaves one half after one step: n is not used."), lambda n, T: 1.0 + 0 * n),
    (
        mark("1/2 to the power 1/n is to be left after one step, not after all T: after T steps 1/2 to the power T/n."),
        lambda n, T: 1 / (n * T),
    ),
    (mark("1/2 to the power n is left with it. After T steps it is 1/2 to the power T/n."), lambda n, T: n / T),
    (mark("The exponent is turned: after T steps 1/2 to the power T/n is left, not n/T."), lambda n, T: n / T**2),
    (mark("With it 1/e is left after n steps, not one half."), lambda n, T: 1 / (n * np.log(2.0))),
)
_GIVEN: Aspect = (
    (RIGHT, lambda b: b),
    (mark("The sign of the bias is turned."), lambda b: -b),
    (
        mark("All units share one bias. Each unit has its own half-life and its own inputs."),
        lambda b: b.mean() + 0 * b,
    ),
    (mark("That is a gate, not a bias: f = sigmoid(a + b_f)."), lambda b: 1 / (1 + np.exp(-b))),
)
_ASPECTS = (_INPUTS, _LEFT, _WANTED, _GIVEN)


def _with(inputs: Any, left: Any, wanted: Any, given: Any) -> Callable[[Array, Array], Array]:
    """The bias that a search finds with one way of each aspect."""

    def function(n: Array, a: Array) -> Array:
        low, high, z = np.full(n.shape, -FAR), np.full(n.shape, FAR), inputs(a)
        goal = np.log(0.5) * wanted(n, len(a))
        for _half in range(60):
            b_f = (low + high) / 2
            too_little = left(z, b_f) < goal
            low, high = np.where(too_little, b_f, low), np.where(too_little, high, b_f)
        return given((low + high) / 2)

    return function


_BORDER = mark(
    "The search has run to its border. Is the wrong half of the interval kept, or does what is compared not grow with "
    "b_f? Follow it for one unit, a few halvings long."
)
_OUTSIDE = mark("The interval of the search is too small: the bias of some units lies outside. Begin with -40 and 40.")
_COARSE = mark("The search stops too early: halve the interval more often, 60 times, say.")
BIAS_MISTAKES = (
    *singles(_with, _ASPECTS),
    Mistake(
        mark("The mean of a is added to the bias of a steady gate. It is to be made up for; and gates multiply."),
        lambda n, a: bias_for_half_life(n) + a.mean(axis=0),
    ),
    Mistake(
        mark("That is the gate that has the half-life n, not a bias: f = sigmoid(a + b_f)."),
        lambda n, a: 0.5 ** (1 / n),
    ),
    Mistake(_BORDER, lambda n, a: FAR + 0 * n),
    Mistake(_BORDER, lambda n, a: -FAR + 0 * n),
    Mistake(_OUTSIDE, lambda n, a: np.clip(bias_over_steps(n, a), 1.0, 1.5)),
    Mistake(_COARSE, lambda n, a: bias_over_steps(n, a) + 0.01),
)


@dataclass(frozen=True)
class SearchItem(FunctionItem):
    """A function whose value is found by a search; it may stop too early, or run the wrong way."""

    def explain(self, observed: Sequence[Observation], ask: Ask) -> Explanation | None:
        """A wrong function; else how the search went."""
        pairs_ = [(np.asarray(self.reference(*o.draw.args)), o.value[0]) for o in observed if o.value]
        same_shape = all(np.shape(right) == np.shape(given) for right, given in pairs_)
        if not pairs_ or len(pairs_) < len(observed) or not same_shape:
            return super().explain(observed, ask)
        right, given = (np.concatenate([np.ravel(pair[k]) for pair in pairs_]) for k in (0, 1))
        found = super().explain(observed, ask)
        if found is not None and found.key != _BORDER:
            return found
        words = _how_it_went(right, given)
        return Explanation(_(words), words) if words else found


def _how_it_went(right: Array, given: Array) -> str:
    """What a search did that found other numbers."""
    if (np.abs(given) > FAR / 2).any():
        return _BORDER
    if (np.abs(right - given) < 0.2).all():
        return _COARSE
    cut = np.clip(right, given.min(), given.max())
    return _OUTSIDE if len(given) > 2 and np.allclose(cut, given, atol=1e-3) else ""


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    def draw(kind: str, T: int, H: int) -> Draw:
        half_lives = np.exp(rng.uniform(0.7, 3.0, H))
        inputs = rng.normal(rng.normal(0.0, 0.7, H), 1.2, (T, H))
        return Draw(kind, (half_lives, inputs))

    return draw("batch", 7, 3), draw("batch", 5, 4), draw("ones", 2, 1)


def forget_bias_item(points: int, forbidden: tuple[str, ...]) -> FunctionItem:
    """The biases for half-lives, in a cell whose gates see inputs.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
    """
    return SearchItem(
        "forget_bias_for_half_life",
        points,
        mark("The biases of the forget gate with which units have given half-lives, on given inputs."),
        (
            mark("For one bias: the gates are sigmoid(a + b_f), their product over time is what is left. How much?"),
            mark("A larger bias opens every gate, so the product grows with it: halve an interval until it fits."),
            mark("After T steps 1/2 to the power T/n is to be left. Is less left at the middle? Then go up."),
        ),
        forbidden,
        takes={
            "n": mark("half-lives in steps, one a unit, shape (H,)"),
            "a": mark("what W_f x_t + U_f h_(t-1) is at each step, shape (T, H)"),
        },
        gives={"b_f": mark("shape (H,): the product of sigmoid(a + b_f) over the T steps is 1/2 to the power T / n")},
        function=bias_over_steps,
        mistakes=BIAS_MISTAKES,
        draw=_draws,
        pairs=pairs(_with, _ASPECTS),
    )
