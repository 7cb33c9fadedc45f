"""Populations against each model trained alone by the NumPy reference, in both tiers."""

import numpy as np
import pytest
import torch

from gatedrnn_course.cells import ODYSSEY, catalogue, parse, sequence, sequence_backward, zero_state
from gatedrnn_course.engines import c_tier
from gatedrnn_course.engines.population import Population
from gatedrnn_course.errors import CourseError
from gatedrnn_course.tasks.batch import Batch
from gatedrnn_course.tasks.losses import loss_value

needs_compiler = pytest.mark.skipif(not c_tier.available(), reason="no C compiler works here")
TIERS = [*(pytest.param(tier, marks=needs_compiler) for tier in ("c", "interpreted")), "torch"]
OWN = parse("h = tanh(W_a @ x + U_a @ h_prev + tanh(U_a @ (0.5 * h_prev)))", "shared matrix")
CELLS = [*ODYSSEY.values(), catalogue["GRU"], catalogue["minLSTM"], OWN]
HIDDEN = [5, 8, 16, 17, 9, 3, 1, 4, 12, 7, 8, 6]
RATES = list(np.linspace(0.01, 0.2, len(CELLS)))
MOMENTA = list(np.linspace(0.0, 0.9, len(CELLS)))


def alone(own, first, batches, loss_and_slope):
    """One model by the reference: SGD with Nesterov's momentum, written out."""
    p = {name: value.copy() for name, value in first.items()}
    speed = {name: np.zeros_like(value) for name, value in p.items()}
    losses = []
    for step, (xs, targets) in enumerate(batches):
        noisy = xs + own.drawn_noise(step, xs.shape)
        state = zero_state(own.cell, own.hidden_size, xs.shape[1:2])
        hs, _ = sequence(own.cell, noisy, state, p)
        outputs = hs @ p["W_y"].T + p["b_y"]
        loss, d_out = loss_and_slope(outputs, targets)
        losses.append(loss)
        slopes, _, _ = sequence_backward(own.cell, noisy, state, p, d_out @ p["W_y"])
        slopes["W_y"], slopes["b_y"] = np.einsum("tbk,tbh->kh", d_out, hs), d_out.sum((0, 1))
        for name in p:
            speed[name] = own.momentum * speed[name] + slopes[name]
            rate = own.learning_rate * (1 - own.momentum)
            p[name] = p[name] - rate * (slopes[name] + own.momentum * speed[name])
    return np.array(losses), p


def squared(outputs, targets):
    d = outputs - targets
    return np.mean(d**2), 2 * d / d.size


@pytest.mark.parametrize("tier", TIERS)
def test_mixed_variants_train_as_each_does_alone(tier):
    rng = np.random.default_rng(1)
    batches = [(rng.normal(size=(4, 3, 3)), rng.normal(size=(4, 3, 2))) for _ in range(50)]
    settings = {"learning_rates": RATES, "momenta": MOMENTA, "noise": 0.1, "scale": 0.3}
    population = Population(CELLS, 3, 2, HIDDEN, tier=tier, dtype=torch.float64, **settings)
    first = [population.parameters(k) for k in range(len(population))]
    losses = np.array([population.step(*batch) for batch in batches])
    for k, own in enumerate(population.settings):
        wanted, p = alone(own, first[k], batches, squared)
        np.testing.assert_allclose(losses[:, k], wanted, rtol=0, atol=1e-6)
        for name, value in population.parameters(k).items():
            np.testing.assert_allclose(value, p[name], rtol=0, atol=1e-6)


