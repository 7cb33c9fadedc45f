"""Small networks of several kinds that learn a task side by side: how many sequences are right as training goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gatedrnn_course.cells import Cell, cell_of

__all__ = ["Learned", "learn_task"]


@dataclass(frozen=True)
class Learned:
    """What became of the networks.

    Attributes:
        rounds: After how many rounds they were looked at (R,).
        right: For each kind the share of fresh sequences answered right, by look and network (R, networks).
        solved: For each kind how many networks met the criterion of the task's paper in the end.
    """

    rounds: Any
    right: dict[str, Any]
    solved: dict[str, int]

    @property
    def curves(self) -> dict[str, Any]:
        """A curve for each network."""
        return {f"{kind} {k + 1}": row for kind, rows in self.right.items() for k, row in enumerate(rows.T)}


def learn_task(
    name: str,
    kinds: Mapping[str, Cell | str],
    networks: int = 3,
    rounds: int = 1000,
    H: int = 16,
    rate: float = 0.01,
    settings: Mapping[str, Any] | None = None,
    **biases: Any,
) -> Learned:
    """Train small networks on a task, with Adam on the same fresh sequences.

    Args:
        name: The task's name in the catalogue of tasks.
        kinds: For each curve's name the cell.
        networks: How many of each kind, each from a start of its own.
        rounds: How many batches of 64.
        H: Number of units.
        rate: The learning rate.
        settings: What the task is made with, such as `length`.
        **biases: Where a bias begins, in cells that have it: a number, or one for each unit.

    Returns:
        What became of them.
    """
    from gatedrnn_course.engines import Population
    from gatedrnn_course.tasks import catalogue
    from gatedrnn_course.training import fit_population
    from gatedrnn_course.training.threads import one_thread

    task = catalogue[name](**(settings or {}))
    cells = [cell_of(cell) for cell in kinds.values() for _k in range(networks)]
    seeds = [seed for _kind in kinds for seed in range(networks)]
    wide: dict[str, Any] = {"loss": task.loss, "scale": (3.0 * H) ** -0.5, "optimiser": "adam", "learning_rates": rate}
    population = Population(cells, task.input_size, task.output_size, H, seeds, **wide)
    for k, cell in enumerate(cells):
        own = {bias: np.broadcast_to(value, (H,)) for bias, value in biases.items() if bias in cell.parameters}
        population.set_parameters(k, own)
    every = max(1, rounds // 20)
    looks: dict[str, Any] = {"batch_size": 64, "evaluate_every": every, "validation": 400, "progress": False}
    with one_thread():
        found = fit_population(population, task, steps=rounds, **looks)
    metrics = np.array([history.column("metric") for history in found]).reshape(len(kinds), networks, -1)
    batch = task.batch(1, task.criterion.sequences, "test")
    solved = [task.solved(row, batch) for row in population.outputs(batch.inputs)]
    return Learned(
        np.array(found[0].column("step")),
        {kind: metrics[k].T for k, kind in enumerate(kinds)},
        {kind: sum(solved[k * networks : (k + 1) * networks]) for k, kind in enumerate(kinds)},
    )
