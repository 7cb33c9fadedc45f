from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.tasks import Counting


def read(task: Counting, n: int) -> tuple[str, list[str]]:
    batch = task.strings([n])
    inputs, outputs = "S" + task.used, task.used + "T"
    text = "".join(inputs[s] for s in batch.inputs[:, 0].argmax(-1))
    return text, ["".join(k for k, legal in zip(outputs, row, strict=True) if legal) for row in batch.targets[:, 0]]


def test_legal_sets_of_two_letters():
    assert read(Counting(), 1) == ("Sab", ["a", "ab", "T"])
    assert read(Counting(), 3) == ("Saaabbb", ["a", "ab", "ab", "ab", "b", "b", "T"])


def test_legal_sets_of_three_letters():
    assert read(Counting(3), 1) == ("Sabc", ["a", "ab", "c", "T"])
    assert read(Counting(3), 2) == ("Saabbcc", ["a", "ab", "ab", "b", "c", "c", "T"])


def test_counts_fill_the_range():
    batch = Counting(smallest=2, largest=5).batch(0, 2000)
    counts = (batch.lengths - 1) // 2
    assert set(counts) == {2, 3, 4, 5}
    np.testing.assert_allclose(np.bincount(counts)[2:] / 2000, 0.25, atol=0.04)


def test_a_string_is_accepted_only_if_every_legal_set_is_right():
    task = Counting()
    batch = task.strings([3, 3])
    outputs = 2 * batch.targets - 1
    outputs[4, 1, 2] = 0.1  # an end too early
    assert task.correct(outputs, batch).tolist() == [True, False]


def test_generalisation_is_judged_on_any_n(oracle):
    task = Counting()
    batch = task.strings([1000])
    assert batch.steps == 2001
    assert task.correct(oracle(task, batch), batch).all()


def test_chance_counts_steps():
    batch = Counting().strings(range(1, 11))
    share = batch.targets[batch.mask].mean(axis=0)
    expected = -np.sum(share * np.log(share) + (1 - share) * np.log1p(-share))
    assert Counting().chance == pytest.approx(expected)
