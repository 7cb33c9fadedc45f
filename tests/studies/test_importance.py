"""Shares of variance against cases worked out by hand, and the forest against them."""

from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.studies.importance import Forest, fanova, grid_shares, share_intervals

NAMES = ("rate", "size", "noise")


def points(count: int = 300) -> np.ndarray:
    return np.random.default_rng(1).uniform(size=(count, 3))


def test_a_sum_has_main_effects_only() -> None:
    # Variances of {0, 2} and {0, 1, 2}: 1 and 2/3.
    grid = np.add.outer([0.0, 2.0], [0.0, 1.0, 2.0])
    assert grid_shares(grid, "ab") == pytest.approx({("a",): 0.6, ("b",): 0.4, ("a", "b"): 0.0})


def test_a_product_of_signs_is_an_interaction() -> None:
    grid = np.multiply.outer([-1.0, 1.0], [-1.0, 1.0])
    assert grid_shares(grid, "ab") == pytest.approx({("a",): 0.0, ("b",): 0.0, ("a", "b"): 1.0})


def test_three_axes_add_up_to_one() -> None:
    shares = grid_shares(np.random.default_rng(0).normal(size=(3, 4, 2)), "abc")
    assert len(shares) == 7
    assert sum(shares.values()) == pytest.approx(1)


def test_a_main_effect_is_the_variance_of_the_means() -> None:
    grid = np.random.default_rng(0).normal(size=(3, 4, 2))
    shares = grid_shares(grid, "abc")
    assert shares["b",] == pytest.approx(grid.mean(axis=(0, 2)).var() / grid.var())
    both = grid.mean(axis=2).var() / grid.var()
    assert shares["a", "b"] == pytest.approx(both - shares["a",] - shares["b",])


def test_where_nothing_varies_all_shares_are_zero() -> None:
    assert set(grid_shares(np.ones((2, 2)), "ab").values()) == {0.0}


def test_names_and_axes_go_together() -> None:
    with pytest.raises(CourseError, match="The grid has 2 axes, the names are a"):
        grid_shares(np.ones((2, 2)), "a")


def test_optunas_fanova_finds_what_a_sum_is_made_of() -> None:
    # 3u + v: variances 9/12 and 1/12.
    u = points(200)
    found = fanova(u, 3 * u[:, 0] + u[:, 1], NAMES, trees=20)
    assert found == pytest.approx({"rate": 0.9, "size": 0.1, "noise": 0.0}, abs=0.05)


def test_the_forest_agrees_with_optuna_and_knows_pairs() -> None:
    # uv: variances of u/2 and v/2 are 1/48 each, of (u - 1/2)(v - 1/2) 1/144: 3/7, 3/7, 1/7.
    u = points(600)
    values = u[:, 1] * u[:, 2]
    shares = Forest(u, values, NAMES).shares
    assert shares["size",] == pytest.approx(3 / 7, abs=0.03)
    assert shares["size", "noise"] == pytest.approx(1 / 7, abs=0.03)
    few = Forest(u[:200], values[:200], NAMES, trees=20).shares
    assert few["size",] == pytest.approx(fanova(u[:200], values[:200], NAMES, trees=20)["size"], abs=0.02)


def test_a_setting_that_never_varies_has_no_share() -> None:
    u = points(60)
    u[:, 1] = 0.5
    assert fanova(u, u[:, 0], NAMES, trees=5)["size"] == 0


def test_marginals_follow_the_result() -> None:
    u = points(600)
    forest = Forest(u, 3 * u[:, 0] - u[:, 1], NAMES)
    one, two = forest.marginal("rate"), forest.marginal("size", "rate")
    np.testing.assert_allclose(one.mean, 3 * one.places - 0.5, atol=0.25)
    assert one.spread.shape == one.mean.shape and (one.spread > 0).all()
    wanted = 3 * two.places[None, :] - two.places[:, None]
    np.testing.assert_allclose(two.mean, wanted, atol=0.3)


def test_intervals_hold_the_truth() -> None:
    u = points()
    values = 3 * u[:, 0] + u[:, 1] + np.random.default_rng(2).normal(0, 0.1, len(u))
    found = share_intervals(u, values, NAMES, resamples=10)
    assert found["rate",].low - 0.02 < 0.9 < found["rate",].high + 0.02
    assert found["rate",].low < found["rate",].high
    assert found["noise",].high < 0.02


def test_too_few_results_are_told() -> None:
    with pytest.raises(CourseError, match="There are 3 results"):
        fanova(points(3), [1, 2, 3], NAMES)
    with pytest.raises(CourseError, match=r"They have shape \(3, 3\)"):
        fanova(points(3), [1, 2, 3], ("a", "b"))
