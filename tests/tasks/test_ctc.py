from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatedrnn_course.tasks.ctc import best_path, ctc_loss, edit_distance

labels = st.lists(st.integers(0, 2), max_size=4)


def collapse(path: tuple[int, ...], blank: int) -> list[int]:
    return [k for i, k in enumerate(path) if k != blank and (i == 0 or path[i - 1] != k)]


@pytest.mark.parametrize("spelled", [[], [0], [0, 1], [1, 1], [2, 0, 2]])
@pytest.mark.parametrize("steps", [1, 3, 5])
def test_the_loss_sums_over_every_path(spelled, steps):
    rng = np.random.default_rng(steps)
    probabilities = rng.dirichlet(np.ones(4), steps)
    total = sum(
        np.prod(probabilities[range(steps), path])
        for path in product(range(4), repeat=steps)
        if collapse(path, 3) == spelled
    )
    expected = -np.log(total) if total else np.inf
    assert ctc_loss(np.log(probabilities), np.array(spelled, int)) == pytest.approx(expected)


@settings(deadline=None, derandomize=True)
@given(labels)
def test_best_path_reads_labels_with_blanks_between(wanted):
    path = [3, *(k for label in wanted for k in (label, label, 3))]
    assert best_path(np.eye(4)[path]) == wanted


def test_best_path_merges_repeats_only_without_a_blank():
    assert best_path(np.eye(3)[[0, 0, 1, 2, 1]]) == [0, 1, 1]


@settings(deadline=None, derandomize=True)
@given(labels, labels, labels)
def test_edit_distance_is_a_distance(a, b, c):
    assert edit_distance(a, a) == 0
    assert edit_distance(a, b) == edit_distance(b, a)
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)
    assert abs(len(a) - len(b)) <= edit_distance(a, b) <= max(len(a), len(b))


def test_edit_distance_counts_three_kinds_of_change():
    assert edit_distance([1, 2, 3], [1, 3]) == 1
    assert edit_distance([1, 3], [1, 2, 3]) == 1
    assert edit_distance([1, 2, 3], [1, 4, 3]) == 1
    assert edit_distance([], [1, 2]) == 2
