"""The filter: an architecture spells five letters it has read, or is dropped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.studies.evolution.sizes import Filter, hidden_size_for
from gatedrnn_course.studies.evolution.trial import Entrant, Outcome, compete

__all__ = ["memorise"]


def memorise(
    cells: Sequence[Cell],
    seeds: Sequence[int],
    given: Filter,
    *,
    batch: int = 20,
    seed: int = 0,
    tier: Any = "auto",
    threads: int = 1,
) -> list[Outcome]:
    """Let architectures try the memorisation.

    An architecture ends as soon as it passes. One that is far behind at the steps of `given.race` is given up: of those
    that would pass, a few in a hundred are lost so, and much of the work is saved (`benchmarks/evolution.py` counts).

    Args:
        cells: The architectures.
        seeds: Of the first parameters of each.
        given: The filter.
        batch: Sequences in a batch.
        seed: Of the batches.
        tier: The tier of the populations.
        threads: How many train at once.

    Returns:
        An outcome for each; it has passed where its accuracy is at least `given.accuracy`.

    Source:
        Jozefowicz, Zaremba and Sutskever 2015, section 3.1: five symbols of 26, below 95 % is discarded.
    """
    task = given.task
    sizes = [hidden_size_for(cell, task.input_size, task.output_size, given.parameters) for cell in cells]
    entrants = [
        Entrant(cell, size, given.learning_rate, 1.0, own) for cell, size, own in zip(cells, sizes, seeds, strict=True)
    ]

    def ended(step: int, accuracy: float) -> bool:
        behind = any(step >= at and accuracy < least for at, least in given.race)
        return accuracy >= given.accuracy or behind

    return compete(
        task,
        entrants,
        steps=given.steps,
        every=given.every,
        batch=batch,
        validation=200,
        seed=seed,
        ended=ended,
        tier=tier,
        threads=threads,
    )
