"""Cells nobody wrote, and cells that did not run, on every tier; `benchmarks/fuzz_cells.py` has thousands."""

from __future__ import annotations

import pytest
import torch
from random_cells import compare, compare_populations, random_cell, random_text

from gatedrnn_course.cells import Cell, CellError, parse
from gatedrnn_course.engines import Recurrent, c_tier
from gatedrnn_course.engines.torch_tier import blocks

SEEDS = range(60)
TIERS = ("torch", "c", "interpreted", "loop") if c_tier.available() else ("torch", "loop")
NAMED = {
    "output": "output = sigmoid(W_o@x+U_o@h_prev+b_o)\nh = output*h_prev+(1-output)*tanh(W_h@x+b_h)",
    "p_b_f": "p_b_f = sigmoid(W_f@x+b_f)\nh = p_b_f*h_prev+b_f*tanh(W_h@x)",
    "p_U_c": "p_U_c = sigmoid(W_f@x+U_c@h_prev)\nh = p_U_c*h_prev+tanh(U_c@h_prev)",
    "twice the same product": "g = sigmoid(W_1@x+W_1@x)\nh = tanh(g*(W_1@x))",
    "a product beside a function of another": "h = tanh(2*(U_h@h_prev)/(1.5+sigmoid(W_h@x)))",
    "a state of zeros": "c = tanh(0*c_prev)\nh = tanh(W_h@x + c)",
    "products shared": """q = tanh(U_1 @ h_prev + b_2)
v0 = U_3 @ q * q_prev
c = P_4 * c_prev
h = P_4 + b_5 + c_prev + (b_6 + q) * (U_3 @ q)""",
    "c not shown": """v0 = -(b_1 - U_2 @ h_prev)
c = sigmoid(1.25 * (U_3 @ h_prev) / (1.5 + sigmoid(U_3 @ v0 + P_4)) * (U_5 @ v0 + h_prev))
h = c * h_prev + tanh(W_6 @ x)""",
    "a number through a matrix": "h = tanh(W_h @ (0 * x + 1) + U_h @ (0 * h_prev))",
    "a product times zero": "f = 1 + (U_f @ x) / (2 + tanh(h_prev)) * 0\nh = tanh(f + W_h @ x)",
    "nothing but zeros": "h = (sigmoid(U_0 @ x + W_1 @ x) * P_2 + (1 - sigmoid(U_3 @ h_prev)) * (U_4 @ P_5)) * 0",
    "products that cancel": "h = h_prev + W_h @ x - W_h @ x",
    "a parameter for a state": "c = b_c\nh = tanh(W_h @ x + c_prev)",
    "states exchanged": "c = h_prev\nh = tanh(c_prev + W_h @ x)",
    "one matrix for a state and the input": """v = sigmoid(W_10 @ A_prev + W_10 @ x)
A = tanh(W_01 @ v_prev)
h = tanh(W_11 @ v_prev)""",
    "every function": "h = exp(tanh(W_1 @ x)) - softplus(softsign(h_prev) + relu(W_2 @ x)) * sigmoid(h_prev)",
}


@pytest.fixture(scope="module")
def cells() -> dict[int, Cell]:
    """Cells by seed, their kernels compiled together."""
    found = {seed: cell for seed in SEEDS if (cell := random_cell(seed))}
    if c_tier.available():
        c_tier.kernels_of([*found.values(), *(parse(text) for text in NAMED.values())], 8)
    return found


def test_a_random_cell_runs_on_every_tier_with_the_same_numbers(cells: dict[int, Cell]) -> None:
    assert len(cells) > 0.9 * len(SEEDS)
    assert {seed: differ for seed, cell in cells.items() if (differ := compare(cell, seed, TIERS))} == {}


@pytest.mark.skipif(not c_tier.available(), reason="no C compiler works here")
def test_a_population_of_random_cells_learns_the_same_in_every_tier(cells: dict[int, Cell]) -> None:
    assert compare_populations([cells[seed] for seed in list(cells)[:20]], 0) == []


@pytest.mark.parametrize("text", NAMED.values(), ids=NAMED)
def test_cells_that_did_not_run(text: str, cells: dict[int, Cell]) -> None:
    assert compare(parse(text), 1, TIERS) == []


@pytest.mark.parametrize("seed", [5155, 72, 73, 83])
def test_segments_of_as_many_rows_write_nothing_over_each_other(seed: int) -> None:
    """Two steps of one row after one step of two: the work arrays are the same, what was handed back is not."""
    assert compare(parse(NAMED["one matrix for a state and the input"]), seed, ("torch",)) == []


def test_blocks_of_few_steps_hand_each_other_states_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", {"cpu": 40})
    found = {seed: compare(cell, seed, ("torch",)) for seed in range(280, 300) if (cell := random_cell(seed))}
    assert {seed: differ for seed, differ in found.items() if differ} == {}


@pytest.mark.parametrize("name", ["output", "p_b_f", "p_U_c"])
def test_second_derivatives_whatever_a_line_is_called(name: str) -> None:
    module = Recurrent(parse(NAMED[name]), 2, 3, dtype=torch.float64)
    x = torch.randn(3, 2, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0), requires_grad=True)
    assert torch.autograd.gradgradcheck(lambda x: module(x)[0], (x,))


def test_what_parse_refuses_it_refuses_in_words() -> None:
    refused = [seed for seed in range(400) if random_cell(seed) is None]
    assert 0 < len(refused) < 20
    for seed in refused:
        with pytest.raises(CellError, match="In the line `"):
            parse(random_text(seed))


def test_random_cells_are_of_every_kind() -> None:
    some = [cell for seed in range(200) if (cell := random_cell(seed))]
    assert any(not cell.inputs for cell in some) and any(len(cell.states) > 2 for cell in some)
    assert any(cell.shape(state) == ("D",) for cell in some for state in cell.states)
    assert any(len(cell.lines) > 4 for cell in some)
    assert random_text(5) == random_text(5) != random_text(6)
