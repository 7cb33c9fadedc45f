from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.tasks import LongLag, NoisyLag

N = 4000


def test_2a_has_two_sequences_alike():
    batch = LongLag(10).batch(0, N)
    symbols = batch.inputs.argmax(-1)
    assert batch.inputs.shape == (10, N, 11)
    assert set(symbols[0]) == {9, 10}
    assert (symbols[1:] == np.arange(9)[:, None]).all()
    assert (batch.targets[:-1] == symbols[1:]).all()
    assert (batch.targets[-1] == symbols[0]).all()
    assert batch.mask.all()
    assert np.mean(symbols[0] == 9) == pytest.approx(0.5, abs=0.03)


def test_2a_at_lag_100_has_101_symbols():
    task = LongLag()
    assert (task.input_size, task.output_size) == (101, 101)  # 2 x 101 + 101 x 102 = 10,504 weights in the paper


def test_2b_has_a_random_middle_and_one_question():
    batch = LongLag(10, regular=False).batch(0, N)
    symbols = batch.inputs.argmax(-1)
    assert set(symbols[1:].ravel()) == set(range(9))
    np.testing.assert_allclose(np.bincount(symbols[1:].ravel()) / symbols[1:].size, 1 / 9, atol=0.005)
    assert (batch.targets[-1] == symbols[0]).all()
    assert batch.mask.sum() == N
    assert batch.mask[-1].all()


def test_2c_follows_the_papers_form():
    batch = NoisyLag(lag=20, distractors=6).batch(0, N)
    b, e, x, y = range(6, 10)
    for column, length in enumerate(batch.lengths):
        symbols = batch.inputs[:length, column].argmax(-1)
        assert symbols[0] == b
        assert symbols[1] in (x, y)
        assert symbols[-1] == e
        assert (symbols[2:-1] < 6).all()
        assert batch.targets[length - 1, column] == symbols[1] - x
    extra = batch.lengths - 20 - 3
    assert extra.min() == 0  # the lag between the relevant symbol and e is then q + 1
    assert extra.mean() == pytest.approx(9, abs=0.5)
    assert np.mean(extra == 0) == pytest.approx(0.1, abs=0.015)


def test_2c_inputs_are_p_plus_four():
    assert NoisyLag().input_size == 54  # 6 x (54 + 2 + 4) + 2 x 2 = 364 weights in the paper


def test_chance_levels():
    assert LongLag(4).chance == pytest.approx(-(3 / 4) * np.log(1 / 4) - 2 * (1 / 8) * np.log(1 / 8))
    assert LongLag(4, regular=False).chance == NoisyLag().chance == pytest.approx(np.log(2))


def test_criteria_ask_for_ten_thousand_sequences_without_fault():
    for task, tolerance in [(LongLag(), 0.25), (NoisyLag(), 0.2)]:
        assert (task.criterion.sequences, task.criterion.wrong, task.tolerance) == (10_000, 0, tolerance)
