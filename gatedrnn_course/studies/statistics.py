"""How trials are compared: the best tenth, Welch's t-test, Bonferroni, intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = [
    "Box",
    "Comparison",
    "Interval",
    "Welch",
    "best_share",
    "bonferroni",
    "box",
    "compare",
    "mean_interval",
    "welch_test",
]


@dataclass(frozen=True)
class Interval:
    """A number and the interval that holds it with a stated confidence."""

    value: float
    low: float
    high: float

    def __format__(self, spec: str) -> str:
        return f"{self.value:{spec}} [{self.low:{spec}}, {self.high:{spec}}]"

    def __contains__(self, number: float) -> bool:
        return self.low <= number <= self.high


@dataclass(frozen=True)
class Welch:
    """The outcome of Welch's t-test.

    Attributes:
        difference: Mean of the first minus mean of the second.
        error: Standard error of the difference.
        t: Difference over standard error.
        freedom: Degrees of freedom by Welch and Satterthwaite, no whole number.
        p: Two-sided probability of a t at least so large if the means are equal.
    """

    difference: float
    error: float
    t: float
    freedom: float
    p: float

    def interval(self, level: float = 0.95) -> Interval:
        """The difference with its interval at this level of confidence."""
        from scipy import stats

        if not math.isfinite(self.freedom):
            return Interval(self.difference, math.nan, math.nan)
        half = float(stats.t.ppf((1 + level) / 2, self.freedom)) * self.error
        return Interval(self.difference, self.difference - half, self.difference + half)


@dataclass(frozen=True)
class Comparison:
    """One group against the reference.

    Attributes:
        name: Of the group.
        mean: Its mean.
        difference: Its mean minus the reference's, with an interval at 1 - level / (number of comparisons).
        welch: The test.
        p: Its p by Bonferroni.
        significant: Whether that is below the level.
    """

    name: str
    mean: float
    difference: Interval
    welch: Welch
    p: float
    significant: bool


@dataclass(frozen=True)
class Box:
    """What a box plot shows of a sample: median, first and third quartile, range."""

    median: float
    low: float
    high: float
    least: float
    most: float


def best_share(validation: ArrayLike, share: float = 0.1) -> NDArray[np.int64]:
    """Which trials are the best by validation.

    Trials without a number (diverged) come last; of equal ones the earlier comes first.

    Args:
        validation: Losses or errors on the validation part (n,): the lower, the better.
        share: How many of them, as a share; at least one is taken.

    Returns:
        Their places, the best first.
    """
    scores = np.where(np.isnan(values := np.asarray(validation, float)), np.inf, values)
    count = max(1, round(share * len(scores)))
    return np.argsort(scores, kind="stable")[:count]


def welch_test(first: ArrayLike, second: ArrayLike) -> Welch:
    """Welch's t-test: are the means of two samples equal, whatever their variances?

    Args:
        first: Numbers (n,), at least two.
        second: Numbers (m,), at least two.

    Returns:
        t = (mean_1 - mean_2) / √(s_1²/n + s_2²/m), with s² over n - 1, and degrees of freedom
        (s_1²/n + s_2²/m)² / ((s_1²/n)²/(n - 1) + (s_2²/m)²/(m - 1)). Where nothing varies and the means are equal,
        t is 0 and p is 1.

    Raises:
        CourseError: If a sample has fewer than two numbers.

    Source: Welch 1947; used by Greff et al. 2017, section V.
    """
    from scipy import stats

    a, b = np.asarray(first, float).ravel(), np.asarray(second, float).ravel()
    if min(len(a), len(b)) < 2:
        raise CourseError(
            _("Welch's t-test."),
            _("The samples have {first} and {second} numbers.").format(first=len(a), second=len(b)),
            _("A variance needs at least two."),
        )
    parts = [sample.var(ddof=1) / len(sample) for sample in (a, b)]
    difference, error = float(a.mean() - b.mean()), math.sqrt(sum(parts))
    if error == 0:
        return Welch(
            difference,
            0.0,
            math.copysign(math.inf, difference) if difference else 0.0,
            math.nan,
            0.0 if difference else 1.0,
        )
    freedom = sum(parts) ** 2 / sum(part**2 / (len(sample) - 1) for part, sample in zip(parts, (a, b), strict=True))
    t = difference / error
    return Welch(difference, error, t, float(freedom), float(2 * stats.t.sf(abs(t), freedom)))


def bonferroni(p: ArrayLike, count: int | None = None) -> NDArray[np.float64]:
    """p values for several tests at once: each times their number, at most 1.

    Args:
        p: The p values (n,).
        count: How many tests there are; left out, as many as p values.
    """
    values = np.asarray(p, float)
    return np.asarray(np.minimum(1.0, values * (values.size if count is None else count)))


def compare(groups: Mapping[str, ArrayLike], reference: str, level: float = 0.05) -> dict[str, Comparison]:
    """Compare every group with the reference by Welch's t-test, corrected by Bonferroni.

    Args:
        groups: Numbers by the group's name, those of the reference among them.
        reference: Name of the group that the others are compared with.
        level: Probability of at least one false alarm.

    Returns:
        A comparison by name for each group but the reference.
    """
    others = [name for name in groups if name != reference]
    found: dict[str, Comparison] = {}
    for name in others:
        welch = welch_test(groups[name], groups[reference])
        p = float(bonferroni(welch.p, len(others)))
        interval = welch.interval(1 - level / len(others))
        found[name] = Comparison(name, float(np.mean(np.asarray(groups[name], float))), interval, welch, p, p < level)
    return found


def mean_interval(values: ArrayLike, level: float = 0.95) -> Interval:
    """A mean with its interval by Student's t; without ends for fewer than two numbers.

    Args:
        values: Numbers (n,).
        level: Confidence.
    """
    from scipy import stats

    sample = np.asarray(values, float).ravel()
    mean = float(sample.mean())
    if len(sample) < 2:
        return Interval(mean, math.nan, math.nan)
    half = float(stats.t.ppf((1 + level) / 2, len(sample) - 1) * sample.std(ddof=1) / math.sqrt(len(sample)))
    return Interval(mean, mean - half, mean + half)


def box(values: ArrayLike) -> Box:
    """The box of numbers (n,)."""
    sample = np.asarray(values, float).ravel()
    low, median, high = np.percentile(sample, [25, 50, 75])
    return Box(float(median), float(low), float(high), float(sample.min()), float(sample.max()))
