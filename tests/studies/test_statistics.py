"""Comparisons of trials against SciPy and cases worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from gatedrnn_course.errors import CourseError
from gatedrnn_course.studies.statistics import (
    Box,
    best_share,
    bonferroni,
    box,
    compare,
    mean_interval,
    welch_test,
)


def test_welch_by_hand() -> None:
    # means 2 and 6; s² = 1 over n = 3, s² = 8 over m = 2: the parts are 1/3 and 4.
    found = welch_test([1, 2, 3], [4, 8])
    assert found.difference == -4
    assert found.error == pytest.approx(math.sqrt(1 / 3 + 4))
    assert found.t == pytest.approx(-4 / math.sqrt(13 / 3))
    assert found.freedom == pytest.approx((13 / 3) ** 2 / ((1 / 3) ** 2 / 2 + 4**2 / 1))


@pytest.mark.parametrize("seed", range(5))
def test_welch_is_scipys(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.normal(0.3, 2.0, 20), rng.normal(0, 0.5, 7)
    wanted, found = stats.ttest_ind(a, b, equal_var=False), welch_test(a, b)
    assert (found.t, found.p, found.freedom) == pytest.approx((wanted.statistic, wanted.pvalue, wanted.df))
    ends = wanted.confidence_interval(0.99)
    interval = found.interval(0.99)
    assert (interval.low, interval.high) == pytest.approx((ends.low, ends.high))
    assert interval.value == pytest.approx(a.mean() - b.mean())


def test_welch_where_nothing_varies() -> None:
    same, other = welch_test([1, 1, 1], [1, 1]), welch_test([1, 1, 1], [2, 2])
    assert (same.t, same.p) == (0, 1)
    assert (other.t, other.p) == (-math.inf, 0)


def test_welch_needs_two_numbers() -> None:
    with pytest.raises(CourseError, match=r"The samples have 1 and 2 numbers\.\nA variance needs at least two"):
        welch_test([1.0], [1.0, 2.0])


def test_bonferroni() -> None:
    np.testing.assert_allclose(bonferroni([0.01, 0.2, 0.004]), [0.03, 0.6, 0.012])
    np.testing.assert_allclose(bonferroni([0.01, 0.2], count=8), [0.08, 1.0])


def test_the_best_tenth_by_validation() -> None:
    scores = [5.0, math.nan, 1.0, 3.0, 1.0, *[9.0] * 15]
    assert best_share(scores).tolist() == [2, 4]
    assert best_share(scores, 0.2).tolist() == [2, 4, 3, 0]
    assert best_share([2.0, 1.0]).tolist() == [1]
    assert best_share([math.nan, math.nan, 4.0], 1.0).tolist() == [2, 0, 1]


def test_compare_corrects_p_and_interval() -> None:
    rng = np.random.default_rng(0)
    groups = {name: rng.normal(shift, 1, 20).tolist() for name, shift in (("V", 0), ("A", 0.1), ("B", 3), ("C", -0.2))}
    found = compare(groups, "V")
    assert list(found) == ["A", "B", "C"]
    for name, one in found.items():
        wanted = stats.ttest_ind(groups[name], groups["V"], equal_var=False)
        assert one.p == pytest.approx(min(1, 3 * wanted.pvalue))
        ends = wanted.confidence_interval(1 - 0.05 / 3)
        assert (one.difference.low, one.difference.high) == pytest.approx((ends.low, ends.high))
        assert one.significant == (one.p < 0.05) == (0 not in one.difference)
    assert [one.significant for one in found.values()] == [False, True, False]


def test_mean_interval_is_students() -> None:
    values = [1.0, 2.0, 4.0, 7.0]
    found = mean_interval(values, 0.9)
    wanted = stats.t.interval(0.9, 3, np.mean(values), stats.sem(values))
    assert (found.value, found.low, found.high) == pytest.approx((3.5, *wanted))
    assert f"{found:.1f}" == "3.5 [0.4, 6.6]"
    assert math.isnan(mean_interval([3.0]).low)


def test_a_box_holds_the_middle_half() -> None:
    assert box([4, 1, 2, 3, 5]) == Box(median=3, low=2, high=4, least=1, most=5)
