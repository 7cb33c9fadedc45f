"""The test of unit 09: the best tenth by validation, Welch's t on the test part, Bonferroni."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake, in_other_orders
from gatedrnn_course.studies.statistics import best_share, bonferroni, welch_test
from gatedrnn_course.text import mark

__all__ = ["top_tenth_item"]

Array = Any


def _chosen(validation: Array, test: Array) -> Array:
    return test[best_share(validation)]


def _welch(a: Array, b: Array) -> tuple[Any, Any]:
    found = welch_test(a, b)
    return found.t, found.p


def _corrected(p: Any, count: int) -> Any:
    return bonferroni(p, count)


@dataclass(frozen=True)
class _Way:
    """A way to do it, step by step."""

    choose: Callable[[Array, Array], Array] = _chosen
    choose_v: Callable[[Array, Array], Array] | None = None
    judge: Callable[[Array, Array], tuple[Any, Any]] = _welch
    correct: Callable[[Any, int], Any] = _corrected

    def __call__(self, validation: Array, test: Array, validation_v: Array, test_v: Array, count: Any) -> Any:
        a, b = self.choose(validation, test), (self.choose_v or self.choose)(validation_v, test_v)
        t, p = self.judge(a, b)
        return np.asarray(t, dtype=float), np.asarray(self.correct(p, int(count)), dtype=float)


def _top_tenth_test(validation: Array, test: Array, validation_v: Array, test_v: Array, count: Any) -> Any:
    return _Way()(validation, test, validation_v, test_v, count)


def _typed(validation: Any, test: Any, validation_v: Any, test_v: Any, count: Any) -> Any:
    """The same as somebody types it."""
    from scipy import stats

    a = test[np.argsort(validation)[: len(test) // 10]]
    b = test_v[np.argsort(validation_v)[: len(test_v) // 10]]
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    t = (a.mean() - b.mean()) / np.sqrt(va + vb)
    freedom = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    p = 2 * stats.t.sf(abs(t), freedom)
    return t, min(1.0, p * count)


def _by(key: Callable[[Array, Array], Array], start: int = 0, tenths: int = 1) -> Callable[[Array, Array], Array]:
    """The first tenth, or another part, after sorting by something."""

    def chosen(validation: Array, test: Array) -> Array:
        n = tenths * len(test) // 10
        return test[np.argsort(key(validation, test), kind="stable")][start : start + n]

    return chosen


def _pieces(a: Array, b: Array, ddof: int = 1) -> tuple[float, float]:
    return float(a.var(ddof=ddof) / len(a)), float(b.var(ddof=ddof) / len(b))


def _p(t: float, freedom: float) -> float:
    from scipy import stats

    return float(2 * stats.t.sf(abs(t), freedom))


def _with_pieces(va: float, vb: float, a: Array, b: Array) -> tuple[float, float]:
    """t and p from the two parts of the squared error."""
    t = (a.mean() - b.mean()) / np.sqrt(va + vb)
    return t, _p(t, (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1)))


def _student(a: Array, b: Array) -> tuple[float, float]:
    freedom = len(a) + len(b) - 2
    pooled = ((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / freedom
    t = (a.mean() - b.mean()) / np.sqrt(pooled * (1 / len(a) + 1 / len(b)))
    return t, _p(t, freedom)


def _with_freedom(freedom: Callable[[int, int], float]) -> Callable[[Array, Array], tuple[float, float]]:
    return lambda a, b: (_welch(a, b)[0], _p(_welch(a, b)[0], freedom(len(a), len(b))))


def _normal(a: Array, b: Array) -> tuple[float, float]:
    from scipy import stats

    t = float(_welch(a, b)[0])
    return t, float(2 * stats.norm.sf(abs(t)))


def _ranks(a: Array, b: Array) -> tuple[float, float]:
    from scipy import stats

    found = stats.mannwhitneyu(a, b)
    return float(found.statistic), float(found.pvalue)


def _paired(a: Array, b: Array) -> tuple[float, float]:
    differences = a - b
    t = differences.mean() / np.sqrt(differences.var(ddof=1) / len(differences))
    return t, _p(t, len(differences) - 1)


def _signed(a: Array, b: Array) -> tuple[float, float]:
    """2 times the tail above t, which is above 1 for a negative t."""
    t, p = _welch(a, b)
    return t, p if t > 0 else 2 - p


def _below(a: Array, b: Array) -> tuple[float, float]:
    t, p = _welch(a, b)
    return t, 2 - p if t > 0 else p


_TEST = mark("The best tenth is chosen by test. That is looking into the answer: choose by validation.")
_WORST = mark("The tenth with the highest validation losses is chosen. Lower is better.")
_STUDENT = mark("That is Student's test, which takes both variances for equal. Welch's does not: equal_var=False.")
_FREEDOM = mark("The degrees of freedom are not those of Welch and Satterthwaite.")
_ONE_SIDED = mark("p is one-sided. A variant may be better or worse: count both tails.")
_TAIL = mark("p takes one tail only with its sign: use the tail beyond |t|, twice.")

CHOICES: tuple[tuple[str, _Way], ...] = (
    (_TEST, _Way(_by(lambda validation, test: test))),
    (_WORST, _Way(_by(lambda validation, test: -validation))),
    (mark("Nothing is chosen: all trials are compared, not the best tenth."), _Way(lambda validation, test: test)),
    (
        mark("The first tenth of the trials is taken as it stands. Sort by validation first."),
        _Way(lambda validation, test: test[: len(test) // 10]),
    ),
    (
        mark("The validation losses are compared. They chose; the test losses are to judge."),
        _Way(lambda validation, test: np.sort(validation)[: len(test) // 10]),
    ),
    (
        mark(
            "`np.argsort` gives places in the validation losses; here they are sorted, and the tests stay as they were."
        ),
        _Way(lambda validation, test: np.sort(test)[np.argsort(validation)[: len(test) // 10]]),
    ),
    (
        mark("The best tenth is chosen of the variant only. Choose from V in the same way."),
        _Way(choose_v=lambda validation, test: test),
    ),
    (
        mark("The best fifth is chosen. A tenth of n trials is `n // 10`."),
        _Way(_by(lambda validation, test: validation, tenths=2)),
    ),
    (
        mark("Nine tenths are chosen, all below the quantile 0.9. The lowest tenth is below the quantile 0.1."),
        _Way(_by(lambda validation, test: validation, tenths=9)),
    ),
    (
        mark("The ten best trials are taken. A tenth of n trials is `n // 10`."),
        _Way(lambda validation, test: test[np.argsort(validation)[:10]]),
    ),
    (
        mark("The best trial is left out: the first place is 0."),
        _Way(_by(lambda validation, test: validation, start=1)),
    ),
)
STATISTICS: tuple[tuple[str, _Way], ...] = (
    (_STUDENT, _Way(judge=_student)),
    (
        mark("The variance is over n. Of a sample it is over n - 1: ddof=1."),
        _Way(judge=lambda a, b: _with_pieces(*_pieces(a, b, 0), a, b)),
    ),
    (
        mark("The variances are not divided by the number of trials: the error of a mean is wanted."),
        _Way(judge=lambda a, b: _with_pieces(float(a.var(ddof=1)), float(b.var(ddof=1)), a, b)),
    ),
    (
        mark("Standard deviations stand where variances belong."),
        _Way(judge=lambda a, b: _with_pieces(a.std(ddof=1) / len(a), b.std(ddof=1) / len(b), a, b)),
    ),
    (
        mark("The sign of t is turned: it is the variant's mean minus that of V."),
        _Way(judge=lambda a, b: (-_welch(a, b)[0], _welch(a, b)[1])),
    ),
    (
        mark("`t` has lost its sign: it is negative where the variant's mean is lower."),
        _Way(judge=lambda a, b: (abs(_welch(a, b)[0]), _welch(a, b)[1])),
    ),
    (
        mark("`t` is the difference of the means. Divide it by its error."),
        _Way(judge=lambda a, b: (a.mean() - b.mean(), _welch(a, b)[1])),
    ),
    (
        mark("`t` compares medians, not means."),
        _Way(
            judge=lambda a, b: (
                (t := (np.median(a) - np.median(b)) / np.sqrt(sum(_pieces(a, b)))),
                _p(t, _freedom(a, b)),
            )
        ),
    ),
    (_FREEDOM, _Way(judge=_with_freedom(lambda n, m: n + m - 2))),
    (_FREEDOM, _Way(judge=_with_freedom(lambda n, m: min(n, m) - 1))),
    (_FREEDOM, _Way(judge=_with_freedom(lambda n, m: n + m))),
    (
        mark("That is the rank test of Mann and Whitney. Welch's test compares the means."),
        _Way(judge=_ranks),
    ),
    (mark("p is of the normal distribution. So few trials need Student's t distribution."), _Way(judge=_normal)),
    (_ONE_SIDED, _Way(judge=lambda a, b: (_welch(a, b)[0], _welch(a, b)[1] / 2))),
    (_ONE_SIDED, _Way(judge=lambda a, b: (_welch(a, b)[0], _signed(a, b)[1] / 2))),
    (_ONE_SIDED, _Way(judge=lambda a, b: (_welch(a, b)[0], _below(a, b)[1] / 2))),
    (_TAIL, _Way(judge=_signed)),
    (_TAIL, _Way(judge=_below)),
    (
        mark("That is a paired test. Trial k of the variant has nothing in common with trial k of V."),
        _Way(judge=_paired),
    ),
    (mark("`p` is 1 minus what it should be."), _Way(judge=lambda a, b: (_welch(a, b)[0], 1 - _welch(a, b)[1]))),
)
CORRECTIONS: tuple[tuple[str, _Way], ...] = (
    (mark("Bonferroni is missing: p times the number of tests."), _Way(correct=lambda p, count: p)),
    (
        mark("p is divided by the number of tests. Multiply: more tests make an accident likelier."),
        _Way(correct=lambda p, count: p / count),
    ),
    (
        mark("p is above 1 where many tests are made: it is a probability, at most 1."),
        _Way(correct=lambda p, count: p * count),
    ),
    (
        mark("p is multiplied by one less than the number of tests."),
        _Way(correct=lambda p, count: min(1.0, p * (count - 1))),
    ),
    (
        mark("p is multiplied by one more than the number of tests."),
        _Way(correct=lambda p, count: min(1.0, p * (count + 1))),
    ),
    (mark("p is multiplied by 8. Take `count`."), _Way(correct=lambda p, count: min(1.0, p * 8))),
    (
        mark("That is the correction of Šidák, 1 - (1 - p) to the power of count. Bonferroni is p times count."),
        _Way(correct=lambda p, count: 1 - (1 - p) ** count),
    ),
    (
        mark("`p` is the level 0.05 over count. The p of the test is wanted, times count."),
        _Way(correct=lambda p, count: 0.05 / count),
    ),
    (
        mark("`p` says only whether the test is significant. Hand back the number."),
        _Way(correct=lambda p, count: float(p * count < 0.05)),
    ),
)


def _freedom(a: Array, b: Array) -> float:
    return welch_test(a, b).freedom


def _merged(one: _Way, other: _Way) -> _Way:
    """Two ways with mistakes in different steps as one."""
    plain = _Way()
    names = [
        name for name in ("choose", "choose_v", "judge", "correct") if getattr(other, name) is not getattr(plain, name)
    ]
    return replace(one, **{name: getattr(other, name) for name in names})


def _one_size(validation: Array, test: Array, validation_v: Array, test_v: Array, count: Any) -> Any:
    """As many trials of V as of the variant."""
    n = len(test) // 10
    way = _Way(choose_v=lambda losses, tests: tests[np.argsort(losses)[:n]])
    return way(validation, test, validation_v, test_v, count)


MISTAKES = (
    *(Mistake(words, way) for words, way in (*CHOICES, *STATISTICS, *CORRECTIONS)),
    Mistake(mark("As many trials of V are taken as of the variant. Of each take a tenth of its own."), _one_size),
    *in_other_orders(_top_tenth_test, "t", "p"),
)
PAIRS = tuple(
    Mistake(words, _merged(way, second), also=more)
    for rows, others in combinations((CHOICES, STATISTICS, CORRECTIONS), 2)
    for words, way in rows
    for more, second in others
)


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    """Four searches of which two differ and two do not, one of each with a lower mean than V; then one of equal sizes.

    Tests in pairs, which raise elsewhere, give a number there.
    """
    wanted = ((1, False), (-1, False), (1, True), (-1, True))
    return *(_search(rng, sign, same) for sign, same in wanted), _search(rng, 1, False, equal=True)


def _search(rng: np.random.Generator, sign: int, same: bool, equal: bool = False) -> Draw:
    """A draw with t of this sign, and a p that is cut at 1 where the groups are the same, and not where they differ."""
    while True:
        n, m = (int(k) for k in rng.permutation((30, 40, 50, 60))[:2])
        m = n if equal else m
        count = int(rng.choice((3, 4, 5, 6)))
        shift = 0.0 if same else sign * rng.uniform(0.2, 0.6)
        groups = [*_trials(rng, n, 1.0 + shift, rng.uniform(0.1, 0.4)), *_trials(rng, m, 1.0, rng.uniform(0.1, 0.4))]
        t, p = _welch(_chosen(*groups[:2]), _chosen(*groups[2:]))
        in_reach = p * count > 1.2 if same else 1e-4 < p * (count + 1) < 0.8
        if in_reach and sign * t > 0:
            return Draw("batch", (*groups, np.asarray(count)))


def _trials(rng: np.random.Generator, n: int, best: float, spread: float) -> tuple[Array, Array]:
    """Losses on the validation part and on the test part, alike and not the same."""
    test = best + spread * rng.exponential(2.0, n)
    return test + spread * rng.normal(0.0, 0.6, n), test


def top_tenth_item(points: int, hints: tuple[str, str, str], forbidden: tuple[str, ...]) -> FunctionItem:
    """The item.

    Args:
        points: What it is worth.
        hints: Three hints.
        forbidden: Names an answer must not use.
    """
    return FunctionItem(
        "top_tenth_test",
        points,
        mark("Is a variant different from V? Welch's test on the best tenth of each."),
        hints,
        forbidden,
        takes={
            "validation": mark("validation losses of the variant's trials, shape (n,), n a multiple of 10"),
            "test": mark("their test losses, in the same order"),
            "validation_v": mark("validation losses of the trials of V, shape (m,), m a multiple of 10"),
            "test_v": mark("their test losses"),
            "count": mark("how many variants are tested, V not counted"),
        },
        gives={
            "t": mark("Welch's t on the test losses: above 0 where the variant's mean is higher"),
            "p": mark("its two-sided p, times count, at most 1"),
        },
        function=_top_tenth_test,
        mistakes=MISTAKES,
        pairs=PAIRS,
        draw=_draws,
        alone=_typed,
    )
