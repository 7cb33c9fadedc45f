"""Populations that learn labels without places in time, against torch's CTC loss and the definition in NumPy."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from gatedrnn_course.cells import ODYSSEY, catalogue, parse
from gatedrnn_course.engines import c_tier
from gatedrnn_course.engines.population import Population
from gatedrnn_course.errors import CourseError
from gatedrnn_course.tasks.ctc import ctc_loss

needs_compiler = pytest.mark.skipif(not c_tier.available(), reason="no C compiler works here")
TIERS = [*(pytest.param(tier, marks=needs_compiler) for tier in ("c", "interpreted")), "torch"]
CELLS, HIDDEN = [ODYSSEY["V"], ODYSSEY["FGR"], catalogue["GRU"]], [5, 16, 17]
D, K = 3, 4
LENGTHS = [[9, 4, 6, 7], [8, 8, 8, 8], [9, 9, 5, 4]]
LABELS = np.array([[0, 1, 0], [2, -1, -1], [1, 1, 2], [0, 2, -1]])


def spelled(outputs, lengths, labels):
    """The mean of torch's loss over sequences, one at a time."""
    each = []
    for b, length in enumerate(lengths):
        logs, own = functional.log_softmax(outputs[:length, b], -1), labels[b][labels[b] >= 0]
        sizes = torch.tensor([length]), torch.tensor([len(own)])
        each.append(functional.ctc_loss(logs[:, None], torch.tensor(own)[None], *sizes, blank=K - 1, reduction="sum"))
    return torch.stack(each).mean()


def batches(count):
    rng = np.random.default_rng(0)
    return [(rng.normal(size=(9, 4, D)), LENGTHS[k % 3], rng.permutation(LABELS[:, :])) for k in range(count)]


def fitting(given):
    """Batches with the longest labels at the longest sequences, so that every one can be spelled."""
    found = []
    for xs, lengths, labels in given:
        steps = np.argsort((labels >= 0).sum(1), kind="stable")
        order = np.empty(4, int)
        order[np.argsort(lengths, kind="stable")] = steps
        found.append((xs, lengths, labels[order]))
    return found


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("tier", TIERS)
def test_populations_train_as_each_model_does_alone_by_torchs_loss(alone, tier, both):
    settings = {"learning_rates": [0.1, 0.2, 0.3], "noise": 0.1, "scale": 0.4, "dtype": torch.float64}
    population = Population(CELLS, D, K, HIDDEN, loss="ctc", tier=tier, bidirectional=both, **settings)
    first = [population.parameters(k) for k in range(len(population))]
    given = fitting(batches(6))
    told = np.array([population.step(xs, labels, None, lengths) for xs, lengths, labels in given])
    for k, own in enumerate(population.settings):
        losses, p = alone.train(own, first[k], given, spelled)
        np.testing.assert_allclose(told[:, k], losses, rtol=0, atol=1e-9)
        for name, value in population.parameters(k).items():
            np.testing.assert_allclose(value, p[name], rtol=0, atol=1e-9, err_msg=f"{own.cell.name} {name}")


@pytest.mark.parametrize("tier", TIERS)
def test_the_loss_is_the_papers_definition(alone, tier):
    population = Population(CELLS, D, K, HIDDEN, loss="ctc", tier=tier, dtype=torch.float64, scale=1.0)
    xs, lengths, labels = fitting(batches(1))[0]
    told = population.loss(xs, labels, lengths=lengths)
    for k, own in enumerate(population.settings):
        p = {name: torch.tensor(value) for name, value in population.parameters(k).items()}
        logs = functional.log_softmax(alone.outputs(own, p, torch.tensor(xs), lengths), -1).numpy()
        each = [ctc_loss(logs[:n, b], labels[b][labels[b] >= 0]) for b, n in enumerate(lengths)]
        assert told[k] == pytest.approx(np.mean(each), abs=1e-10)
    some = population.loss(xs, labels, lengths=lengths, models=[2, 0])
    np.testing.assert_array_equal(some, told[[2, 0]])


@pytest.mark.parametrize("tier", TIERS)
def test_without_labels_only_blanks_are_wanted(tier):
    population = Population("LSTM", D, K, 4, loss="ctc", tier=tier, learning_rates=1.0)
    losses = [population.step(np.ones((3, 2, D)), np.full((2, 1), -1))[0] for _ in range(40)]
    assert losses[-1] < 0.1 * losses[0]


@pytest.mark.parametrize(
    ("labels", "part"),
    [
        ([[0, 1], [3, -1]], "none of 0 to 2"),
        ([[0, 1], [-2, -1]], "none of 0 to 2"),
        ([[-1, 1], [0, 1]], "follows a -1"),
        ([0, 1], r"shape \(2,\)"),
        ([[0, 1, 2], [0, 1, 1]], "Sequence 1 has 3 steps for 3 labels, 1 of them the same as before"),
    ],
)
def test_labels_that_cannot_be_are_refused(labels, part):
    with pytest.raises(CourseError, match=part):
        Population("LSTM", D, K, 4, loss="ctc").step(np.ones((3, 2, D)), np.array(labels))


@needs_compiler
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 2e-6), (torch.float64, 1e-11)])
@pytest.mark.parametrize(("T", "longest", "size"), [(700, 60, 0.5), (40, 12, 20.0), (33, 33, 1.0)])
def test_long_and_sure_outputs_lose_no_digits(T, longest, size, dtype, tolerance):
    """Derivatives of the read-out's bias, in compiled code, against torch in double precision."""
    rng = np.random.default_rng(T)
    K, lengths = 30, [T, T - 2, max(T // 2, longest)]
    labels = np.full((3, longest), -1)
    for b, count in enumerate((longest if T > 40 else longest // 3, longest // 4, 1)):
        labels[b, :count] = rng.integers(0, K - 1, count)
    labels[2, :longest] = np.arange(longest) % 7  # as many as there are steps, where T is 33
    population = Population(parse("h = W_h @ x"), K, K, K, loss="ctc", dtype=dtype, momenta=0.0, learning_rates=1.0)
    population.set_parameters(0, {"W_h": np.eye(K), "W_y": size * np.eye(K), "b_y": np.zeros(K)})
    xs = rng.normal(size=(T, 3, K)).astype(np.float32)
    bias = torch.zeros(K, dtype=torch.float64, requires_grad=True)
    logs = functional.log_softmax(size * torch.tensor(xs, dtype=torch.float64) + bias, -1)
    counts = torch.tensor((labels >= 0).sum(1))
    given = torch.tensor(labels).clamp(min=0), torch.tensor(lengths), counts
    loss = functional.ctc_loss(logs, *given, blank=K - 1, reduction="none").mean()
    loss.backward()
    assert population.step(xs, labels, lengths=lengths)[0] == pytest.approx(loss.item(), rel=tolerance)
    slope = -population.parameters(0)["b_y"]
    wanted = bias.grad.numpy()
    np.testing.assert_allclose(slope, wanted, rtol=0, atol=10 * tolerance * np.abs(wanted).max())
