"""The losses of the compiled populations, and their derivatives, against torch in double precision."""

import ctypes

import numpy as np
import pytest
import torch
from torch.nn import functional

from gatedrnn_course.engines import c_tier
from gatedrnn_course.engines.c_tier.build.library import load_text
from gatedrnn_course.engines.population.settings import LOSSES
from gatedrnn_course.engines.population.text_train import TRAIN

pytestmark = pytest.mark.skipif(not c_tier.available(), reason="no C compiler works here")
OUTPUTS = [1, 2, 3, 7, 8, 10, 15, 16, 17, 31, 33, 64, 88]
TYPES = [(np.float32, 1e-6), (np.float64, 1e-14)]


def by_kernel(loss, outputs, targets, weights):
    """The loss and the derivatives of raw outputs (rows, K), by the C text."""
    rows, K = outputs.shape
    library = load_text(TRAIN, outputs.dtype.itemsize)
    lanes = int(library.lanes())
    library.loss_of.restype = ctypes.c_double
    library.loss_of.argtypes = [ctypes.c_long] * 3 + [ctypes.c_void_p] * 3
    y = np.full((rows, -(-K // lanes) * lanes), np.nan, outputs.dtype)  # whatever lies between rows counts for nothing
    y[:, :K] = outputs
    given = [np.ascontiguousarray(a, outputs.dtype) for a in (targets, weights)]
    told = library.loss_of(LOSSES.index(loss), rows, K, y.ctypes.data, *(a.ctypes.data for a in given))
    assert np.isnan(told) or not y[:, K:].any()
    return told, y[:, :K]


def by_torch(loss, outputs, targets, weights):
    """The same from torch, in double precision."""
    y = torch.tensor(outputs, dtype=torch.float64, requires_grad=True)
    t, w = torch.tensor(targets, dtype=torch.float64), torch.tensor(weights, dtype=torch.float64)
    if loss == "mse":
        each = ((y - t) ** 2).mean(-1)
    elif loss == "cross_entropy":
        each = functional.cross_entropy(y, t.long(), reduction="none")
    else:
        each = functional.binary_cross_entropy_with_logits(y, t, reduction="none").sum(-1)
    total = (each * w)[w != 0].sum()
    total.backward()
    return total.item(), y.grad.numpy()


def draw(loss, rows, K, real, scale, seed=0):
    rng = np.random.default_rng(seed)
    outputs = (scale * rng.normal(size=(rows, K))).astype(real)
    targets = {"mse": rng.normal(size=(rows, K)), "cross_entropy": rng.integers(0, K, rows)}.get(
        loss, rng.integers(0, 2, (rows, K))
    )
    weights = rng.random(rows) * (rng.random(rows) < 0.8)
    weights[0] = 1
    return outputs, targets.astype(real), (weights / weights.sum()).astype(real)


@pytest.mark.parametrize(("real", "tolerance"), TYPES)
@pytest.mark.parametrize("loss", LOSSES)
def test_losses_and_derivatives_of_every_width(loss, real, tolerance):
    for K in OUTPUTS:
        for rows, scale in ((1, 1.0), (37, 0.01), (37, 1.0), (37, 20.0)):
            given = draw(loss, rows, K, real, scale, K)
            (told, slope), (wanted, wanted_slope) = by_kernel(loss, *given), by_torch(loss, *given)
            assert told == pytest.approx(wanted, rel=tolerance, abs=tolerance * 1e-2), (K, rows, scale)
            np.testing.assert_allclose(slope, wanted_slope, rtol=tolerance, atol=tolerance * np.abs(wanted_slope).max())


@pytest.mark.parametrize(("real", "tolerance"), TYPES)
def test_a_long_batch_adds_up_as_exactly(real, tolerance):
    given = draw("bernoulli", 4000, 88, real, 3.0)
    assert by_kernel("bernoulli", *given)[0] == pytest.approx(by_torch("bernoulli", *given)[0], rel=tolerance)


@pytest.mark.parametrize(("real", "tolerance"), TYPES)
@pytest.mark.parametrize("loss", ["cross_entropy", "bernoulli"])
@pytest.mark.parametrize("size", [30.0, 100.0, 1e4, 1e30])
def test_extreme_logits_neither_overflow_nor_vanish(loss, size, real, tolerance):
    for target in (0, 1):
        for outputs in ([size, -size], [-size, size], [size, size], [-size, -size], [size, 0]):
            given = np.array([outputs], real), np.array([[target] * 2], real), np.ones(1, real)
            if loss == "cross_entropy":
                given = given[0], np.array([target], real), given[2]
            (told, slope), (wanted, wanted_slope) = by_kernel(loss, *given), by_torch(loss, *given)
            assert np.isfinite(told) and told == pytest.approx(wanted, rel=tolerance, abs=1e-12)
            np.testing.assert_allclose(slope, wanted_slope, rtol=0, atol=tolerance)


@pytest.mark.parametrize("real", [np.float32, np.float64])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("place", [0, 5, 16])
def test_a_nan_where_it_counts_stays_one(loss, place, real):
    outputs, targets, weights = draw(loss, 3, 17, real, 1.0)
    weights[:] = [0.5, 0, 0.5]
    wrong = outputs.copy()
    wrong[2, place] = np.nan
    assert np.isnan(by_kernel(loss, wrong, targets, weights)[0])
    wrong = outputs.copy()
    wrong[1, place], targets[1] = np.inf, np.nan
    told, slope = by_kernel(loss, wrong, targets, weights)
    assert told == by_kernel(loss, outputs, targets, weights)[0] and not slope[1].any()