@needs_compiler
@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
@pytest.mark.parametrize("loss", ["mse", "cross_entropy", "bernoulli"])
def test_all_tiers_give_the_same(loss, optimiser):
    rng = np.random.default_rng(2)
    settings = {
        "loss": loss,
        "optimiser": optimiser,
        "learning_rates": RATES[::3],
        "dtype": torch.float64,
        "scale": 0.3,
    }
    given = (CELLS[::3], 3, 4, HIDDEN[::3])
    tiers = [Population(*given, tier=tier, noise=0.1, **settings) for tier in ("c", "torch", "interpreted")]
    threads = Population(*given, tier="c", noise=0.1, threads=3, **settings)
    for step in range(8):
        xs, mask = rng.normal(size=(7, 3, 3)), rng.random((7, 3)) < 0.4
        targets = {
            "mse": rng.normal(size=(7, 3, 4)),
            "cross_entropy": rng.integers(0, 4, (7, 3)),
            "bernoulli": rng.integers(0, 2, (7, 3, 4)),
        }[loss]
        batch = (xs, targets[-1], None) if step % 2 else (xs, targets, mask)
        a, *others = (population.step(*batch) for population in tiers)
        for b in others:
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-6)
        np.testing.assert_array_equal(threads.step(*batch), a)
    for other in tiers[1:]:
        for k in range(len(other)):
            for (name, value), own in zip(tiers[0].parameters(k).items(), other.parameters(k).values(), strict=True):
                np.testing.assert_allclose(value, own, rtol=0, atol=1e-6, err_msg=name)
        np.testing.assert_allclose(tiers[0].outputs(xs), other.outputs(xs), rtol=0, atol=1e-6)


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("loss", ["mse", "cross_entropy", "bernoulli"])
def test_losses_are_those_of_the_tasks(loss, tier):
    rng = np.random.default_rng(3)
    xs, mask = rng.normal(size=(5, 2, 3)), rng.random((5, 2)) < 0.6
    targets = rng.integers(0, 2, (5, 2) if loss == "cross_entropy" else (5, 2, 4))
    population = Population(["LSTM", "GRU"], 3, 4, [3, 16], loss=loss, dtype=torch.float64, scale=1.0, tier=tier)
    batch = Batch(xs, targets if loss == "cross_entropy" else targets.astype(float), mask, np.array([5, 5]))
    wanted = [loss_value(loss, outputs, batch) for outputs in population.outputs(xs)]
    np.testing.assert_allclose(population.loss(xs, targets, mask), wanted, atol=1e-12)


@pytest.mark.parametrize("tier", TIERS)
def test_a_gate_that_is_not_there_has_no_parameters_and_the_others_all_move(tier):
    population = Population([ODYSSEY["NIG"], ODYSSEY["NP"]], 2, 1, 4, tier=tier, learning_rates=1.0)
    before = [population.parameters(k) for k in range(2)]
    assert not [name for name in before[0] if name.endswith("_i")]
    assert not [name for name in before[1] if name.startswith("P_")]
    population.step(np.ones((4, 2, 2)), np.ones((4, 2, 1)))
    for k in range(2):
        after = population.parameters(k)
        assert all(not np.array_equal(before[k][name], after[name]) for name in after)


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
@pytest.mark.parametrize("tier", TIERS)
def test_a_model_that_diverges_is_frozen_and_disturbs_nobody(tier, optimiser):
    rng = np.random.default_rng(4)
    batches = [(rng.normal(size=(5, 3, 2)), rng.normal(size=(5, 3, 1))) for _ in range(12)]
    settings = {"tier": tier, "optimiser": optimiser, "dtype": torch.float32, "scale": 0.5}
    wild = Population([ODYSSEY["NOAF"]] * 3, 2, 1, 4, learning_rates=[0.01, 1e38, 0.01], **settings)
    tame = Population([ODYSSEY["NOAF"]] * 3, 2, 1, 4, learning_rates=0.01, **settings)
    losses = np.array([wild.step(*batch) for batch in batches])
    others = np.array([tame.step(*batch) for batch in batches])
    np.testing.assert_array_equal(wild.frozen, [False, True, False])
    np.testing.assert_array_equal(losses[:, [0, 2]], others[:, [0, 2]])
    assert np.isnan(losses[-1, 1])
    kept = wild.parameters(1)
    wild.step(*batches[0])
    assert all(np.array_equal(kept[name], value) for name, value in wild.parameters(1).items())


@pytest.mark.parametrize("tier", TIERS)
def test_a_nan_in_the_inputs_freezes_before_it_reaches_a_parameter(tier):
    population = Population(["GRU", "LSTM"], 2, 1, 5, tier=tier)
    before = population.parameters(0)
    assert np.isnan(population.step(np.full((3, 2, 2), np.nan), np.zeros((3, 2, 1)))).all()
    assert population.frozen.all()
    assert all(np.array_equal(before[name], value) for name, value in population.parameters(0).items())


@pytest.mark.parametrize("saved", TIERS)
@pytest.mark.parametrize("loaded", TIERS)
def test_going_on_from_a_checkpoint_of_either_tier(saved, loaded):
    rng = np.random.default_rng(5)
    batches = [(rng.normal(size=(5, 3, 2)), rng.normal(size=(5, 3, 1))) for _ in range(6)]
    settings = {"optimiser": ["sgd", "adam", "adam"], "noise": 0.3, "dtype": torch.float64}
    make = {
        tier: lambda tier=tier: Population(["LSTM", OWN, "GRU"], 2, 1, 5, tier=tier, **settings)
        for tier in (saved, loaded)
    }
    first = make[saved]()
    for batch in batches[:3]:
        first.step(*batch)
    second = make[loaded]()
    second.load_state_dict(first.state_dict())
    for batch in batches[3:]:
        np.testing.assert_allclose(first.step(*batch), second.step(*batch), rtol=0, atol=1e-9)


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("size", [(1, 1, 1), (1, 3, 16), (4, 1, 33), (3, 2, 17)])
def test_small_and_odd_sizes(size, tier):
    T, B, H = size
    xs, targets = np.ones((T, B, 1)), np.full((T, B, 1), 0.5)
    population = Population(["LSTM", "GRU", "RNN"], 1, 1, H, tier=tier, learning_rates=0.1, dtype=torch.float64)
    losses = [population.step(xs, targets).sum() for _ in range(30)]
    assert losses[-1] < losses[0]


