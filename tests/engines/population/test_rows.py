"""Where the steps of unequal sequences lie, and populations of both directions against one sequence at a time."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from gatedrnn_course.cells import ODYSSEY, catalogue, parse
from gatedrnn_course.engines import c_tier
from gatedrnn_course.engines.population import Population
from gatedrnn_course.engines.population.rows import Rows
from gatedrnn_course.errors import CourseError

needs_compiler = pytest.mark.skipif(not c_tier.available(), reason="no C compiler works here")
TIERS = [*(pytest.param(tier, marks=needs_compiler) for tier in ("c", "interpreted")), "torch"]
OWN = parse("h = tanh(W_a @ x + U_a @ h_prev + tanh(U_a @ (0.5 * h_prev)))", "shared matrix")
LINEAR = parse("h = W_h @ x + U_h @ h_prev", "linear")
CELLS = [ODYSSEY["V"], ODYSSEY["FGR"], catalogue["GRU"], OWN, LINEAR]
HIDDEN = [5, 16, 17, 3, 8]
D, K = 3, 4
LENGTHS = [[6, 2, 9, 9], [1, 1, 1, 1], [9, 9, 9, 9], [0, 4, 3, 0], [3, 7, 8, 9]]


def test_longer_sequences_come_last_and_states_follow_on():
    rows = Rows.of(5, 4, [2, 5, 1, 2])
    assert rows.sizes == (4, 3, 1, 1, 1) and rows.segments.tolist() == [[1, 1, 3], [4, 3, 1]] and rows.count == 10
    assert rows.places.tolist() == [2, 0, 3, 1, 4, 7, 5, 9, 13, 17]  # the step times 4, and the sequence
    assert rows.turned.tolist() == [0, 4, 5, 9, 1, 2, 8, 7, 6, 3]
    assert rows.turned[rows.turned].tolist() == list(range(10))
    assert rows.longest_first.tolist() == [3, 2, 1, 0, 6, 5, 4, 7, 8, 9]


def test_rows_come_back_to_their_places():
    x = torch.arange(1.0, 41).view(5, 4, 2)
    for lengths in ([2, 5, 1, 2], [3, 3, 3, 3], [0, 0, 5, 0], None):
        rows = Rows.of(5, 4, lengths)
        inside = torch.arange(5)[:, None] < torch.tensor([5] * 4 if lengths is None else lengths)
        assert torch.equal(rows.spread(rows.take(x)[None])[0], torch.where(inside[..., None], x, 0.0))


def test_padding_may_stay_where_all_batches_are_to_be_alike():
    rows = Rows.of(3, 2, [1, 3], packed=False)
    assert rows.equal and rows.sizes == (2, 2, 2)
    assert rows.turned.tolist() == [0, 5, 2, 3, 4, 1]  # sequence 0 has one step; what follows stays where it is


@pytest.mark.parametrize("lengths", [[1, 2, 3], [1, 4], [0, 0], [1.5, 2]])
def test_lengths_that_do_not_fit_are_refused(lengths):
    with pytest.raises(CourseError):
        Population("LSTM", 2, 1, 3).step(np.zeros((3, 2, 2)), np.zeros((3, 2, 1)), lengths=lengths)


def classes_of_scored_steps(outputs, lengths, targets, mask):
    inside = torch.arange(len(outputs))[:, None] < torch.tensor(lengths)
    scored = inside & torch.as_tensor(mask)
    return nn.functional.cross_entropy(outputs[scored], torch.as_tensor(targets)[scored])


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("tier", TIERS)
def test_unequal_lengths_train_as_each_sequence_does_alone(alone, tier, both):
    rng = np.random.default_rng(0)
    batches = []
    for lengths in LENGTHS:
        xs = rng.normal(size=(9, 4, D))
        xs[np.arange(9)[:, None] >= lengths] = np.nan  # nobody may look at the padding
        mask = rng.random((9, 4)) < 0.7
        mask[0] = True
        batches.append((xs, lengths, rng.integers(0, K, (9, 4)), mask))
    settings = {"learning_rates": [0.1, 0.2, 0.3, 0.1, 0.05], "momenta": [0.0, 0.5, 0.9, 0.2, 0.1], "noise": 0.1}
    settings |= {"scale": 0.4, "dtype": torch.float64, "loss": "cross_entropy", "bidirectional": both}
    population = Population(CELLS, D, K, HIDDEN, tier=tier, **settings)
    first = [population.parameters(k) for k in range(len(population))]
    told = np.array([population.step(xs, targets, mask, lengths) for xs, lengths, targets, mask in batches])
    assert not population.frozen.any()
    for k, own in enumerate(population.settings):
        assert population.parameters(k)["W_y"].shape == (K, (1 + both) * own.hidden_size)
        clean = [(np.nan_to_num(xs), *rest) for xs, *rest in batches]
        losses, p = alone.train(own, first[k], clean, classes_of_scored_steps)
        np.testing.assert_allclose(told[:, k], losses, rtol=0, atol=1e-9)
        for name, value in population.parameters(k).items():
            np.testing.assert_allclose(value, p[name], rtol=0, atol=1e-9, err_msg=f"{own.cell.name} {name}")


@pytest.mark.parametrize("tier", TIERS)
def test_the_last_step_is_each_sequences_own(tier):
    rng = np.random.default_rng(1)
    lengths, xs, last = [6, 2, 9, 4], rng.normal(size=(9, 4, D)), rng.normal(size=(4, K))
    targets, mask = np.zeros((9, 4, K)), np.zeros((9, 4), bool)
    targets[np.array(lengths) - 1, range(4)], mask[np.array(lengths) - 1, range(4)] = last, True
    one, two = (Population(CELLS, D, K, HIDDEN, tier=tier, dtype=torch.float64) for _ in range(2))
    np.testing.assert_array_equal(one.step(xs, last, lengths=lengths), two.step(xs, targets, mask, lengths))
    np.testing.assert_array_equal(one.outputs(xs), two.outputs(xs))


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.float64, 1e-10)])
def test_both_directions_are_those_of_nn_lstm_on_packed_sequences(tier, dtype, tolerance):
    H, lengths = 18, [4, 9, 1, 7, 7]
    xs = torch.randn(9, 5, D, dtype=dtype, generator=torch.Generator().manual_seed(0))
    targets = torch.randn(9, 5, K, dtype=dtype, generator=torch.Generator().manual_seed(1))
    population = Population("LSTM", D, K, H, bidirectional=True, tier=tier, dtype=dtype, scale=0.4, learning_rates=0.5)
    theirs, readout = nn.LSTM(D, H, bidirectional=True, dtype=dtype), nn.Linear(2 * H, K, dtype=dtype)

    def hand_over():
        p = {name: torch.tensor(value) for name, value in population.parameters(0).items()}
        with torch.no_grad():
            for before, after in (("", ""), ("reverse.", "_reverse")):
                for own, their in (("W", "weight_ih"), ("U", "weight_hh"), ("b", "bias_ih")):
                    whole = torch.cat([p[f"{before}{own}_{gate}"] for gate in "ifco"])
                    getattr(theirs, f"{their}_l0{after}").copy_(whole)
                getattr(theirs, f"bias_hh_l0{after}").zero_()
            readout.weight.copy_(p["W_y"])
            readout.bias.copy_(p["b_y"])

    def run():
        packed = pack_padded_sequence(xs, torch.tensor(lengths), enforce_sorted=False)
        return readout(pad_packed_sequence(theirs(packed)[0], total_length=9)[0])

    inside = torch.arange(9)[:, None] < torch.tensor(lengths)
    for step in range(5):
        hand_over()
        wanted = torch.where(inside[..., None], run(), 0.0)
        np.testing.assert_allclose(population.outputs(xs, lengths=lengths)[0], wanted.detach(), rtol=0, atol=tolerance)
        loss = ((wanted - targets)[inside] ** 2).mean()
        before = population.parameters(0)["reverse.U_f"]
        assert population.step(xs, targets, lengths=lengths)[0] == pytest.approx(loss.item(), abs=tolerance)
        slope = torch.autograd.grad(loss, theirs.weight_hh_l0_reverse)[0][H : 2 * H]
        if step == 0:  # with momentum 0.9 the first step is 1.9 times the slope, times a tenth of the rate
            moved = before - population.parameters(0)["reverse.U_f"]
            np.testing.assert_allclose(moved, 0.5 * 0.1 * 1.9 * slope, rtol=0, atol=tolerance)


@needs_compiler
@pytest.mark.parametrize("both", [False, True])
def test_padding_costs_no_numbers_and_threads_change_none(both):
    rng = np.random.default_rng(2)
    settings = {"noise": 0.2, "bidirectional": both, "loss": "bernoulli", "scale": 0.3}
    one, threads = (Population(CELLS, D, K, HIDDEN, tier="c", threads=n, **settings) for n in (1, 3))
    for lengths in LENGTHS:
        xs, targets = rng.normal(size=(9, 4, D)), rng.integers(0, 2, (9, 4, K))
        longer = np.concatenate([xs, rng.normal(size=(5, 4, D))]), np.concatenate([targets, np.ones((5, 4, K))])
        np.testing.assert_array_equal(one.step(xs, targets, lengths=lengths), threads.step(*longer, lengths=lengths))
        np.testing.assert_array_equal(
            one.outputs(xs, lengths=lengths), threads.outputs(longer[0], lengths=lengths)[:, :9]
        )


@pytest.mark.parametrize("loss", ["cross_entropy", "ctc"])
def test_padding_that_stays_as_on_a_gpu_changes_no_numbers(loss, monkeypatch):
    rng = np.random.default_rng(3)
    given = []
    for lengths in ([6, 2, 9, 9], [4, 5, 5, 3]):
        targets = rng.integers(0, K - 1, (4, 2) if loss == "ctc" else (9, 4))
        targets[:2, 1:] = -1 if loss == "ctc" else 0
        given.append((rng.normal(size=(9, 4, D)), targets, None, lengths))
    settings = {"tier": "torch", "bidirectional": True, "noise": 0.2, "loss": loss, "dtype": torch.float64}
    found = []
    for packed in (True, False):
        monkeypatch.setattr(Population, "_rows", lambda _self, x, n, p=packed: Rows.of(*x.shape[:2], n, p))
        population = Population(CELLS, D, K, HIDDEN, **settings)
        losses = [population.step(*batch) for batch in given]
        found.append((losses, [population.parameters(k) for k in range(len(CELLS))]))
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=0, atol=1e-12)
    for one, two in zip(found[0][1], found[1][1], strict=True):
        for name, value in one.items():
            np.testing.assert_allclose(value, two[name], rtol=0, atol=1e-12, err_msg=name)
