"""Which settings matter: the variance of a result, divided among them and their interactions (functional ANOVA)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gatedrnn_course.errors import CourseError
from gatedrnn_course.studies.quiet import quiet_optuna
from gatedrnn_course.studies.statistics import Interval
from gatedrnn_course.text import _

__all__ = ["Forest", "Marginal", "Shares", "fanova", "grid_shares", "share_intervals"]

Shares = dict[tuple[str, ...], float]
"""Shares of the variance by the names that make them: one name for a main effect, two for an interaction of two."""

TREES = 100
GRID = 8  # points an axis where shares are counted
STEPS = {1: 32, 2: 12}  # points an axis of a marginal over one setting, and over two
OTHERS = 64  # points over which a marginal averages the other settings
FEWEST = 8


def grid_shares(values: ArrayLike, names: Sequence[str]) -> Shares:
    """Divide the variance over a full grid among its axes and their interactions, exactly.

    The effect of a set of axes is the mean over all other axes, minus the effects of its parts; the effects are
    orthogonal, so their variances add up to the whole variance.

    Args:
        values: A result at every point of the grid, an axis for each setting.
        names: Of the axes.

    Returns:
        Shares by sets of names, single ones first; all are 0 where nothing varies, else they add up to 1.

    Raises:
        CourseError: If there is not a name for each axis.

    Source: Hutter, Hoos, Leyton-Brown 2014, section 3.1.
    """
    grid = np.asarray(values, float)
    if grid.ndim != len(names):
        raise CourseError(
            _("Dividing the variance over a grid."),
            _("The grid has {axes} axes, the names are {names}.").format(axes=grid.ndim, names=", ".join(names)),
            _("Each axis has a name."),
        )
    axes = range(grid.ndim)
    effects: dict[tuple[int, ...], NDArray[np.float64]] = {(): grid.mean(keepdims=True)}
    for size in range(1, grid.ndim + 1):
        for chosen in combinations(axes, size):
            mean = grid.mean(axis=tuple(axis for axis in axes if axis not in chosen), keepdims=True)
            parts = [effects[part] for below in range(size) for part in combinations(chosen, below)]
            effects[chosen] = mean - sum(parts)
    whole = float(grid.var())
    return {
        tuple(names[axis] for axis in chosen): float(np.mean(effect**2)) / whole if whole > 0 else 0.0
        for chosen, effect in effects.items()
        if chosen
    }


@dataclass(frozen=True)
class Marginal:
    """What a forest says of one or two settings, the others averaged out.

    Attributes:
        places: Where, on each axis of the unit cube: from 0 to 1.
        mean: The prediction there, `(m,)` or `(m, m)`.
        spread: Standard deviation between the trees, of the same shape.
    """

    places: NDArray[np.float64]
    mean: NDArray[np.float64]
    spread: NDArray[np.float64]


class Forest:
    """Random regression trees that predict a result from settings.

    Args:
        points: Settings as places in the unit cube (n, k), so that what is drawn log-uniformly is uniform here.
        values: Results (n,), all finite.
        names: Of the settings.
        seed: Of the forest.
        trees: How many trees; the paper has 100.
    """

    def __init__(
        self, points: ArrayLike, values: ArrayLike, names: Sequence[str], seed: int = 0, trees: int = TREES
    ) -> None:
        from sklearn.ensemble import RandomForestRegressor

        self.names = tuple(names)
        self._forest = RandomForestRegressor(trees, random_state=seed).fit(_cube(points, names), np.asarray(values))

    @cached_property
    def shares(self) -> Shares:
        """Shares of the variance over the cube, from predictions on a full grid; the mean of the trees'."""
        axes = [_middles(GRID)] * len(self.names)
        grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
        surfaces = self._predict(grid.reshape(-1, len(self.names))).reshape(-1, *grid.shape[:-1])
        each = [grid_shares(surface, self.names) for surface in surfaces]
        return {name: float(np.mean([shares[name] for shares in each])) for name in each[0]}

    def marginal(self, *names: str) -> Marginal:
        """The prediction over one setting or two, the mean over the others.

        Args:
            names: One or two of the settings.
        """
        kept = [self.names.index(name) for name in names]
        places = _middles(STEPS[len(kept)])
        grid = np.stack(np.meshgrid(*[places] * len(kept), indexing="ij"), -1)
        others = np.random.default_rng(0).uniform(size=(OTHERS, len(self.names)))  # the same at every place
        points = np.tile(others, (*grid.shape[:-1], 1, 1))
        points[..., kept] = grid[..., None, :]
        means = self._predict(points.reshape(-1, len(self.names))).reshape(-1, *points.shape[:-1]).mean(axis=-1)
        return Marginal(places, means.mean(axis=0), means.std(axis=0))

    def _predict(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each tree says at points (m, k): (trees, m)."""
        flat = np.ascontiguousarray(points, np.float32)
        return np.array([tree.tree_.predict(flat).ravel() for tree in self._forest.estimators_])


def _middles(steps: int) -> NDArray[np.float64]:
    return np.asarray((np.arange(steps) + 0.5) / steps)


def fanova(
    points: ArrayLike, values: ArrayLike, names: Sequence[str], seed: int = 0, trees: int = TREES
) -> dict[str, float]:
    """The share of the variance that each setting explains alone, by Optuna's fANOVA.

    Optuna divides the variance of a forest exactly, tree by tree, over boxes that are uniform in what it is given. It
    does not take logarithms; places in the unit cube make the measure that of the search.

    Args:
        points: Settings as places in the unit cube (n, k).
        values: Results (n,), all finite.
        names: Of the settings.
        seed: Of the forest.
        trees: How many trees; the paper has 100.

    Returns:
        The share by name; what is left to 1 belongs to interactions. A setting that never varies has 0.

    Source: Hutter, Hoos, Leyton-Brown 2014; forest of 100 trees as in Greff et al. 2017, section IV.C.
    """
    import optuna

    cube, results = _cube(points, names), np.asarray(values, float)
    if len(results) < FEWEST or np.ptp(results) == 0:
        raise CourseError(
            _("Asking which settings matter."),
            _("There are {count} results.").format(count=len(results)),
            _("It takes at least {count}, and not all the same.").format(count=FEWEST),
        )
    free = [k for k in range(len(names)) if np.ptp(cube[:, k]) > 0]
    space: Any = {names[k]: optuna.distributions.FloatDistribution(0.0, 1.0) for k in free}
    with quiet_optuna():
        study = optuna.create_study()
    study.add_trials(
        [
            optuna.create_trial(
                params={names[k]: float(point[k]) for k in free}, distributions=space, value=float(result)
            )
            for point, result in zip(cube, results, strict=True)
        ]
    )
    evaluator = optuna.importance.FanovaImportanceEvaluator(n_trees=trees, seed=seed)
    found = evaluator.evaluate(study) if free else {}
    return {name: float(found.get(name, 0.0)) for name in names}


def share_intervals(
    points: ArrayLike, values: ArrayLike, names: Sequence[str], seed: int = 0, resamples: int = 50, level: float = 0.95
) -> dict[tuple[str, ...], Interval]:
    """Shares of the variance with intervals over samples of the trials, drawn with replacement.

    Args:
        points: Settings as places in the unit cube (n, k).
        values: Results (n,), all finite.
        names: Of the settings.
        seed: Of the forests and of what is drawn.
        resamples: How many samples.
        level: Share of the samples inside the interval.

    Returns:
        By names, as in `Forest.shares`, and under `()` what settings do together; the value is that of all trials, and
        may lie beside its interval where drawing a trial twice changes the forest.
    """
    cube, results = _cube(points, names), np.asarray(values, float)
    rng = np.random.default_rng(seed)
    whole, drawn = _with_rest(Forest(cube, results, names, seed).shares), list[Shares]()
    for k in range(resamples):
        chosen = rng.integers(len(results), size=len(results))
        drawn.append(_with_rest(Forest(cube[chosen], results[chosen], names, seed + k + 1).shares))
    ends = [(1 - level) / 2, (1 + level) / 2]
    return {
        name: Interval(value, *map(float, np.quantile([shares[name] for shares in drawn], ends)))
        for name, value in whole.items()
    }


def _with_rest(shares: Shares) -> Shares:
    return {**shares, (): 1.0 - sum(share for names, share in shares.items() if len(names) == 1)}


def _cube(points: ArrayLike, names: Sequence[str]) -> NDArray[np.float64]:
    cube = np.asarray(points, float)
    if cube.ndim != 2 or cube.shape[1] != len(names):
        raise CourseError(
            _("Settings of trials."),
            _("They have shape {shape}.").format(shape=cube.shape),
            _("They are (trials, {count}): {names}.").format(count=len(names), names=", ".join(names)),
        )
    return cube
