from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.tasks import Multiplication
from gatedrnn_course.tasks.multiplication import product_variance

N = 20_000


@pytest.fixture(scope="module")
def batch():
    return Multiplication().batch(1, N)


def test_the_target_is_the_product_of_the_marked_values(batch):
    marked = np.where(batch.inputs[..., 1] == 1, batch.inputs[..., 0], 1.0)
    np.testing.assert_allclose(batch.targets[batch.lengths - 1, np.arange(N), 0], marked.prod(axis=0))


def test_values_lie_between_zero_and_one_and_a_marked_first_pair_is_one(batch):
    assert batch.inputs[..., 0].min() >= 0
    one_mark = (batch.inputs[..., 1] == 1).sum(axis=0) == 1
    assert (batch.inputs[0, one_mark, 0] == 1).all()
    assert one_mark.mean() == pytest.approx(0.1 + 0.9 / 49, abs=0.01)


def test_variance_of_a_product():
    assert product_variance(0) == pytest.approx(1 / 9 - 1 / 16) == pytest.approx(0.0486, abs=5e-5)
    assert product_variance(1) == pytest.approx(1 / 12)


def test_chance_counts_the_sequences_with_a_one(batch):
    assert Multiplication().chance == pytest.approx(batch.targets[batch.mask].var(), rel=0.03)


def test_twelve_wrong_of_two_thousand_solve_it_and_thirteen_do_not():
    task = Multiplication()
    batch = task.batch(0, 2000)
    for wrong, solved in [(12, True), (13, False)]:
        outputs = batch.targets.copy()
        outputs[:, :wrong] += 0.05
        assert task.solved(outputs, batch) is solved
