"""One bit to remember and distractors after it: the example that runs through the lessons on memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gatedrnn_course.cells import Cell, Params, cell_of, draw_params, zero_state
from gatedrnn_course.cells.numeric import compiled

__all__ = ["bit_over_time", "bit_sequences", "random_params", "read_bit", "run_cell", "train_on_bits"]


def bit_sequences(count: int, steps: int = 40, seed: int = 0) -> tuple[Any, Any]:
    """Inputs that begin with a bit and go on with distractors.

    Args:
        count: How many sequences, B.
        steps: How long, T.
        seed: What the numbers are drawn from.

    Returns:
        The inputs (T, B, 2) and the bits (B,), each -1 or 1. The first number of an input is the value: the bit at
        step 1, then drawn evenly from -1 to 1. The second is the mark: 1 at step 1, then 0.
    """
    rng = np.random.default_rng(seed)
    bits = rng.choice([-1.0, 1.0], size=count)
    xs = np.zeros((steps, count, 2))
    xs[:, :, 0] = rng.uniform(-1, 1, size=(steps, count))
    xs[0, :, 0], xs[0, :, 1] = bits, 1.0
    return xs, bits


def random_params(cell: Cell | str, count: int, scale: float = 0.5, **biases: float) -> list[Params]:
    """Weights of several untrained cells with two inputs and 16 units, for sequences of bits.

    Args:
        cell: The cell, or its name in the catalogue.
        count: How many; the k-th is the same each time.
        scale: Standard deviation of every number.
        **biases: A bias that is the same for every unit, such as `b_f=3`; the others are drawn like the rest.

    Returns:
        The parameters of each.
    """
    made = [draw_params(cell_of(cell), 2, 16, np.random.default_rng(seed), scale) for seed in range(count)]
    return [Params({**p, **{name: np.full_like(p[name], value) for name, value in biases.items()}}) for p in made]


def run_cell(cell: Cell | str, p: Params, xs: Any, start: Sequence[Any] | None = None) -> dict[str, Any]:
    """Every line of a cell over whole sequences, its gates among them.

    Args:
        cell: The cell, or its name in the catalogue.
        p: Its parameters.
        xs: Inputs (T, B, D).
        start: The states before the first step, in the order of `cell.states`, each (B, H); zeros where left out.

    Returns:
        The values of each line by its name, each (T, B, H).
    """
    cell = cell_of(cell)
    size = next(len(p[name]) for name in cell.parameters if cell.shape(name)[0] == "H")
    state = start if start is not None else zero_state(cell, size, xs.shape[1:-1])
    befores = tuple(f"{name}_prev" for name in cell.states)
    names = tuple(line.name for line in cell.lines)
    one_step = compiled(cell.lines, (*cell.inputs, *befores), names)
    rows = []
    for x in xs:
        row = dict(zip(names, one_step(*([x] * len(cell.inputs)), *state, p), strict=True))
        state = [row[name] for name in cell.states]
        rows.append(row)
    return {name: np.stack([row[name] for row in rows]) for name in names}


def read_bit(states: Any, bits: Any) -> float:
    """How often a straight line through a state tells the bit.

    The line is fitted to the first half of the sequences and judged by the other half, so that it cannot learn them by
    heart.

    Args:
        states: One state of each sequence (B, H).
        bits: The bits (B,).

    Returns:
        The share of right answers; half of them are right by chance.
    """
    scaled = states / (np.abs(states).max(axis=0) + np.finfo(float).tiny)
    columns = np.column_stack([scaled, np.ones(len(scaled))])
    half = len(bits) // 2
    line = np.linalg.lstsq(columns[:half], bits[:half], rcond=None)[0]
    return float(np.mean(np.sign(columns[half:] @ line) == bits[half:]))


def bit_over_time(cell: Cell | str, p: Params, xs: Any, bits: Any) -> Any:
    """How often a straight line through all states of a cell tells the bit, after each step.

    Args:
        cell: The cell, or its name in the catalogue.
        p: Its parameters.
        xs: Inputs (T, B, D).
        bits: The bits (B,).

    Returns:
        The shares (T,).
    """
    values = run_cell(cell, p, xs)
    states = np.concatenate([values[name] for name in cell_of(cell).states], axis=-1)
    return np.array([read_bit(state, bits) for state in states])


def train_on_bits(
    cell: Cell | str, H: int, steps: int = 20, rounds: int = 300, seed: int = 0, **biases: float
) -> Params:
    """Train a cell to tell the bit at the end, with Adam and fresh sequences in every round.

    Args:
        cell: The cell, or its name in the catalogue.
        H: Number of units.
        steps: Length of the sequences it sees.
        rounds: How many steps of Adam.
        seed: What weights and sequences are drawn from.
        **biases: Where a bias of the cell begins, such as `b_f=3`; the others begin as in torch.

    Returns:
        The parameters of the cell.
    """
    import torch

    from gatedrnn_course.engines import Recurrent

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layer, answer = Recurrent(cell_of(cell), 2, H), torch.nn.Linear(H, 1)
        for name, value in biases.items():
            layer.named()[name].data.fill_(value)
    optimiser = torch.optim.Adam([*layer.parameters(), *answer.parameters()], lr=0.02)
    for k in range(rounds):
        xs, bits = (torch.from_numpy(array).float() for array in bit_sequences(32, steps, seed * rounds + k + 1))
        outputs, _state = layer(xs)
        loss = torch.nn.functional.soft_margin_loss(answer(outputs[-1])[:, 0], bits)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return Params({name: tensor.detach().double().numpy() for name, tensor in layer.named().items()})
