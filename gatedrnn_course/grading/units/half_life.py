"""The half-life of unit 03: which bias of the forget gate keeps half of the cell state for n steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake
from gatedrnn_course.text import mark

__all__ = ["bias_for_half_life", "half_life_item"]


def bias_for_half_life(n: Any) -> Any:
    """The bias b with sigmoid(b) to the power of n = 1/2."""
    f = 0.5 ** (1 / n)
    return np.log(f / (1 - f))


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    sizes = ("batch", (4,)), ("batch", (2, 3)), ("single", ()), ("ones", (1,))
    return tuple(Draw(kind, (np.asarray(np.exp(rng.uniform(0.5, 5.0, size))),)) for kind, size in sizes)


MISTAKES = (
    Mistake(mark("That is the gate f, not its bias: f = sigmoid(b_f)."), lambda n: 0.5 ** (1 / n)),
    Mistake(mark("The sign is turned: a gate above 1/2 has a bias above 0."), lambda n: -bias_for_half_life(n)),
    Mistake(mark("After n steps 1/e is left, not one half."), lambda n: -np.log(np.expm1(1 / n))),
    Mistake(mark("That is the bias of f = 1 - 1/n, which keeps about 1/e for n steps."), lambda n: np.log(n - 1)),
    Mistake(
        mark("That is log(n / log 2), which is near for large n only. Solve f to the power of n = 1/2 for f."),
        lambda n: np.log(n / np.log(2.0)),
    ),
    Mistake(mark("That is the bias of f = 1/2, which keeps half for one step."), lambda n: np.zeros(np.shape(n))),
    Mistake(mark("`n` and 1/n are exchanged: f to the power of n is one half."), lambda n: -np.log(2.0**n - 1)),
    Mistake(
        mark("The n steps add up in it: f times n is one half. They multiply: f to the power of n."),
        lambda n: -np.log(2 * n - 1),
    ),
    Mistake(mark("The logarithm is to base 2; sigmoid is made of e."), lambda n: bias_for_half_life(n) / np.log(2.0)),
    Mistake(mark("The logarithm is to base 10; sigmoid is made of e."), lambda n: bias_for_half_life(n) / np.log(10.0)),
    Mistake(mark("That is log f; the bias is log of f / (1 - f)."), lambda n: np.log(0.5) / n),
)


def half_life_item(points: int, forbidden: tuple[str, ...], hints: tuple[str, str, str]) -> FunctionItem:
    """The item.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
        hints: Three hints.
    """
    return FunctionItem(
        "bias_for_half_life",
        points,
        mark("The bias of the forget gate with which half of the cell state is left after n steps."),
        hints,
        forbidden,
        takes={"n": mark("steps, an array of any shape, each 1 or more")},
        gives={"b_f": mark("the bias, of the same shape; W_f and U_f are 0 and nothing is added")},
        function=bias_for_half_life,
        mistakes=MISTAKES,
        draw=_draws,
    )
