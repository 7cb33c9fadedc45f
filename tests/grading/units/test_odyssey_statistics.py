"""Answers to the statistics of unit 09 as people type them, and what they are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.prove.typed import function_of
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load
from gatedrnn_course.studies.importance import grid_shares
from gatedrnn_course.studies.odyssey.space import sample_trial
from gatedrnn_course.studies.statistics import best_share, welch_test

UNIT = load("09")
CHOOSE = (
    "n, m = len(test) // 10, len(test_v) // 10",
    "a, b = test[np.argsort(validation)[:n]], test_v[np.argsort(validation_v)[:m]]",
)


def told(name: str, *lines: str) -> Any:
    item = UNIT.item(name)
    body = "".join(f"    {line}\n" for line in lines)
    head = "import numpy as np\nfrom scipy import stats\n\n"
    return judge(item, LocalCaller(function_of(f"{head}def {item.signature()}:\n{body}", name)), 3)


def answered(name: str, *args: Any) -> Any:
    return UNIT.item(name).reference(*args)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "sample_trial",
            (
                "H = int(np.exp(np.log(20) + u[0] * (np.log(200) - np.log(20))) + 0.5)",
                "lr = np.exp(np.interp(u[1], [0, 1], np.log([1e-6, 1e-2])))",
                "return H, lr, 1 - stats.loguniform(0.01, 1).ppf(u[2]), u[3]",
            ),
        ),
        (
            "sample_trial",
            (
                "low, high = np.log10([20, 1e-6, 0.01]), np.log10([200, 1e-2, 1.0])",
                "H, lr, rest = 10 ** (low + np.asarray(u[:3]) * (high - low))",
                'return {"noise": u[3], "momentum": 1 - rest, "learning_rate": lr, "hidden_size": np.round(H)}',
            ),
        ),
        ("top_tenth_test", (*CHOOSE, "t, p = stats.ttest_ind(a, b, equal_var=False)", "return t, min(1, count * p)")),
        (
            "top_tenth_test",
            (
                "pick = lambda v, y: np.array([y for _, y in sorted(zip(v, y))][: len(y) // 10])",
                "a, b = pick(validation, test), pick(validation_v, test_v)",
                "told = [n for s in (a, b) for n in (s.mean(), s.std(ddof=1), len(s))]",
                "r = stats.ttest_ind_from_stats(*told, equal_var=False)",
                "return r.statistic, np.clip(r.pvalue * count, 0, 1)",
            ),
        ),
        (
            "read_importance",
            (
                "y = losses - losses.mean()",
                "curves = [y.mean(axis=tuple({0, 1, 2} - {k}), keepdims=True) for k in range(3)]",
                "both = y.mean(axis=2, keepdims=True) - curves[0] - curves[1]",
                "parts = [(f**2).mean() / (y**2).mean() for f in (*curves, both, y - sum(curves) - both)]",
                "return parts[:3], parts[3], parts[4]",
            ),
        ),
    ],
)
def test_other_ways_are_right(name: str, lines: tuple[str, ...]) -> None:
    verdict = told(name, *lines)
    assert verdict.outcome == "right", (verdict.sentence, verdict.details)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("return 20 + 180 * u[0], 10 ** (4 * u[1] - 6), 1 - 10 ** (2 * u[2] - 2), u[3]", "`hidden_size`"),
        (
            "return round(20 * 10 ** u[0]), 1e-6 + u[1] * 9.999e-3, 1 - 10 ** (2 * u[2] - 2), u[3]",
            "`learning_rate` is uni",
        ),
        ("return round(20 * 10 ** u[0]), np.exp(4 * u[1] - 6), 1 - 10 ** (2 * u[2] - 2), u[3]", "mixes two logarithms"),
        ("return round(20 * 10 ** u[0]), 10 ** (4 * u[1] - 6), 10 ** (2 * u[2] - 2), u[3]", "itself log-uniform"),
        ("return round(20 * 10 ** u[0]), 10 ** (4 * u[1] - 6), 0.99 * u[2], u[3] ** 2", "1 - momentum is log-uniform"),
        (
            "return round(20 * 10 ** u[0]), 10 ** (3 * u[1] - 6), 1 - 10 ** (2 * u[2] - 2), u[3]",
            "a number from 1e-06 to 0.001",
        ),
    ],
)
def test_slips_of_the_draw(line: str, says: str) -> None:
    assert says in told("sample_trial", line).sentence


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ((*CHOOSE, "return stats.ttest_ind(a, b, equal_var=False)"), "Bonferroni is missing"),
        ((*CHOOSE, "t, p = stats.ttest_ind(a, b)", "return t, min(1, count * p)"), "Student's test"),
        (
            (*CHOOSE, "t, p = stats.ttest_ind(b, a, equal_var=False)", "return t, min(1, p * count)"),
            "sign of t is turned",
        ),
        ((*CHOOSE, "t, p = stats.ttest_ind(a, b, equal_var=False)", "return t, p * count"), "at most 1"),
        ((*CHOOSE, "t, p = stats.ttest_ind(a, b)", "return t, p"), "Student's test"),
        ((*CHOOSE, "t, p = stats.ttest_rel(a, b)", "return t, min(1, count * p)"), "a paired test"),
        (
            (
                "a, b = np.sort(test)[: len(test) // 10], np.sort(test_v)[: len(test_v) // 10]",
                "t, p = stats.ttest_ind(a, b, equal_var=False)",
                "return t, min(1, count * p)",
            ),
            "chosen by test",
        ),
        (
            (
                "a = test[np.argsort(validation)[-(len(test) // 10):]]",
                "b = test_v[np.argsort(validation_v)[-(len(test_v) // 10):]]",
                "t, p = stats.ttest_ind(a, b, equal_var=False)",
                "return t, min(1, count * p)",
            ),
            "Lower is better",
        ),
        (
            (
                *CHOOSE,
                "r = stats.ttest_ind(a, b, equal_var=False, alternative='greater')",
                "return r[0], min(1, count * r[1])",
            ),
            "p is one-sided",
        ),
    ],
)
def test_slips_of_the_test(lines: tuple[str, ...], says: str) -> None:
    verdict = told("top_tenth_test", *lines)
    assert verdict.outcome == "wrong" and says in verdict.sentence


@pytest.mark.parametrize(
    ("pair", "rest", "says"),
    [
        ("both", "1 - main.sum() - both", "still holds both main effects"),
        ("both - main[0]", "1 - main.sum() - both + main[0]", "still holds the main effect of axis 1"),
        ("both - main[0] - main[1]", "1 - main.sum()", "`rest` still holds `pair`"),
        ("1 - main.sum()", "0 * both", "all that the main effects do not explain"),
    ],
)
def test_slips_of_the_shares(pair: str, rest: str, says: str) -> None:
    lines = (
        "total = losses.var()",
        "main = np.array([losses.mean(axis=k).var() for k in ((1, 2), (0, 2), (0, 1))]) / total",
        "both = losses.mean(axis=2).var() / total",
        f"return main, {pair}, {rest}",
    )
    verdict = told("read_importance", *lines)
    assert verdict.outcome == "wrong" and says in verdict.sentence


def test_the_references_are_those_of_the_studies() -> None:
    rng = np.random.default_rng(0)
    u = rng.uniform(size=4)
    assert [float(x) for x in answered("sample_trial", u)] == list(vars(sample_trial(u)).values())
    groups = [rng.normal(size=n) for n in (40, 40, 60, 60)]
    t, p = answered("top_tenth_test", *groups, 8)
    found = welch_test(groups[1][best_share(groups[0])], groups[3][best_share(groups[2])])
    assert (t, p) == (found.t, min(1.0, 8 * found.p))
    losses = rng.normal(size=(3, 4, 5))
    main, pair, rest = answered("read_importance", losses)
    shares = grid_shares(losses, ("a", "b", "c"))
    assert [*main, pair] == [shares[k] for k in (("a",), ("b",), ("c",), ("a", "b"))]
    assert sum(shares.values()) == pytest.approx(1) and main.sum() + pair + rest == pytest.approx(1)


def test_an_additive_grid_has_no_interaction() -> None:
    a, b, c = np.ix_(np.arange(3.0), np.arange(4.0) ** 2, np.zeros(2))
    main, pair, rest = answered("read_importance", a + b + c)
    assert main[2] == pytest.approx(0) and pair == pytest.approx(0) and rest == pytest.approx(0)
    assert main.sum() == pytest.approx(1)


@pytest.mark.parametrize("name", ["sample_trial", "top_tenth_test", "read_importance"])
def test_what_stands_alone_gives_the_numbers_of_the_reference(name: str) -> None:
    item: Any = UNIT.item(name)
    alone: Callable[..., Any] = item.alone
    for draw in item.draws(np.random.default_rng(4)):
        for mine, theirs in zip(alone(*draw.args), item.reference(*draw.args), strict=True):
            assert np.allclose(mine, theirs, rtol=1e-12)
