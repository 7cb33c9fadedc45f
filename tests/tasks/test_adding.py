from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.tasks import Adding, Adding1997

N = 20_000


@pytest.fixture(scope="module")
def old():
    return Adding1997().batch(1, N)


def places(batch):
    """Steps that carry the marker 1, per sequence."""
    return [np.flatnonzero(column == 1) for column in batch.inputs[..., 1].T]


def test_lengths_are_t_to_a_tenth_more(old):
    assert set(old.lengths) == set(range(100, 111))
    counts = np.bincount(old.lengths)[100:]
    np.testing.assert_allclose(counts / N, 1 / 11, atol=0.01)


def test_values_are_uniform_from_minus_one_to_one(old):
    values = old.inputs[11:100, :, 0]
    assert values.min() >= -1
    assert values.max() <= 1
    assert values.mean() == pytest.approx(0, abs=0.005)
    assert values.var() == pytest.approx(1 / 3, abs=0.005)


def test_the_first_and_the_last_pair_carry_minus_one(old):
    markers = old.inputs[..., 1]
    assert (markers[0] == -1).all()
    assert (markers[old.lengths - 1, np.arange(N)] == -1).all()
    assert ((markers == -1).sum(axis=0) == 2).all()
    assert set(np.unique(markers)) == {-1, 0, 1}


def test_marks_stand_where_the_paper_puts_them(old):
    marked = places(old)
    counts = np.array([len(m) for m in marked])
    assert set(counts) == {1, 2}  # 1: the other mark fell on the first pair
    assert np.mean(counts == 1) == pytest.approx(1 / 10 + 9 / 10 / 49, abs=0.01)
    assert max(m.max() for m in marked) == 49  # among the first T/2 pairs: minimal lag 50
    both = np.array([m for m in marked if len(m) == 2])
    assert both[:, 0].max() < 10 or np.mean(both[:, 0] < 10) == 1


def test_the_target_is_half_plus_a_quarter_of_the_sum(old):
    sums = (old.inputs[..., 0] * (old.inputs[..., 1] == 1)).sum(axis=0)
    np.testing.assert_allclose(old.targets[old.lengths - 1, np.arange(N), 0], 0.5 + sums / 4)
    assert (old.mask.sum(axis=0) == 1).all()


def test_a_marked_first_pair_has_the_value_zero(old):
    one_mark = np.array([len(m) == 1 for m in places(old)])
    assert (old.inputs[0, one_mark, 0] == 0).all()
    assert (old.inputs[0, ~one_mark, 0] != 0).all()


def test_chance_is_the_variance_of_the_target(old):
    answers = old.targets[old.mask]
    assert Adding1997().chance == pytest.approx(answers.var(), rel=0.03)
    assert Adding1997().chance == pytest.approx((2 - 0.1 - 0.9 / 49) / 3 / 16)


def test_an_error_of_four_hundredths_is_wrong(old):
    task = Adding1997()
    assert task.correct(old.targets + 0.039, old).all()
    assert not task.correct(old.targets + 0.0401, old).any()
    assert task.solved(old.targets + 0.009, old)
    assert not task.solved(old.targets + 0.011, old)  # right, but not below 0.01 on average


def test_longer_sequences_scale():
    batch = Adding1997(500).batch(0, 500)
    assert batch.lengths.min() >= 500
    assert batch.lengths.max() <= 550
    assert max(m.max() for m in places(batch)) < 250


def test_the_modern_form_marks_one_step_in_each_half():
    batch = Adding(51).batch(0, 5000)
    marked = np.array(places(batch))
    assert (batch.lengths == 51).all()
    assert set(marked[:, 0]) == set(range(25))
    assert set(marked[:, 1]) == set(range(25, 51))
    sums = (batch.inputs[..., 0] * batch.inputs[..., 1]).sum(axis=0)
    np.testing.assert_allclose(batch.targets[-1, :, 0], sums)
    assert batch.inputs[..., 0].min() >= 0


def test_always_saying_one_costs_a_sixth():
    batch = Adding(4).batch(0, 10 * N)
    assert np.mean((1 - batch.targets[-1]) ** 2) == pytest.approx(1 / 6, abs=0.0015)
    assert Adding().chance == 1 / 6


def test_the_earlier_mark_is_among_the_first_ten_pairs_and_the_later_among_the_first_half(old):
    """Experiment 4: "one of the first ten", then "one of the first T/2 - 1" still unmarked. Both ends occur."""
    both = np.array([m for m in places(old) if len(m) == 2])
    assert (both.min(), both[:, 0].max(), both[:, 1].min(), both[:, 1].max()) == (1, 9, 2, 49)
