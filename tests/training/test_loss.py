from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gatedrnn_course.tasks import Batch, Strokes, catalogue, loss_value
from gatedrnn_course.tasks.batch import Sequence, stack
from gatedrnn_course.training import loss_of, to_tensors

ONE_OF_EACH = {
    "mse": ("adding", {"length": 10}),
    "cross_entropy": ("embedded_reber", {"strings": 20}),
    "bernoulli": ("counting_abc", {}),
}


def both(kind: str, outputs: np.ndarray, batch: Batch) -> tuple[float, float]:
    tensors = to_tensors(batch, dtype=torch.float64)
    return loss_value(kind, outputs, batch), loss_of(kind, torch.from_numpy(outputs), tensors).item()


@pytest.mark.parametrize("kind", ONE_OF_EACH)
@given(seed=st.integers(0, 2**32 - 1), size=st.integers(1, 6), scale=st.sampled_from([0.1, 1.0, 30.0]))
def test_each_loss_is_that_of_numpy(kind, seed, size, scale):
    name, settings = ONE_OF_EACH[kind]
    task = catalogue[name](**settings)
    assert task.loss == kind
    batch = task.batch(seed, size)
    outputs = np.random.default_rng(seed).normal(0, scale, (*batch.mask.shape, task.output_size))
    expected, found = both(kind, outputs, batch)
    assert found == pytest.approx(expected, rel=1e-10)


@given(seed=st.integers(0, 2**32 - 1), lengths=st.lists(st.integers(0, 3), min_size=1, max_size=4))
def test_ctc_is_that_of_numpy(seed, lengths):
    rng = np.random.default_rng(seed)
    batch = stack([Sequence(np.zeros((7 + n, 2)), rng.integers(4, size=n)) for n in lengths], per_step=False)
    expected, found = both("ctc", rng.normal(0, 2, (*batch.mask.shape, 5)), batch)
    assert found == pytest.approx(expected, rel=1e-10)


def test_labels_that_do_not_fit_are_infinitely_unlikely():
    batch = stack([Sequence(np.zeros((2, 1)), np.array([1, 1]))], per_step=False)
    assert both("ctc", np.zeros((2, 1, 3)), batch) == (np.inf, np.inf)


def test_words_of_pen_strokes():
    task = Strokes(stand_in="always", words=(3, 3, 3))
    batch = task.whole("train")
    outputs = np.random.default_rng(0).normal(size=(*batch.mask.shape, task.output_size))
    expected, found = both("ctc", outputs, batch)
    assert found == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_steps_that_do_not_count_get_no_gradient(kind):
    name, settings = ONE_OF_EACH[kind]
    task = catalogue[name](**settings)
    batch = task.batch(1, 5)
    outputs = torch.randn(*batch.mask.shape, task.output_size, dtype=torch.float64, requires_grad=True)
    torch.autograd.backward(loss_of(kind, outputs, to_tensors(batch, dtype=torch.float64)))
    assert outputs.grad is not None
    touched = (outputs.grad != 0).any(-1).numpy()
    assert np.array_equal(touched, batch.mask)
