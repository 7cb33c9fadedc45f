"""The gradient of a sequence's summed loss, as the Odyssey's equations have it (Greff et al. 2017, section II.B)."""

import numpy as np
import pytest
import torch

from gatedrnn_course.engines import c_tier
from gatedrnn_course.engines.population import Population

needs_compiler = pytest.mark.skipif(not c_tier.available(), reason="no C compiler works here")
TIERS = [pytest.param("c", marks=needs_compiler), "torch"]
LENGTHS = np.array([5, 2, 3])


def batch(loss):
    rng = np.random.default_rng(0)
    xs, mask = rng.normal(size=(5, 3, 2)), np.arange(5)[:, None] < LENGTHS
    if loss == "ctc":
        return xs, np.array([[0, 1], [1, -1], [0, -1]]), mask
    targets = rng.integers(0, 3, (5, 3)) if loss == "cross_entropy" else rng.uniform(size=(5, 3, 3)).round()
    return xs, targets, mask


def train(tier, loss, rate, steps=3, **settings):
    xs, targets, mask = batch(loss)
    settings = {"momenta": 0.5, "dtype": torch.float64, **settings}
    population = Population("V", 2, 3, 4, [1], loss=loss, learning_rates=rate, tier=tier, **settings)
    losses = [float(population.step(xs, targets, mask, LENGTHS)[0]) for _ in range(steps)]
    return losses, population.parameters(0)


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("loss", ["mse", "cross_entropy", "bernoulli"])
def test_it_is_the_mean_over_steps_times_the_steps_of_a_sequence(tier, loss):
    steps = LENGTHS.sum() / len(LENGTHS)
    losses, found = train(tier, loss, 0.01, per_sequence=True)
    wanted_losses, wanted = train(tier, loss, 0.01 * steps)
    np.testing.assert_allclose(losses, wanted_losses, rtol=1e-10)
    assert all(np.allclose(found[name], wanted[name], rtol=1e-9, atol=1e-12) for name in wanted)


@pytest.mark.parametrize("tier", TIERS)
def test_ctc_is_a_loss_of_a_sequence_anyway(tier):
    (losses, found), (wanted_losses, wanted) = (train(tier, "ctc", 0.01, per_sequence=one) for one in (True, False))
    assert losses == wanted_losses
    assert all(np.array_equal(found[name], wanted[name]) for name in wanted)


def test_evaluations_stay_means_over_steps():
    xs, targets, mask = batch("mse")
    one, other = (Population("V", 2, 3, 4, [1], tier="torch", per_sequence=way) for way in (True, False))
    assert one.loss(xs, targets, mask, LENGTHS) == other.loss(xs, targets, mask, LENGTHS)
