"""What explains the variance, in unit 09: a grid of losses read by functional ANOVA."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake, in_other_orders
from gatedrnn_course.studies.importance import grid_shares
from gatedrnn_course.text import mark

__all__ = ["read_importance_item"]

Array = Any
AXES = ("0", "1", "2")


def _main(losses: Array) -> Array:
    shares = grid_shares(losses, AXES)
    return np.array([shares[(axis,)] for axis in AXES])


def _pair(losses: Array) -> Array:
    return np.asarray(grid_shares(losses, AXES)[AXES[:2]])


@dataclass(frozen=True)
class _Way:
    """A way to do it; the rest is what is left to 1 where nothing else is said."""

    main: Callable[[Array], Array] = _main
    pair: Callable[[Array], Array] = _pair
    rest: Callable[[Array], Array] | None = None

    def __call__(self, losses: Array) -> Any:
        main, pair = np.asarray(self.main(losses)), np.asarray(self.pair(losses))
        rest = 1 - main.sum() - pair if self.rest is None else self.rest(losses)
        return main, pair, np.asarray(rest)


def _read_importance(losses: Array) -> Any:
    return _Way()(losses)


def _typed(losses: Any) -> Any:
    """The same as somebody types it."""
    total = losses.var()
    main = np.array([losses.mean(axis=(1, 2)).var(), losses.mean(axis=(0, 2)).var(), losses.mean(axis=(0, 1)).var()])
    main = main / total
    pair = losses.mean(axis=2).var() / total - main[0] - main[1]
    return main, pair, 1 - main.sum() - pair


def _each(share: Callable[[Array, tuple[int, ...]], Any]) -> Callable[[Array], Array]:
    """A number for each setting, from the losses and the axes of the two others."""
    return lambda losses: np.array([share(losses, axes) for axes in ((1, 2), (0, 2), (0, 1))])


def _own(others: tuple[int, ...]) -> int:
    """The axis that is not among these."""
    return 3 - sum(others)


def _of_two(losses: Array, left_out: int = 2) -> Any:
    """The share of two settings together, both main effects in it."""
    return losses.mean(axis=left_out).var() / losses.var()


def _rest(losses: Array) -> Any:
    return 1 - _main(losses).sum() - _pair(losses)


def _without_two(left_out: int, losses: Array) -> Any:
    """What two settings explain together, of which one may be axis 2, minus the main effects of axes 0 and 1."""
    return _of_two(losses, left_out) - _main(losses)[0] - _main(losses)[1]


MAIN: tuple[tuple[str, _Way], ...] = (
    (
        mark("`main` is made of variances along the axes. Take the mean over the other axes first, then its variance."),
        _Way(_each(lambda y, others: y.var(axis=_own(others)).mean() / y.var())),
    ),
    (
        mark("`main` is the mean variance over the two other axes: what a setting does not explain."),
        _Way(_each(lambda y, others: y.var(axis=others).mean() / y.var())),
    ),
    (
        mark("`main` takes the mean over the setting's own axis. Take it over the two others."),
        _Way(_each(lambda y, others: y.mean(axis=_own(others)).var() / y.var())),
    ),
    (
        mark("`main` is the variance over one axis after the mean over one other: two axes are left out by the mean."),
        _Way(_each(lambda y, others: y.mean(axis=others[0]).var() / y.var())),
    ),
    (
        mark("`main` is made of standard deviations. Shares are of the variance."),
        _Way(_each(lambda y, others: y.mean(axis=others).std() / y.std())),
    ),
    (
        mark("`main` is not divided by the variance of all losses: shares are wanted."),
        _Way(_each(lambda y, others: y.mean(axis=others).var())),
    ),
    (
        mark("`main` adds up to 1: it is divided by its own sum. Divide by the variance of all losses."),
        _Way(lambda y: _main(y) / _main(y).sum()),
    ),
    (
        mark("`main` adds the losses over the other settings up. A main effect is a mean over them."),
        _Way(_each(lambda y, others: y.sum(axis=others).var() / y.var())),
    ),
    (
        mark("`main` takes the best loss over the other settings. A main effect is a mean over them."),
        _Way(_each(lambda y, others: y.min(axis=others).var() / y.var())),
    ),
    (
        mark("`main` takes medians over the other settings. A main effect is a mean over them."),
        _Way(_each(lambda y, others: np.median(y, axis=others).var() / y.var())),
    ),
    (
        mark("`main` looks at one row of the grid. Take the mean over the other settings."),
        _Way(lambda y: np.array([y[:, 0, 0].var(), y[0, :, 0].var(), y[0, 0, :].var()]) / y.var()),
    ),
    (
        mark("`main` divides by n - 1. The grid is whole, not a sample: variances over n."),
        _Way(_each(lambda y, others: y.mean(axis=others).var(ddof=1) / y.var(ddof=1))),
    ),
    (
        mark("`main` divides by n - 1 in one variance and by n in the other."),
        _Way(_each(lambda y, others: y.mean(axis=others).var(ddof=1) / y.var())),
    ),
    (
        mark("`main` does not take the mean of all losses away: that is a mean square, not a variance."),
        _Way(_each(lambda y, others: (y.mean(axis=others) ** 2).mean() / (y**2).mean())),
    ),
    (
        mark("`main` is the range of the means, not their variance."),
        _Way(_each(lambda y, others: np.ptp(y.mean(axis=others)) / np.ptp(y))),
    ),
    (mark("`main` is in percent. Shares go from 0 to 1."), _Way(lambda y: 100 * _main(y))),
    (mark("`main` stands in another order: a share for each axis, axis 0 first."), _Way(lambda y: _main(y)[::-1])),
    (mark("`main` stands in another order: a share for each axis, axis 0 first."), _Way(lambda y: _main(y)[[1, 0, 2]])),
    (
        mark("`main` stands in another order: a share for each axis, axis 0 first."),
        _Way(lambda y: np.sort(_main(y))[::-1]),
    ),
)
PAIR: tuple[tuple[str, _Way], ...] = (
    (
        mark("`pair` still holds both main effects: subtract them, so that the interaction is left."),
        _Way(pair=_of_two),
    ),
    (mark("`pair` still holds the main effect of axis 1."), _Way(pair=lambda y: _of_two(y) - _main(y)[0])),
    (mark("`pair` still holds the main effect of axis 0."), _Way(pair=lambda y: _of_two(y) - _main(y)[1])),
    (
        mark("`pair` has lost the main effects of all three settings: subtract those of axes 0 and 1."),
        _Way(pair=lambda y: _of_two(y) - _main(y).sum()),
    ),
    (
        mark("`pair` is the sum of two main effects. An interaction is what they do not explain."),
        _Way(pair=lambda y: _main(y)[:2].sum()),
    ),
    (
        mark("`pair` is the product of two main effects. An interaction is what they do not explain."),
        _Way(pair=lambda y: _main(y)[0] * _main(y)[1]),
    ),
    (
        mark("`pair` is of axes 0 and 2. Axes 0 and 1 are wanted."),
        _Way(pair=lambda y: _of_two(y, 1) - _main(y)[0] - _main(y)[2]),
    ),
    (
        mark("`pair` is of axes 1 and 2. Axes 0 and 1 are wanted."),
        _Way(pair=lambda y: _of_two(y, 0) - _main(y)[1] - _main(y)[2]),
    ),
    *(
        (
            mark("`pair` takes the mean over another axis. Of axes 0 and 1 the surface is the mean over axis 2."),
            _Way(pair=partial(_without_two, axis)),
        )
        for axis in (0, 1)
    ),
    (
        mark("`pair` is the mean variance along axis 2, not the variance of the mean over axis 2."),
        _Way(pair=lambda y: y.var(axis=2).mean() / y.var() - _main(y)[0] - _main(y)[1]),
    ),
    (
        mark("`pair` is not divided by the variance of all losses."),
        _Way(pair=lambda y: _pair(y) * y.var(), rest=_rest),
    ),
    (
        mark("`pair` looks at one slice of the grid. Take the mean over axis 2."),
        _Way(pair=lambda y: y[..., 0].var() / y.var() - _main(y)[0] - _main(y)[1]),
    ),
    (mark("`pair` has the wrong sign."), _Way(pair=lambda y: -_pair(y))),
    (
        mark("`pair` is all that the main effects do not explain. That holds what axis 2 does with the others, too."),
        _Way(pair=lambda y: 1 - _main(y).sum()),
    ),
    (mark("`pair` is in percent. Shares go from 0 to 1."), _Way(pair=lambda y: 100 * _pair(y), rest=_rest)),
)
REST: tuple[tuple[str, _Way], ...] = (
    (mark("`rest` still holds `pair`. It is what is left to 1."), _Way(rest=lambda y: 1 - _main(y).sum())),
    (mark("`rest` is what is explained. What is left to 1 is wanted."), _Way(rest=lambda y: _main(y).sum() + _pair(y))),
    (mark("`rest` still holds the main effect of axis 2."), _Way(rest=lambda y: 1 - _main(y)[:2].sum() - _pair(y))),
    (
        mark("`rest` is the variance of all losses minus shares. Shares add up to 1."),
        _Way(rest=lambda y: y.var() - _main(y).sum() - _pair(y)),
    ),
    (mark("`rest` still holds the main effects."), _Way(rest=lambda y: 1 - _pair(y))),
    (mark("`rest` is a variance, not a share: divide by that of all losses."), _Way(rest=lambda y: _rest(y) * y.var())),
    (mark("`rest` is in percent. Shares go from 0 to 1."), _Way(rest=lambda y: 100 * _rest(y))),
    (
        mark("`rest` is the interaction of all three alone. Those of axes 0 and 2, and 1 and 2, belong to it."),
        _Way(rest=lambda y: grid_shares(y, AXES)[AXES]),
    ),
)


def _merged(one: _Way, other: _Way) -> _Way:
    """Two ways with mistakes in different outputs as one; the rest stays that of the right shares."""
    first = replace(one, rest=one.rest or _rest)
    plain = _Way()
    names = [name for name in ("main", "pair", "rest") if getattr(other, name) is not getattr(plain, name)]
    return replace(first, **{name: getattr(other, name) for name in names})


def _sample(losses: Array) -> Any:
    """A variance over n - 1."""
    return losses.var(ddof=1)


def _carried(way: _Way, spread: Callable[[Array], Any] = np.var, total: Callable[[Array], Any] = np.var) -> _Way:
    """A way whose pair is made of its own main effects, by its own measure of spread."""

    def pair(losses: Array) -> Any:
        main = way.main(losses)
        return spread(losses.mean(axis=2)) / total(losses) - main[0] - main[1]

    return replace(way, pair=pair)


def _one(losses: Array) -> float:
    return 1.0


_MEAN_VARIANCES = mark(
    "`main` and `pair` are mean variances. Take the mean over the other axes first, then the variance of these means."
)


def _with_mean_variances(axes: Any) -> _Way:
    """Variances along a setting's own axis, and a pair of such variances, too."""
    way = _Way(_each(lambda y, others: y.var(axis=_own(others)).mean() / y.var()))
    return replace(way, pair=lambda y: y.var(axis=axes).mean() / y.var() - way.main(y)[0] - way.main(y)[1])


