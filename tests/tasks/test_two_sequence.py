from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.tasks import TwoSequence

N = 20_000


def last(batch, values):
    """The values `(T, B, 1)` at the last step of each sequence: `(B,)`."""
    return values[batch.lengths - 1, np.arange(batch.size), 0]


def first_class(batch):
    return batch.inputs[:3, :, 0].mean(axis=0) > 0


def test_3a_begins_with_the_class_and_goes_on_with_noise():
    batch = TwoSequence().batch(0, N)
    start, rest = batch.inputs[:3, :, 0], batch.inputs[3:100, :, 0]
    assert set(np.unique(start)) == {-1.0, 1.0}
    assert (start == start[0]).all()
    assert rest.mean() == pytest.approx(0, abs=0.005)
    assert rest.var() == pytest.approx(0.2, abs=0.005)
    assert set(batch.lengths) == set(range(100, 111))
    assert (last(batch, batch.targets) == first_class(batch)).all()


def test_3b_adds_noise_to_the_class():
    batch = TwoSequence("3b").batch(0, N)
    start = batch.inputs[:3, :, 0]
    classes = last(batch, batch.targets)
    assert start[:, classes == 1].mean() == pytest.approx(1, abs=0.01)
    assert start[:, classes == 0].mean() == pytest.approx(-1, abs=0.01)
    assert start[:, classes == 1].var() == pytest.approx(0.2, abs=0.01)


def test_3c_asks_for_the_mean_under_noise():
    task = TwoSequence("3c")
    batch = task.batch(0, N)
    assert batch.truth is not None
    truth, target = last(batch, batch.truth), last(batch, batch.targets)
    assert set(truth) == {0.2, 0.8}
    assert (truth[first_class(batch)] == 0.2).mean() > 0.99
    assert (target - truth).var() == pytest.approx(0.1, abs=0.005)
    assert (target - truth).mean() == pytest.approx(0, abs=0.01)
    assert target.var() == pytest.approx(task.chance, rel=0.03)
    assert task.solved(batch.truth + 0.01, batch)
    assert not task.solved(batch.targets, batch)


@pytest.mark.parametrize(
    ("variant", "wrong", "solved"), [("3a", 0, True), ("3a", 1, False), ("3b", 5, True), ("3b", 6, False)]
)
def test_how_many_of_256_may_be_wrong(variant, wrong, solved):
    task = TwoSequence(variant)
    batch = task.batch(0, 256)
    outputs = batch.targets.copy()
    outputs[:, :wrong] += 0.25
    assert task.solved(outputs, batch) is solved
