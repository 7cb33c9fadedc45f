"""The adding problem for lessons: one sequence to look at, and what small networks make of it after training."""

from __future__ import annotations

from typing import Any

import numpy as np

from gatedrnn_course.cells import Cell

__all__ = ["adding_errors", "adding_sequences"]


def adding_sequences(count: int, steps: int, seed: int = 0) -> tuple[Any, Any]:
    """Sequences of the adding problem.

    Args:
        count: How many, B.
        steps: How long, T.
        seed: What they are drawn from.

    Returns:
        The inputs (T, B, 2), a value in [0, 1] and a mark that is 1 at two steps, and the sums of the marked values
        (B,).
    """
    from gatedrnn_course.tasks import catalogue

    batch = catalogue["adding"](length=steps).batch(seed, count, "train")
    return batch.inputs, batch.targets[-1, :, 0]


def adding_errors(
    cell: Cell | str, steps: int, networks: int = 3, H: int = 16, rounds: int = 1500, **start: Any
) -> list[float]:
    """Train small networks on the adding problem, with Adam and fresh sequences in every round.

    Args:
        cell: The cell, or its name in the catalogue.
        steps: Length of the sequences, T.
        networks: How many, each from a start of its own.
        H: Number of units.
        rounds: How many steps of Adam.
        **start: Where a parameter of the cell begins, such as `U_h=np.eye(16)`; the others are drawn.

    Returns:
        The mean squared error of each network on fresh sequences. Always saying 1 has an error of 1/6.

    Source: Arjovsky, Shah and Bengio 2016.
    """
    from gatedrnn_course.engines import Population
    from gatedrnn_course.tasks import catalogue
    from gatedrnn_course.training import fit_population

    task = catalogue["adding"](length=steps)
    population = Population(
        cell, 2, 1, H, range(networks), loss="mse", optimiser="adam", learning_rates=0.01, scale=0.2
    )
    for k in range(networks):
        own = population.parameters(k)
        given = {name: np.broadcast_to(value, own[name].shape) for name, value in start.items()}
        population.set_parameters(k, given)
    histories = fit_population(
        population, task, steps=rounds, evaluate_every=rounds // 5, validation=1000, progress=False
    )
    return [float(history.best.validation) for history in histories if history.best]