CARRIED: tuple[tuple[str, _Way], ...] = (
    *((words, _carried(way)) for words, way in MAIN),
    (
        mark("Standard deviations stand where variances belong: shares are of the variance."),
        _carried(_Way(_each(lambda y, others: y.mean(axis=others).std() / y.std())), np.std, np.std),
    ),
    (
        mark("All variances divide by n - 1. The grid is whole, not a sample: variances over n."),
        _carried(_Way(_each(lambda y, others: _sample(y.mean(axis=others)) / _sample(y))), _sample, _sample),
    ),
    (
        mark("The variances of the means divide by n - 1, that of all losses by n. The grid is whole: all over n."),
        _carried(_Way(_each(lambda y, others: _sample(y.mean(axis=others)) / y.var())), _sample),
    ),
    (
        mark("Nothing is divided by the variance of all losses: shares are wanted."),
        _carried(_Way(_each(lambda y, others: y.mean(axis=others).var())), total=_one),
    ),
    (
        mark("Everything is divided by the sum of the main effects. Divide by the variance of all losses."),
        _carried(_Way(lambda y: _main(y) / _main(y).sum()), total=lambda y: _main(y).sum() * y.var()),
    ),
    *((_MEAN_VARIANCES, _with_mean_variances(axes)) for axes in (2, (0, 1))),
)
"""One slip in everything that is computed: what is made of a wrong main effect is wrong with it."""
MISTAKES = (
    *(Mistake(words, way) for words, way in (*MAIN, *PAIR, *REST)),
    *(Mistake(words, replace(way, rest=_rest)) for words, way in (*MAIN, *PAIR) if way.rest is None),
    *(Mistake(words, way) for words, way in CARRIED),
    *in_other_orders(_read_importance, "main", "pair", "rest"),
)
PAIRS = tuple(
    Mistake(words, _merged(way, second), also=more)
    for rows, others in combinations((MAIN, PAIR, REST), 2)
    for words, way in rows
    for more, second in others
)


