from __future__ import annotations

import numpy as np
import pytest
import torch

from gatedrnn_course.tasks.batch import Batch, inside
from gatedrnn_course.tasks.losses import answers, best_constant, best_constant_ctc, loss_value, wanted

LENGTHS = np.array([7, 4, 5])
RNG = np.random.default_rng(0)
OUTPUTS = RNG.normal(size=(7, 3, 6))


def batch(targets: np.ndarray, truth: np.ndarray | None = None) -> Batch:
    return Batch(np.zeros((7, 3, 2)), targets, inside(LENGTHS, 7), LENGTHS, truth)


def test_mse_is_torchs_over_scored_steps():
    targets = RNG.normal(size=(7, 3, 6))
    b = batch(targets)
    expected = torch.nn.functional.mse_loss(torch.tensor(OUTPUTS[b.mask]), torch.tensor(targets[b.mask]))
    assert loss_value("mse", OUTPUTS, b) == pytest.approx(expected.item(), abs=1e-12)


def test_cross_entropy_is_torchs_over_scored_steps():
    b = batch(RNG.integers(6, size=(7, 3)))
    expected = torch.nn.functional.cross_entropy(torch.tensor(OUTPUTS[b.mask]), torch.tensor(b.targets[b.mask]))
    assert loss_value("cross_entropy", OUTPUTS, b) == pytest.approx(expected.item(), abs=1e-12)


def test_bernoulli_is_torchs_summed_over_outputs():
    b = batch(RNG.integers(2, size=(7, 3, 6)).astype(float))
    each = torch.nn.functional.binary_cross_entropy_with_logits(
        torch.tensor(OUTPUTS[b.mask]), torch.tensor(b.targets[b.mask]), reduction="none"
    )
    assert loss_value("bernoulli", OUTPUTS, b) == pytest.approx(each.sum(-1).mean().item(), abs=1e-12)


def test_ctc_is_torchs_mean_over_sequences():
    b = batch(np.array([[0, 0, 3], [2, -1, -1], [1, 4, -1]]))
    each = torch.nn.functional.ctc_loss(
        torch.tensor(OUTPUTS).log_softmax(-1),
        torch.tensor(b.targets).clamp(min=0),
        torch.tensor(LENGTHS),
        torch.tensor([3, 1, 2]),
        blank=5,
        reduction="none",
    )
    assert loss_value("ctc", OUTPUTS, b) == pytest.approx(each.mean().item(), abs=1e-12)


def test_answers_are_values_or_probabilities():
    assert answers("mse", OUTPUTS) is OUTPUTS
    np.testing.assert_allclose(answers("bernoulli", OUTPUTS), torch.tensor(OUTPUTS).sigmoid().numpy(), atol=1e-14)
    np.testing.assert_allclose(answers("cross_entropy", OUTPUTS), torch.tensor(OUTPUTS).softmax(-1).numpy(), atol=1e-14)


def test_large_outputs_stay_finite():
    b = batch(np.zeros((7, 3), int))
    assert loss_value("cross_entropy", 1e4 * OUTPUTS, b) < np.inf
    assert np.isfinite(answers("bernoulli", 1e4 * OUTPUTS)).all()


def test_truth_goes_before_targets_in_the_verdict():
    truth = RNG.normal(size=(7, 3, 6))
    assert wanted(batch(np.zeros((7, 3), int), truth), 6) is truth
    assert wanted(batch(np.full((7, 3), 2)), 6)[0, 0].tolist() == [0, 0, 1, 0, 0, 0]


def test_best_constants_in_closed_form():
    assert best_constant("mse", np.array([[0.0, 1.0], [2.0, 1.0]])) == pytest.approx(0.5)
    assert best_constant("cross_entropy", np.array([0, 0, 2, 2])) == pytest.approx(np.log(2))
    assert best_constant("bernoulli", np.array([[0.0, 1.0, 1.0], [1.0, 1.0, 0.0]])) == pytest.approx(2 * np.log(2))


def test_the_best_ctc_constant_is_no_worse_than_a_uniform_guess():
    b = batch(np.array([[0, 0, 3], [2, -1, -1], [1, 4, -1]]))
    assert best_constant_ctc(b, 6) < loss_value("ctc", np.zeros_like(OUTPUTS), b)


def test_the_blanks_share_is_searched_by_five_hundredths():
    b = batch(np.array([[0, 0, 3], [2, -1, -1], [1, 4, -1]]))
    labels = np.array([2, 1, 1, 1, 1]) / 6

    def guess(blank: float) -> float:
        with np.errstate(divide="ignore"):
            outputs = np.log(np.append((1 - blank) * labels, blank))
        return loss_value("ctc", np.broadcast_to(outputs, OUTPUTS.shape), b)

    losses = {share: guess(share / 100) for share in range(5, 100, 5)}
    assert best_constant_ctc(b, 6) == pytest.approx(min(losses.values()), abs=1e-12)
    assert 5 < min(losses, key=losses.__getitem__) < 95
