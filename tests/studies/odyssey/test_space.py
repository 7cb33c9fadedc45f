"""The paper's distributions (Greff et al. 2017, section IV.C)."""

from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.studies.odyssey.space import PAPER, Range, Space, Trial, sample_trial


def test_the_ends_are_the_papers() -> None:
    low, high = sample_trial([0, 0, 0, 0]), sample_trial([1, 1, 1, 1])
    assert (low.hidden_size, high.hidden_size) == (20, 200)
    assert (low.learning_rate, high.learning_rate) == pytest.approx((1e-6, 1e-2))
    assert (low.momentum, high.momentum) == pytest.approx((0.99, 0.0))
    assert (low.noise, high.noise) == (0.0, 1.0)


def test_the_middle_is_geometric_where_it_is_logarithmic() -> None:
    middle = sample_trial([0.5] * 4)
    assert middle == Trial(63, pytest.approx(1e-4), pytest.approx(0.9), 0.5)  # √(20·200) = 63.2


def test_decades_of_the_learning_rate_are_equally_likely() -> None:
    rng = np.random.default_rng(0)
    rates = np.log10([sample_trial(rng.uniform(size=4)).learning_rate for _ in range(4000)])
    counts = np.histogram(rates, bins=[-6, -5, -4, -3, -2])[0]
    np.testing.assert_allclose(counts / 4000, 0.25, atol=0.03)


def test_each_number_moves_one_setting() -> None:
    names = ("hidden_size", "learning_rate", "momentum", "noise")
    for k, name in enumerate(names):
        u = [0.5] * 4
        u[k] = 0.9
        changed = [
            other for other in names if getattr(sample_trial(u), other) != getattr(sample_trial([0.5] * 4), other)
        ]
        assert changed == [name]


def test_a_momentum_can_be_trained_with() -> None:
    rng = np.random.default_rng(1)
    assert all(0 <= sample_trial(rng.uniform(size=4)).momentum < 1 for _ in range(1000))


def test_another_space_keeps_the_other_ranges() -> None:
    small = Space(hidden_size=Range(16, 16, log=True))
    assert small.trial([0.7, 0.5, 0.5, 0.5]) == Trial(
        16, *(getattr(PAPER.trial([0.5] * 4), name) for name in ("learning_rate", "momentum", "noise"))
    )


def test_a_trial_leads_back_to_its_numbers() -> None:
    u = [0.5, 0.3, 0.8, 0.1]
    assert PAPER.place(PAPER.trial(u)) == pytest.approx(u, abs=2e-3)  # the hidden size is rounded
    assert Space(hidden_size=Range(16, 16, log=True)).place(Trial(16, 1e-3, 0.9, 0.2))[0] == 0.5


@pytest.mark.parametrize("u", [[0.5] * 3, [0.5, 0.5, 0.5, 1.2], [0.5, float("nan"), 0.5, 0.5]])
def test_numbers_outside_are_told(u: list[float]) -> None:
    with pytest.raises(CourseError, match="They are four, from 0 to 1"):
        sample_trial(u)