def test_inputs_of_its_own_for_each_model():
    rng = np.random.default_rng(6)
    xs, targets = rng.normal(size=(2, 5, 3, 2)), rng.normal(size=(5, 3, 1))
    both = Population(["LSTM", "GRU"], 2, 1, 4, seeds=[7, 8])
    losses = both.step(xs, targets)
    for k, name in enumerate(("LSTM", "GRU")):
        assert Population([name], 2, 1, 4, seeds=[7 + k]).step(xs[k], targets)[0] == losses[k]


def test_arrays_that_nobody_may_write_into():
    mask = np.broadcast_to(np.arange(4)[:, None] > 1, (4, 2))
    assert np.isfinite(Population(["LSTM"], 2, 1, 4).step(np.zeros((4, 2, 2)), np.zeros((4, 2, 1)), mask)).all()


@needs_compiler
def test_many_different_cells_are_interpreted_and_few_are_compiled():
    texts = [f"h = tanh(W_h @ x + {1 + k / 64} * h_prev)" for k in range(25)]
    assert Population([parse(text) for text in texts], 2, 1, 3).tier == "interpreted"
    assert Population([parse(texts[k % 2]) for k in range(60)], 2, 1, 3).tier == "c"
    assert Population([parse(text) for text in texts], 2, 1, 3, tier="torch").tier == "torch"


def test_setting_parameters():
    population = Population(["LSTM"], 2, 1, 4)
    population.set_parameters(0, {"b_f": np.ones(4)})
    assert (population.parameters(0)["b_f"] == 1).all() and (population.parameters(0)["b_i"] != 1).any()


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({"learning_rates": [0.1, 0.2, 0.3]}, "3 learning rates were given"),
        ({"hidden_sizes": [4, 0]}, "below 1"),
        ({"cells": ["LSTM", "LSTN"]}, "Near it: LSTM"),
        ({"loss": "hinge"}, "'hinge' is unknown"),
        ({"optimiser": "lion"}, "lion is unknown"),
        ({"momenta": 1.0}, "momentum of 1.0"),
        ({"dtype": torch.float16}, "float16"),
        ({"learning_rates": [0.1, 0.0]}, "learning rate of 0.0"),
        ({"learning_rates": float("nan")}, "learning rate of nan"),
        ({"noise": -1.0}, "noise of -1.0"),
        ({"tier": "gpu"}, "There are auto, c, torch, interpreted"),
        ({"device": "abacus"}, "population on abacus"),
    ],
)
def test_a_setting_that_does_not_fit_is_named(settings, part):
    given = {"cells": ["LSTM", "GRU"], "input_size": 2, "output_size": 1, "hidden_sizes": 4, **settings}
    with pytest.raises(CourseError, match=part):
        Population(**given)


@pytest.mark.parametrize(
    ("inputs", "targets", "mask"),
    [
        (np.zeros((3, 2, 5)), np.zeros((3, 2, 1)), None),
        (np.zeros((0, 2, 2)), np.zeros((0, 2, 1)), None),
        (np.zeros((3, 2, 2)), np.zeros((2, 2, 1)), None),
        (np.zeros((3, 2, 2)), np.zeros((3, 2, 1)), np.zeros((3, 2))),
        (np.zeros((3, 2, 2)), np.zeros((3, 2, 1)), np.ones((2, 2))),
        ([[[1.0, 2.0]], [[3.0]]], np.zeros((2, 1, 1)), None),
        (np.zeros((3, 2, 2)), "words", None),
    ],
)
def test_a_batch_that_does_not_fit_is_refused(inputs, targets, mask):
    with pytest.raises(CourseError):
        Population(["LSTM"], 2, 1, 4).step(inputs, targets, mask)


def test_a_class_that_is_not_there_is_refused_where_it_counts():
    population = Population(["LSTM"], 2, 3, 4, loss="cross_entropy")
    targets = np.array([[0, 1], [-1, 2]])
    population.step(np.zeros((2, 2, 2)), targets, targets >= 0)
    with pytest.raises(CourseError, match="none of 0 to 2"):
        population.step(np.zeros((2, 2, 2)), targets)