def _grid(rng: np.random.Generator, sizes: tuple[int, int, int]) -> Array:
    """Losses over learning rate, hidden size and noise: a basin, a slope, two interactions, and noise."""
    a, b, c = (
        np.linspace(-1, 1, n).reshape([-1 if k == axis else 1 for k in range(3)]) for axis, n in enumerate(sizes)
    )
    depth, slope, turn, bend = rng.uniform(0.6, 1.4, 4)
    losses = 3 + depth * (a - 0.3) ** 2 - slope * 0.5 * b + 0.4 * c**2 + turn * 0.4 * a * b + bend * 0.3 * b * c
    return losses + rng.normal(0.0, 0.3, sizes)


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    """Three grids in which axis 0 does not matter most."""
    found: list[Draw] = []
    while len(found) < 3:
        n0, n1, n2 = (int(n) for n in rng.permutation((3, 4, 5, 6))[:3])
        losses = _grid(rng, (n0, n1, n2)).transpose(rng.permutation(3))
        if np.argmax(_main(losses)) != 0:
            found.append(Draw("batch", (np.ascontiguousarray(losses),)))
    return tuple(found)


def read_importance_item(points: int, hints: tuple[str, str, str], forbidden: tuple[str, ...]) -> FunctionItem:
    """The item.

    Args:
        points: What it is worth.
        hints: Three hints.
        forbidden: Names an answer must not use.
    """
    return FunctionItem(
        "read_importance",
        points,
        mark("What explains the variance of the losses on a full grid of three settings."),
        hints,
        forbidden,
        takes={"losses": mark("a loss at every point of the grid, shape (n0, n1, n2): an axis for each setting")},
        gives={
            "main": mark("shape (3,): the share of the variance that each setting explains alone"),
            "pair": mark("the share of the interaction of axes 0 and 1, without their main effects"),
            "rest": mark("the share of all that is left: the shares add up to 1"),
        },
        function=_read_importance,
        mistakes=MISTAKES,
        pairs=PAIRS,
        draw=_draws,
        alone=_typed,
    )
