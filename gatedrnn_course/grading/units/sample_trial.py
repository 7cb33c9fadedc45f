"""The random search of unit 09: four uniform numbers become the settings of a trial."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations, product
from math import ceil, floor
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake, in_other_orders
from gatedrnn_course.studies.odyssey.space import NAMES, PAPER, sample_trial
from gatedrnn_course.text import mark

__all__ = ["sample_trial_item"]

Settings = tuple[Any, ...]
Rule = Callable[[Any], Any]
"""A setting from the four numbers."""


def _settings(u: Any) -> Settings:
    trial = sample_trial(u)
    return tuple(np.asarray(getattr(trial, name), dtype=float) for name in NAMES)


def _typed(u: Any) -> Any:
    """The same as somebody types it."""
    hidden_size = round(20 * 10 ** u[0])
    learning_rate = 10 ** (-6 + 4 * u[1])
    momentum = 1 - 10 ** (-2 + 2 * u[2])
    noise = u[3]
    return hidden_size, learning_rate, momentum, noise


def _log(u: float, low: float, high: float) -> float:
    return float(low * (high / low) ** u)


def _e_for_10(u: float, low: float, high: float) -> float:
    """Exponents to base 10, raised from e."""
    return float(np.exp(np.log10(low) + u * np.log10(high / low)))


def _10_for_e(u: float, low: float, high: float) -> float:
    return float(10 ** (np.log(low) + u * np.log(high / low)))


SIZE, RATE, UNLIKE = ((one.low, one.high) for one in (PAPER.hidden_size, PAPER.learning_rate, PAPER.unlike))
_UNIFORM = mark("`{name}` is uniform. Each factor of ten is to be as likely as any other: make its logarithm uniform.")
_ITSELF = mark("`momentum` is itself log-uniform. It is 1 minus a number that is, so that most are near 1.")
_BASES = mark("`{name}` mixes two logarithms: what was taken with log10 is raised from e, or the other way round.")
_ENDS = mark("`{name}` goes the other way: u = 0 is to give the lower end of what is drawn.")
_FACTOR = mark("`{name}` is the lower end times the upper end to the power u. The factor is upper end over lower end.")
_RANGE = mark("`{name}` is made of a number from {low} to {high}: the range that the text gives has other ends.")
_OTHER = mark(
    "`{name}` is made of the number of another setting. The order is: hidden size, learning rate, momentum, noise."
)

WRONG: dict[str, tuple[tuple[str, Rule], ...]] = {
    "hidden_size": (
        (_UNIFORM, lambda u: round(20 + 180 * u[0])),
        (mark("`hidden_size` is not rounded: it is a whole number of blocks."), lambda u: _log(u[0], *SIZE)),
        (mark("`hidden_size` is cut, not rounded: take `round`."), lambda u: floor(_log(u[0], *SIZE))),
        (mark("`hidden_size` is rounded up: take `round`."), lambda u: ceil(_log(u[0], *SIZE))),
        (_BASES, lambda u: round(_e_for_10(u[0], *SIZE))),
        (_BASES, lambda u: round(_10_for_e(u[0], *SIZE))),
        (_ENDS, lambda u: round(_log(1 - u[0], *SIZE))),
        (_FACTOR, lambda u: round(20 * 200 ** u[0])),
        (mark("`hidden_size` is the logarithm. Raise it."), lambda u: np.log10(_log(u[0], *SIZE))),
        (mark("`hidden_size` is the logarithm. Raise it."), lambda u: np.log(_log(u[0], *SIZE))),
        (_OTHER, lambda u: round(_log(u[1], *SIZE))),
    ),
    "learning_rate": (
        (_UNIFORM, lambda u: 1e-6 + (1e-2 - 1e-6) * u[1]),
        (_BASES, lambda u: _e_for_10(u[1], *RATE)),
        (_BASES, lambda u: _10_for_e(u[1], *RATE)),
        (_ENDS, lambda u: _log(1 - u[1], *RATE)),
        (_FACTOR, lambda u: 1e-6 * 1e-2 ** u[1]),
        (mark("`learning_rate` is the logarithm. Raise it."), lambda u: np.log10(_log(u[1], *RATE))),
        (mark("`learning_rate` is the logarithm. Raise it."), lambda u: np.log(_log(u[1], *RATE))),
        (
            mark("`learning_rate` is multiplied by 1 - momentum. That is done in training; what is drawn is wanted."),
            lambda u: _log(u[1], *RATE) * _log(u[2], *UNLIKE),
        ),
        (_OTHER, lambda u: _log(u[0], *RATE)),
    ),
    "momentum": (
        (
            _ITSELF,
            lambda u: _log(u[2], *UNLIKE),
        ),
        (mark("`momentum` is uniform. 1 - momentum is log-uniform."), lambda u: 0.99 * u[2]),
        (mark("`momentum` is uniform. 1 - momentum is log-uniform."), lambda u: 1 - (0.01 + 0.99 * u[2])),
        (_BASES, lambda u: 1 - _e_for_10(u[2], *UNLIKE)),
        (_BASES, lambda u: 1 - _10_for_e(u[2], *UNLIKE)),
        (_ENDS, lambda u: 1 - _log(1 - u[2], *UNLIKE)),
        (
            mark("`momentum` is above 1: its sign is turned. It is 1 minus what is drawn."),
            lambda u: 1 + _log(u[2], *UNLIKE),
        ),
        (
            mark("`momentum` is below 0: its sign is turned. It is 1 minus what is drawn."),
            lambda u: _log(u[2], *UNLIKE) - 1,
        ),
        (mark("`momentum` is the logarithm. Raise it, then take it from 1."), lambda u: np.log10(_log(u[2], *UNLIKE))),
        (_OTHER, lambda u: 1 - _log(u[1], *UNLIKE)),
    ),
    "noise": (
        (mark("`noise` is log-uniform. It is uniform, and may be 0."), lambda u: _log(u[3], 0.01, 1.0)),
        (mark("`noise` is the variance. The standard deviation is drawn."), lambda u: u[3] ** 2),
        (
            mark("`noise` is the root of what is drawn. The standard deviation itself is drawn."),
            lambda u: np.sqrt(u[3]),
        ),
        (_ENDS, lambda u: 1 - u[3]),
        (mark("`noise` goes from -1 to 1. A standard deviation goes from 0 to 1."), lambda u: 2 * u[3] - 1),
        (_OTHER, lambda u: u[2]),
    ),
}
"""For each setting wrong ways to make it."""


def _with(**rules: Rule) -> Callable[[Any], Settings]:
    """The settings with some made by other rules."""

    def drawn(u: Any) -> Settings:
        right = dict(zip(NAMES, _settings(u), strict=True))
        return tuple(np.asarray(rules[name](u) if name in rules else right[name], dtype=float) for name in NAMES)

    return drawn


def _said(words: str, name: str) -> str:
    return words.replace("{name}", name)


def _ranges() -> Iterator[Mistake]:
    """Ranges that end one or two factors of ten, or of two, from where they should."""
    ends = [(a, b) for a, b in product((1.0, 0.1, 10.0, 0.01, 100.0, 0.5, 2.0), repeat=2) if (a, b) != (1.0, 1.0)]
    for name, (low, high) in (("hidden_size", SIZE), ("learning_rate", RATE), ("momentum", UNLIKE)):
        for a, b in ends:
            if a * low < b * high:
                words = Words(_RANGE, {"name": name, "low": f"{a * low:g}", "high": f"{b * high:g}"})
                yield Mistake(words, _with(**{name: _within(name, a * low, b * high)}))
    for high in (0.99, 0.9, 0.999):
        yield Mistake(_ITSELF, _with(momentum=partial(_itself, high=high)))


def _itself(u: Any, high: float) -> float:
    """A momentum that is log-uniform itself, up to a number below 1."""
    return _log(u[2], UNLIKE[0], high)


def _within(name: str, low: float, high: float) -> Rule:
    """A setting drawn log-uniformly from another range."""
    if name == "hidden_size":
        return lambda u: round(_log(u[0], low, high))
    return (lambda u: _log(u[1], low, high)) if name == "learning_rate" else (lambda u: 1 - _log(u[2], low, high))


def _grids() -> Iterator[Mistake]:
    """Settings from a few points: u chooses among them."""
    for points, choose in product((5, 10, 11, 20, 50, 100), (floor, round)):
        yield Mistake(
            mark(
                "The settings come from a grid: u chooses among a few points. Every number between them may be drawn."
            ),
            lambda u, points=points, choose=choose: (
                *_settings(np.array([choose(one * (points - 1)) / (points - 1) for one in u]))[:3],
                np.asarray(u[3], dtype=float),
            ),
        )


_TAKEN = mark("`u` is read in another order. It is: hidden size, learning rate, momentum, noise.")
ORDERS = ((1, 0, 2, 3), (0, 2, 1, 3), (1, 2, 0, 3), (0, 1, 3, 2), (3, 2, 1, 0))

MISTAKES = (
    *(Mistake(_said(words, name), _with(**{name: rule})) for name, rows in WRONG.items() for words, rule in rows),
    *in_other_orders(_settings, *NAMES),
    *_ranges(),
    *_grids(),
    *(Mistake(_TAKEN, lambda u, order=order: _settings(np.asarray(u)[list(order)])) for order in ORDERS),
)


def _two() -> Iterator[Mistake]:
    """A mistake in each of two settings, each with each."""
    for one, other in combinations(NAMES, 2):
        for words, rule in WRONG[one]:
            for more, second in WRONG[other]:
                yield Mistake(_said(words, one), _with(**{one: rule, other: second}), also=_said(more, other))


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    """Numbers from all over the range, for each setting; hidden sizes of which some are to be rounded up, some down.

    One learning rate is near its upper end: the small ones differ by less than a float32 number near 1 is off by.
    """
    while True:
        places = np.stack([rng.permutation((0.1, 0.35, 0.65, 0.95)) for _name in NAMES], axis=-1)
        drawn = places + rng.uniform(-0.03, 0.03, places.shape)
        parts = np.array([PAPER.hidden_size.at(u) for u in drawn[:, 0]]) % 1
        if ((parts > 0.1) & (parts < 0.4)).any() and ((parts > 0.6) & (parts < 0.9)).any():
            return tuple(Draw("batch", (u,)) for u in drawn)


def sample_trial_item(points: int, hints: tuple[str, str, str], forbidden: tuple[str, ...]) -> FunctionItem:
    """The item.

    Args:
        points: What it is worth.
        hints: Three hints.
        forbidden: Names an answer must not use.
    """
    return FunctionItem(
        "sample_trial",
        points,
        mark("The settings of a trial, from four numbers between 0 and 1."),
        hints,
        forbidden,
        takes={"u": mark("four numbers from 0 to 1, shape (4,): for hidden size, learning rate, momentum, noise")},
        gives={
            "hidden_size": mark("log-uniform from 20 to 200, rounded to a whole number"),
            "learning_rate": mark("log-uniform from 1e-6 to 1e-2"),
            "momentum": mark("1 minus a number log-uniform from 0.01 to 1"),
            "noise": mark("standard deviation, uniform from 0 to 1"),
        },
        function=_settings,
        mistakes=MISTAKES,
        pairs=tuple(_two()),
        draw=_draws,
        alone=_typed,
    )
