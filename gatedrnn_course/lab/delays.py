"""Small networks that learn to measure the time between two spikes."""

from __future__ import annotations

from typing import Any

import numpy as np

from gatedrnn_course.cells import Cell, cell_of

__all__ = ["train_on_delays"]

INTERVAL = 20


def train_on_delays(
    cell: Cell | str, H: int = 4, networks: int = 12, rounds: int = 2000, **biases: float
) -> list[float]:
    """Train small networks to tell whether a spike comes after 20 steps or after 21, with Adam.

    At the spike the network is to say 0 or 1; it is right where it is off by less than 0.49.

    Args:
        cell: The cell, or its name in the catalogue.
        H: Number of units.
        networks: How many, each from a start of its own.
        rounds: How many steps of Adam at most, each on 16 sequences.
        **biases: Where a bias of the cell begins, such as `b_f=1`.

    Returns:
        For each network the rounds until all of 32 other sequences were right, looked at every 100; nan where that
        never was.

    Source: Gers, Schraudolph and Schmidhuber 2002, with one interval a sequence.
    """
    from gatedrnn_course.engines import Population
    from gatedrnn_course.tasks import MeasureSpikeDelays
    from gatedrnn_course.training import fit_population

    task = MeasureSpikeDelays(interval=INTERVAL, intervals=1)
    settings: dict[str, Any] = {"loss": "mse", "optimiser": "adam", "learning_rates": 0.003, "scale": 0.2}
    population = Population(cell_of(cell), task.input_size, task.output_size, H, range(networks), **settings)
    for k in range(networks):
        population.set_parameters(k, {name: np.full(H, value) for name, value in biases.items()})
    looks: dict[str, Any] = {"evaluate_every": 100, "validation": 32, "stop_when_solved": True}
    found = fit_population(population, task, steps=rounds, batch_size=16, progress=False, **looks)
    return [float(one.rows[-1].step) if one.stopped == "solved" else float("nan") for one in found]
