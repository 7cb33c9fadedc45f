"""Cells that nobody compiled: mutants of the catalogue, and layers wider than a tile."""

import random

import numpy as np
import pytest
import torch
from random_cells import compare, mutants

from gatedrnn_course.cells import catalogue, parse
from gatedrnn_course.engines import c_tier
from gatedrnn_course.engines.c_tier.build import library
from gatedrnn_course.engines.c_tier.interpreter import interpreter_of
from gatedrnn_course.engines.population import Population
from gatedrnn_course.engines.shared.stacks import by_name
from gatedrnn_course.engines.torch_tier import sequence

pytestmark = pytest.mark.skipif(not c_tier.available(), reason="no C compiler works here")
interpret = by_name(lambda cell, xs, *given: c_tier.run_kernel(interpreter_of(cell, xs.element_size()), xs, *given))
STARTS = ("LSTM", "GRU", "peephole LSTM", "MUT1", "FGR", "minGRU")


def test_mutants_give_the_numbers_of_the_reference():
    cells = [parse(text, f"mutant {k}") for k, text in enumerate(mutants(40, STARTS, seed=1))]
    assert {k: differ for k, cell in enumerate(cells) if (differ := compare(cell, k, ("interpreted",)))} == {}


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("name", ["peephole LSTM", "MUT2"])
def test_layers_wider_than_a_tile(name, dtype):
    cell, rng = catalogue[name], np.random.default_rng(0)
    T, B, D, H = 3, 3, 4, 1100
    shapes = [(T * B, D), *[(B, H)] * len(cell.states)]
    shapes += [tuple({"D": D, "H": H}[letter] for letter in cell.shape(n)) for n in cell.parameters]
    arrays = [0.03 * rng.normal(size=shape) for shape in shapes]
    weights = torch.tensor(rng.normal(size=(T * B, H)), dtype=dtype)
    found = []
    for run in (interpret, by_name(sequence.run)):
        leaves = [torch.tensor(a, dtype=dtype, requires_grad=True) for a in arrays]
        hs, _ = run(cell, leaves[0], [B] * T, leaves[1 : 1 + len(cell.states)], leaves[1 + len(cell.states) :])
        found.append([hs.detach(), *torch.autograd.grad((hs * weights).sum(), leaves)])
    tolerance = 1e-10 if dtype == torch.float64 else 1e-5
    for ours, wanted in zip(*found, strict=True):
        assert float((ours - wanted).abs().max()) < tolerance * max(1.0, float(wanted.abs().max()))


def test_no_cell_is_compiled(monkeypatch):
    def refuse(cells, real_bytes):
        raise AssertionError("compiled")

    monkeypatch.setattr(library, "load_cells", refuse)
    scale = random.random()
    cells = [parse(f"h = tanh(W_h @ x + {scale + k} * (U_h @ h_prev) + b_h)") for k in range(3)]
    population = Population(cells, 2, 1, 5, tier="interpreted", learning_rates=0.1)
    losses = [population.step(np.ones((4, 2, 2)), np.full((4, 2, 1), 0.5)) for _ in range(20)]
    assert (losses[-1] < losses[0]).all() and population.tier == "interpreted"
