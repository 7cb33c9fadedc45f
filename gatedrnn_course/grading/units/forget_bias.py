"""The biases of unit 05: for half-lives in a cell whose gates see inputs, and spread over all spans (chrono)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gatedrnn_course.grading.items import Ask, Draw, Explanation, FunctionItem, Mistake, Observation
from gatedrnn_course.grading.units.half_life import bias_for_half_life
from gatedrnn_course.text import _, mark

__all__ = ["bias_over_steps", "chrono_item", "forget_bias_item"]

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
    for _half in range(100):
        b_f = (low + high) / 2
        log_left = -np.logaddexp(0.0, -(a + b_f)).sum(axis=0)  # logarithms, so that long products stay above 0
        too_little = log_left < np.log(0.5) * len(a) / n
        low, high = np.where(too_little, b_f, low), np.where(too_little, high, b_f)
    return (low + high) / 2


def _search(too_low: Callable[[Array], Array], n: Array) -> Array:
    """The same for another test of the bias in the middle."""
    low, high = np.full(np.shape(n), -FAR), np.full(np.shape(n), FAR)
    for _half in range(100):
        middle = (low + high) / 2
        low, high = np.where(too_low(middle), middle, low), np.where(too_low(middle), high, middle)
    return (low + high) / 2


def _mean_gate(n: Array, a: Array) -> Array:
    def gate(b: Array) -> Array:
        return (1 / (1 + np.exp(-(a + b)))).mean(axis=0)

    return _search(lambda b: gate(b) < 0.5 ** (1 / n), n)


_ALONE = mark("Inputs are ignored: that is the bias of a gate that says the same at every step, a = 0.")
_AT_END = mark(
    "That leaves one half after all T steps. The half-life asked for is n: over T steps 1/2 to the power T/n."
)

BIAS_MISTAKES = (
    Mistake(_ALONE, lambda n, a: bias_for_half_life(n)),
    Mistake(
        mark(
            "The mean of a is taken off the bias of a steady gate. A gate that falls at one step costs more than it "
            "wins back at another: multiply the gates themselves."
        ),
        lambda n, a: bias_for_half_life(n) - a.mean(axis=0),
    ),
    Mistake(
        mark("The mean of a is added to the bias of a steady gate; and the gates differ from step to step."),
        lambda n, a: bias_for_half_life(n) + a.mean(axis=0),
    ),
    Mistake(
        mark("The mean of the gates is right with it, not their product. Gates multiply: take the mean of log f."),
        _mean_gate,
    ),
    Mistake(
        mark("Only the first step is looked at. The product goes over all of them."),
        lambda n, a: bias_for_half_life(n) - a[0],
    ),
    Mistake(
        mark("Only the last step is looked at. The product goes over all of them."),
        lambda n, a: bias_for_half_life(n) - a[-1],
    ),
    Mistake(_AT_END, lambda n, a: bias_over_steps(0 * n + len(a), a)),
    Mistake(
        mark("That leaves one half after one step: n is not used."),
        lambda n, a: bias_over_steps(0 * n + 1.0, a),
    ),
    Mistake(
        mark("The product over all T steps is 1/2 to the power 1/n; over T steps it is 1/2 to the power T/n."),
        lambda n, a: bias_over_steps(n * len(a), a),
    ),
    Mistake(
        mark("The exponent is turned: over T steps 1/2 to the power T/n is left, not n/T."),
        lambda n, a: bias_over_steps(len(a) ** 2 / n, a),
    ),
    Mistake(mark("The sign of the bias is turned."), lambda n, a: -bias_over_steps(n, a)),
    Mistake(mark("The inputs have the wrong sign: the gate is sigmoid(a + b_f)."), lambda n, a: bias_over_steps(n, -a)),
    Mistake(
        mark("With it 1/e is left after n steps, not one half."),
        lambda n, a: bias_over_steps(n * np.log(2.0), a),
    ),
    Mistake(
        mark("All units share one bias. Each unit has its own half-life and its own inputs."),
        lambda n, a: bias_over_steps(n, a).mean() + 0 * n,
    ),
    Mistake(
        mark("One bias makes the product right over all units together. Each unit has a bias of its own: axis 0 only."),
        lambda n, a: _search(lambda b: -np.logaddexp(0.0, -(a + b)).mean() < np.log(0.5) / n, n),
    ),
    Mistake(
        mark("That is the gate that has the half-life n, not a bias: f = sigmoid(a + b_f)."),
        lambda n, a: 0.5 ** (1 / n),
    ),
    Mistake(
        mark("The search has run to its border: the wrong half of the interval is kept. Try it for one unit by hand."),
        lambda n, a: FAR + 0 * n,
    ),
)
COARSE = mark("The search stops too early: halve the interval more often, 60 times, say.")
BORDER = BIAS_MISTAKES[-1].words


@dataclass(frozen=True)
class SearchItem(FunctionItem):
    """A function whose value is found by a search; it may stop too early, or run the wrong way."""

    def explain(self, observed: Sequence[Observation], ask: Ask) -> Explanation | None:
        """A wrong function; else how the search went."""
        found = super().explain(observed, ask)
        if found is not None or any(o.value is None for o in observed):
            return found
        pairs = [(np.asarray(self.reference(*o.draw.args)), o.value[0]) for o in observed if o.value]
        if any(np.shape(right) != np.shape(given) for right, given in pairs):
            return None
        if all((np.abs(right - given) < 0.2).all() for right, given in pairs):
            return Explanation(_(COARSE), COARSE)
        first = abs(float(np.ravel(pairs[0][1])[0]))
        if first > 5 and all(np.allclose(np.abs(given), first, rtol=1e-3) for _right, given in pairs):
            return Explanation(_(BORDER), BORDER)
        return None


def _bias_draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    def draw(kind: str, T: int, H: int) -> Draw:
        half_lives = np.exp(rng.uniform(0.7, 3.0, H))
        inputs = rng.normal(rng.normal(0.0, 0.7, H), 1.2, (T, H))
        return Draw(kind, (half_lives, inputs))

    return draw("batch", 7, 3), draw("batch", 5, 4), draw("ones", 2, 1)


def _chrono(u: Array, T_max: Array) -> tuple[Array, Array]:
    b_f = np.log(1 + u * (T_max - 2))
    return b_f, -b_f


def _both(b_f: Callable[[Array, Array], Array]) -> Callable[[Array, Array], tuple[Array, Array]]:
    return lambda u, T_max: (b_f(u, T_max), -b_f(u, T_max))


def _span(u: Array, T_max: Array) -> Array:
    return 1 + u * (T_max - 2)


_RANGE = mark("The spans do not run from 1 to T_max - 1: u = 0 belongs to 1, u = 1 to T_max - 1.")

CHRONO_MISTAKES = (
    Mistake(_RANGE, _both(lambda u, T: np.log(1 + u * (T - 1)))),
    Mistake(_RANGE, _both(lambda u, T: np.log(1 + u * T))),
    Mistake(_RANGE, _both(lambda u, T: np.log(u * (T - 1)))),
    Mistake(_RANGE, _both(lambda u, T: np.log(u * T))),
    Mistake(_RANGE, _both(lambda u, T: np.log(u + T - 2))),
    Mistake(
        mark("u is taken for the span itself. It lies between 0 and 1; the span runs from 1 to T_max - 1."),
        _both(lambda u, T: np.log(u) + 0 * T),
    ),
    Mistake(mark("The logarithm is missing: that is the span, not the bias."), _both(_span)),
    Mistake(mark("The logarithm is to base 10; sigmoid is made of e."), _both(lambda u, T: np.log10(_span(u, T)))),
    Mistake(mark("The logarithm is to base 2; sigmoid is made of e."), _both(lambda u, T: np.log2(_span(u, T)))),
    Mistake(
        mark(
            "That is log(span - 1). Is the 1 missing, with which spans begin? Or is it the bias of f = 1 - 1/span? "
            "Here b_f is the log of the span."
        ),
        _both(lambda u, T: np.log(_span(u, T) - 1)),
    ),
    Mistake(
        mark("That is log(1 + span). b_f is the log of the span, so that f = span/(1 + span)."),
        _both(lambda u, T: np.log1p(_span(u, T))),
    ),
    Mistake(
        mark("The logarithm is drawn evenly, not the span: b_f = u log(T_max - 1). The span is what is spread evenly."),
        _both(lambda u, T: u * np.log(T - 1)),
    ),
    Mistake(
        mark("Every unit has the longest span. Each has a span of its own, by its u."),
        _both(lambda u, T: np.log(T - 1) + 0 * u),
    ),
    Mistake(
        mark("Those are the gates, not their biases."),
        lambda u, T: (_span(u, T) / (1 + _span(u, T)), 1 / (1 + _span(u, T))),
    ),
    Mistake(
        mark("b_f and b_i are exchanged, or both have the wrong sign: b_f keeps, so it is above 0."),
        lambda u, T: _chrono(u, T)[::-1],
    ),
    Mistake(
        mark("b_i has the sign of b_f. A unit that keeps long takes in little: b_i = -b_f."),
        lambda u, T: (_chrono(u, T)[0], _chrono(u, T)[0]),
    ),
    Mistake(
        mark("b_i is 0. A unit that keeps long takes in little: b_i = -b_f."),
        lambda u, T: (_chrono(u, T)[0], 0 * u),
    ),
    Mistake(
        mark("b_i is 1 - b_f. The gates are to add up to 1, not their biases: b_i = -b_f."),
        lambda u, T: (_chrono(u, T)[0], 1 - _chrono(u, T)[0]),
    ),
    Mistake(
        mark("b_i is 1/b_f. b_i = -b_f, so that i = 1 - f."),
        lambda u, T: (_chrono(u, T)[0], 1 / _chrono(u, T)[0]),
    ),
)


def _chrono_draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    def draw(kind: str, H: int, low: float, high: float) -> Draw:
        longest = np.array(float(rng.integers(int(low), int(high))))
        return Draw(kind, (rng.uniform(0.05, 1.0, H), longest))

    return draw("batch", 4, 10, 30), draw("batch", 5, 100, 900), draw("ones", 1, 5, 9)


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
        draw=_bias_draws,
    )


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
        draw=_chrono_draws,
    )
