"""The torch tier of populations: groups, padding, portions, and the same on a GPU."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gatedrnn_course.cells import ODYSSEY, catalogue
from gatedrnn_course.engines.population import Population, batched
from gatedrnn_course.engines.population.replay import Replay, side_by_side
from gatedrnn_course.errors import CourseError

gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no NVIDIA GPU here; the twin on the CPU runs")
MIXED = [*ODYSSEY.values(), catalogue["GRU"], catalogue["MUT1"]] * 2
HIDDEN = [3, 5, 8, 4, 1, 7, 6, 8, 2, 5, 8, 9, 16, 12, 15, 10, 11, 13, 14, 9, 16, 8]
SETTINGS = {
    "learning_rates": list(np.linspace(0.01, 0.2, len(MIXED))),
    "momenta": list(np.linspace(0.0, 0.9, len(MIXED))),
    "optimiser": ["sgd", "adam"] * (len(MIXED) // 2),
    "noise": 0.1,
    "scale": 0.3,
    "dtype": torch.float64,
    "tier": "torch",
}


def trained(population: Population, steps: int = 6) -> tuple[np.ndarray, list[dict[str, np.ndarray]]]:
    """Losses of a few steps, and the parameters at the end."""
    rng = np.random.default_rng(0)
    losses = []
    for _ in range(steps):
        mask = rng.random((5, 3)) < 0.7
        losses.append(population.step(rng.normal(size=(5, 3, 8)), rng.normal(size=(5, 3, 2)), mask))
    return np.array(losses), [population.parameters(k) for k in range(len(population))]


def close(one: tuple, two: tuple, tolerance: float) -> None:
    np.testing.assert_allclose(one[0], two[0], rtol=0, atol=tolerance)
    for a, b in zip(one[1], two[1], strict=True):
        for name in a:
            np.testing.assert_allclose(a[name], b[name], rtol=0, atol=tolerance, err_msg=name)


def make(**settings) -> Population:
    return Population(MIXED, 8, 2, HIDDEN, **{**SETTINGS, **settings})


def test_models_of_one_cell_run_as_one() -> None:
    groups = make()._models.groups
    assert len(groups) == 22  # eleven cells, each once narrow and once wide; one optimiser for each
    assert len(Population(["LSTM"] * 9, 8, 2, [3, 4, 5] * 3, tier="torch")._models.groups) == 1


def test_padding_and_company_change_nothing() -> None:
    together = trained(make())
    for k in (0, 8, 12, 21):
        row = {name: v[k] for name, v in SETTINGS.items() if isinstance(v, list)}
        alone = Population([MIXED[k]], 8, 2, HIDDEN[k], seeds=[k], **{**SETTINGS, **row})
        close(trained(alone), (together[0][:, k : k + 1], together[1][k : k + 1]), 1e-10)


def test_portions_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = trained(Population(["LSTM"] * 10, 8, 2, 16, tier="torch", dtype=torch.float64))
    monkeypatch.setattr(batched, "UNITS", 48)
    parts = Population(["LSTM"] * 10, 8, 2, 16, tier="torch", dtype=torch.float64)
    assert [len(group.settings) for group in parts._models.groups] == [3, 3, 3, 1]
    close(trained(parts), whole, 1e-10)


def test_padded_units_stay_zero() -> None:
    population = make()
    trained(population)
    for group in population._models.groups:
        assert not group.rows[0][~group._inside].any()


@pytest.mark.parametrize("tier", ["c", "torch"])
def test_some_outputs_and_models_that_rest(tier: str) -> None:
    population = Population(["LSTM", "GRU", "LSTM"], 2, 1, [3, 4, 5], tier="auto" if tier == "c" else tier)
    xs, targets = np.ones((4, 3, 2)), np.ones((4, 3, 1))
    np.testing.assert_array_equal(population.outputs(xs, [2, 0]), population.outputs(xs)[[2, 0]])
    population.rest(1)
    before = population.parameters(1)
    assert np.isnan(population.step(xs, targets)).tolist() == [False, True, False]
    assert not population.frozen.any()
    assert all(np.array_equal(value, population.parameters(1)[name]) for name, value in before.items())
    population.wake()
    assert not np.isnan(population.step(xs, targets)).any()


def test_the_kernel_is_for_the_cpu() -> None:
    with pytest.raises(CourseError, match="run on the CPU"):
        Population("LSTM", 2, 1, 3, device="meta", tier="c")


def _replays(device: str) -> None:
    """A computation called three times changes its state three times, and reads new inputs each time."""
    total, here = torch.zeros(3, device=device), torch.device(device)

    def add(a: torch.Tensor) -> list[torch.Tensor]:
        total.add_(a)
        return side_by_side(here, [lambda: total * 2, lambda: total + 1])

    replay = Replay(here)
    for k in range(1, 4):
        double, more = replay("add", add, [total], [torch.full((3,), float(k), device=device)])
        reached = k * (k + 1) / 2
        assert total.tolist() == [reached] * 3
        assert double.tolist() == [2 * reached] * 3 and more.tolist() == [reached + 1] * 3


def test_on_the_cpu_a_replay_is_a_call() -> None:
    _replays("cpu")


@pytest.mark.gpu
@gpu
def test_on_the_gpu_a_replay_is_a_recorded_graph() -> None:
    _replays("cuda")


@pytest.mark.gpu
@gpu
@pytest.mark.parametrize("loss", ["mse", "bernoulli"])
def test_a_population_on_the_gpu_is_that_on_the_cpu(loss: str) -> None:
    close(trained(make(device="cuda", loss=loss)), trained(make(loss=loss)), 1e-8)
