"""Cells that start in different ways and learn to keep one bit, all on the same sequences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gatedrnn_course.cells import Params, catalogue
from gatedrnn_course.lab.memory import bit_sequences

__all__ = ["Race", "race_on_bits"]

Start = Callable[[Params, np.random.Generator], None]
"""Changes the first parameters of a cell in place."""
EVERY = 20
RATE = 0.01


@dataclass(frozen=True)
class Race:
    """What became of every start.

    Attributes:
        rounds: After how many rounds of training it was looked (R,).
        told: For each start the share of bits told at the end of a sequence, for each look and seed (R, seeds).
        params: For each start the trained parameters of each seed.
    """

    rounds: Any
    told: dict[str, Any]
    params: dict[str, list[Params]]


def race_on_bits(
    starts: Mapping[str, tuple[str, Start | None]], steps: int, rounds: int = 400, seeds: int = 5, H: int = 16
) -> Race:
    """Train cells to tell the bit at the end of a sequence, with Adam on the same fresh sequences.

    The first weights are as wide as those of torch, biases too, before a start changes them.

    Args:
        starts: For each name the cell, and what to change in its first parameters.
        steps: Length of the sequences.
        rounds: How many steps of Adam, each on 32 sequences.
        seeds: How many cells of each kind.
        H: Units of a cell.

    Returns:
        What became of them, on 400 other sequences.
    """
    from gatedrnn_course.engines.population import Population

    runs = [(name, seed) for name in starts for seed in range(seeds)]
    cells = [starts[name][0] for name, _seed in runs]
    first = [seed for _name, seed in runs]
    wide = (3.0 * H) ** -0.5  # a uniform number between -1/sqrt(H) and 1/sqrt(H) has this spread
    settings: dict[str, Any] = {"loss": "bernoulli", "optimiser": "adam", "learning_rates": RATE, "scale": wide}
    population = Population(cells, 2, 1, H, first, **settings)
    for k, (name, seed) in enumerate(runs):
        change = starts[name][1]
        if change is not None:
            p = Params(population.parameters(k))
            change(p, np.random.default_rng(seed))
            population.set_parameters(k, p)
    xs, _bits = bit_sequences(400, steps, seed=10**6)
    xs[0, :, 0] = bits = np.tile([-1.0, 1.0], 200)  # as many of each, so that guessing is 0.5
    rows, looks = [], range(0, rounds + 1, EVERY)
    for k in range(rounds + 1):
        if k in looks:
            rows.append(((population.outputs(xs)[:, -1, :, 0] > 0) == (bits > 0)).mean(axis=1))
        if k < rounds:
            some, theirs = bit_sequences(32, steps, seed=k + 1)
            population.step(some, (theirs[:, None] + 1) / 2)
    table = np.array(rows).reshape(len(rows), len(starts), seeds)
    told = {name: table[:, k] for k, name in enumerate(starts)}
    params: dict[str, list[Params]] = {name: [] for name in starts}
    for k, (name, _seed) in enumerate(runs):
        own = catalogue[cells[k]].parameters
        found = population.parameters(k)
        params[name].append(Params({key: found[key].astype(float) for key in own}))
    return Race(np.array(looks), told, params)
