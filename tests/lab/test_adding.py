from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course import adding_errors, adding_sequences


def test_the_sum_is_that_of_the_marked_values() -> None:
    xs, sums = adding_sequences(7, 12, seed=3)
    assert xs.shape == (12, 7, 2) and sums.shape == (7,)
    np.testing.assert_array_equal(xs[..., 1].sum(axis=0), np.full(7, 2.0))
    np.testing.assert_allclose((xs[..., 0] * xs[..., 1]).sum(axis=0), sums, rtol=1e-15)
    np.testing.assert_array_equal(adding_sequences(7, 12, 3)[0], xs)


def test_a_start_of_ones_own_is_where_training_begins() -> None:
    still = adding_errors("RNN", 5, networks=2, rounds=5, U_h=np.zeros((16, 16)), W_h=0.0, b_h=0.0)
    drawn = adding_errors("RNN", 5, networks=2, rounds=5)
    assert len(still) == len(drawn) == 2
    assert still != drawn


@pytest.mark.slow
def test_an_rnn_adds_over_five_steps_and_not_over_forty() -> None:
    assert max(adding_errors("RNN", 5)) < 0.01
    assert min(adding_errors("RNN", 40)) > 0.12
    rotation = np.linalg.qr(np.random.default_rng(0).normal(size=(16, 16)))[0]
    assert min(adding_errors("RNN", 40, U_h=rotation)) > 0.1
    assert max(adding_errors("LSTM", 40)) < 0.02
