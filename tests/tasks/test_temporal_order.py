from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.tasks import TemporalOrder
from gatedrnn_course.tasks.temporal_order import SYMBOLS

N = 5000
WINDOWS = {2: [(10, 20), (50, 60)], 3: [(10, 20), (33, 43), (66, 76)]}


def texts(batch):
    symbols = batch.inputs.argmax(-1)
    return ["".join(SYMBOLS[s] for s in symbols[:n, b]) for b, n in enumerate(batch.lengths)]


@pytest.fixture(scope="module", params=[2, 3])
def drawn(request):
    batch = TemporalOrder(request.param).batch(0, N)
    return request.param, batch, texts(batch)


def test_sequences_start_with_e_and_end_with_b(drawn):
    _relevant, batch, strings = drawn
    assert set(batch.lengths) == set(range(100, 111))
    assert all(text[0] == "E" and text[-1] == "B" and set(text[1:-1]) <= set("abcdXY") for text in strings)


def test_relevant_symbols_fill_their_windows_and_stand_nowhere_else(drawn):
    relevant, _batch, strings = drawn
    found = np.array([[i for i, letter in enumerate(text) if letter in "XY"] for text in strings])
    assert found.shape == (N, relevant)
    for places, (low, high) in zip(found.T, WINDOWS[relevant], strict=True):
        assert set(places) == set(range(low, high + 1))


def test_classes_follow_the_papers_order(drawn):
    relevant, batch, strings = drawn
    orders = ["".join(letter for letter in text if letter in "XY") for text in strings]
    expected = [int(order.replace("X", "0").replace("Y", "1"), 2) for order in orders]
    classes = batch.targets[batch.mask]
    assert batch.targets[batch.lengths - 1, np.arange(N)].tolist() == expected
    np.testing.assert_allclose(np.bincount(classes) / N, 2.0**-relevant, atol=0.02)


def test_distractors_are_alike(drawn):
    _relevant, _batch, strings = drawn
    everything = "".join(strings)
    shares = np.array([everything.count(letter) for letter in "abcd"]) / sum(everything.count(c) for c in "abcd")
    np.testing.assert_allclose(shares, 0.25, atol=0.005)


def test_an_output_off_by_three_tenths_is_wrong():
    task = TemporalOrder()
    batch = task.batch(0, 50)
    sure = np.zeros((batch.steps, 50, 4))
    target = batch.targets[batch.lengths - 1, np.arange(50)]
    for share, right in [(0.71, True), (0.69, False)]:
        probabilities = np.full((50, 4), (1 - share) / 3)
        probabilities[np.arange(50), target] = share
        sure[batch.lengths - 1, np.arange(50)] = np.log(probabilities)
        assert (task.correct(sure, batch) == right).all()


def test_shorter_sequences_keep_the_proportions():
    task = TemporalOrder(3, length=50)
    found = [[i for i, letter in enumerate(text) if letter in "XY"] for text in texts(task.batch(0, 500))]
    assert np.min(found, axis=0).tolist() == [5, 16, 33]
    assert np.max(found, axis=0).tolist() == [10, 21, 38]
