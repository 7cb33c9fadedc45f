"""Small networks that learn to count: a^n b^n or a^n b^n c^n, trained up to n = 10 and tried far beyond."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gatedrnn_course.cells import Cell, Params, cell_of
from gatedrnn_course.lab.memory import run_cell

__all__ = ["Counters", "train_to_count"]

TRIED = 60
"""The longest n that is tried."""


@dataclass(frozen=True)
class Counters:
    """Networks of one kind after training.

    Attributes:
        cell: Their cell.
        reach: For each network the largest n such that the strings of 1 to n are all accepted, up to 60.
        params: The parameters of each network's cell.
        letters: 2 or 3.
    """

    cell: Cell
    reach: list[int]
    params: list[Params]
    letters: int = 2

    def run(self, network: int, n: int) -> dict[str, Any]:
        """Every line of a network's cell while it reads S a^n b^n (c^n).

        Args:
            network: Which one.
            n: How many of each letter.

        Returns:
            The values of each line by its name, each (letters n + 1, H).
        """
        from gatedrnn_course.tasks import Counting

        run = run_cell(self.cell, self.params[network], Counting(self.letters).strings([n]).inputs)
        return {name: values[:, 0] for name, values in run.items()}


def train_to_count(
    cell: Cell | str, H: int, networks: int = 6, rounds: int = 2000, letters: int = 2, **biases: float
) -> Counters:
    """Train small networks to say which letter may come next in a^n b^n (c^n), n from 1 to 10, with Adam.

    Args:
        cell: The cell, or its name in the catalogue.
        H: Number of units.
        networks: How many, each from a start of its own.
        rounds: How many steps of Adam, each on 32 strings.
        letters: 2 or 3.
        **biases: Where a bias of the cell begins, such as `b_f=1`.

    Returns:
        The networks, each with the parameters of its lowest loss.

    Source: Gers and Schmidhuber 2001.
    """
    from gatedrnn_course.engines import Population
    from gatedrnn_course.tasks import Counting
    from gatedrnn_course.training import fit_population

    cell, task = cell_of(cell), Counting(letters)
    settings: dict[str, Any] = {"loss": "bernoulli", "optimiser": "adam", "learning_rates": 0.01, "scale": 0.2}
    population = Population(cell, task.input_size, task.output_size, H, range(networks), **settings)
    for k in range(networks):
        population.set_parameters(k, {name: np.full(H, value) for name, value in biases.items()})
    fit_population(population, task, steps=rounds, evaluate_every=100, validation=10, progress=False)
    batch = task.strings(range(1, TRIED + 1))
    right = ((population.outputs(batch.inputs) > 0) == (batch.targets > 0.5)).all(axis=-1) | (batch.mask == 0)
    accepted = np.pad(right.all(axis=1), ((0, 0), (0, 1)))
    found = [population.parameters(k) for k in range(networks)]
    params = [Params({name: one[name].astype(float) for name in cell.parameters}) for one in found]
    return Counters(cell, accepted.argmin(axis=1).tolist(), params, letters)
