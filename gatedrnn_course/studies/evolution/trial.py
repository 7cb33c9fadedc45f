"""Trains many architectures on a task at once and tells the best accuracy of each."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.tasks import Batch, Task, stream

__all__ = ["Entrant", "Outcome", "compete", "own_seed", "tier_for_new_cells"]

AT_ONCE = 1000
"""Models trained as one population: they share their batches, and their parameters fit into memory."""


def own_seed(*key: int) -> int:
    """A seed from numbers: the same for the same ones, and apart from all others."""
    return int(np.random.SeedSequence(key).generate_state(1)[0])


def tier_for_new_cells() -> Literal["interpreted", "torch"]:
    """The tier of populations that begins a cell nobody has run before the soonest: it compiles nothing for a cell."""
    import torch

    from gatedrnn_course.engines.population.compiled import trains

    return "interpreted" if trains(torch.float32) else "torch"


@dataclass(frozen=True)
class Entrant:
    """An architecture with the way it is trained.

    Attributes:
        cell: The cell.
        hidden_size: H.
        learning_rate: Of Adam.
        scale: First weights are uniform up to scale / √H, biases too.
        seed: Of the first parameters.
        forget_bias: What is added to the bias that keeps the old state at the start; 0 for nothing.
    """

    cell: Cell
    hidden_size: int
    learning_rate: float
    scale: float
    seed: int
    forget_bias: float = 0.0

    def parameters(self, shapes: dict[str, tuple[int, ...]]) -> dict[str, NDArray[np.float64]]:
        """First parameters, by name."""
        rng = np.random.default_rng(self.seed)
        bound = self.scale / np.sqrt(self.hidden_size)
        found = {name: rng.uniform(-bound, bound, shape) for name, shape in shapes.items()}
        if self.forget_bias:
            from gatedrnn_course.engines.modules.initialise import keeping_biases

            for name, sign, _writing in keeping_biases(self.cell):
                found[name] = np.full(shapes[name], sign * self.forget_bias)
        return found


@dataclass(frozen=True)
class Outcome:
    """What came of an entrant.

    Attributes:
        accuracy: The best it reached; 0 where it diverged before the first look.
        steps: At which step it ended.
        diverged: Whether its loss or gradient was no finite number.
    """

    accuracy: float
    steps: int
    diverged: bool


def compete(
    task: Task,
    entrants: Sequence[Entrant],
    *,
    steps: int,
    every: int,
    batch: int,
    validation: int,
    seed: int,
    ended: Callable[[int, float], bool] = lambda _step, _accuracy: False,
    tier: Any = "auto",
    threads: int = 1,
) -> list[Outcome]:
    """Train every entrant on the same batches; what becomes of one does not depend on who else is there.

    Args:
        task: The task.
        entrants: Who trains.
        steps: Steps of training.
        every: Steps between two looks at the accuracy on validation sequences.
        batch: Sequences in a batch.
        validation: Sequences an accuracy is measured on.
        seed: Of the batches.
        ended: Whether an entrant is done, by the step and its best accuracy so far.
        tier: The tier of the populations.
        threads: How many models train at once.

    Returns:
        An outcome for each.
    """
    found: list[Outcome] = []
    with _one_thread():
        for begin in range(0, len(entrants), AT_ONCE):
            some = entrants[begin : begin + AT_ONCE]
            found += _together(task, some, steps, every, (batch, validation, seed), ended, tier, threads)
    return found


@contextmanager
def _one_thread() -> Iterator[None]:
    """Inside, torch computes in one thread: its tensors are small here, and the models have threads of their own."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _together(
    task: Task,
    entrants: Sequence[Entrant],
    steps: int,
    every: int,
    drawn: tuple[int, int, int],
    ended: Callable[[int, float], bool],
    tier: Any,
    threads: int,
) -> list[Outcome]:
    batch, validation, seed = drawn
    population = _population(task, entrants, tier, threads)
    judged = task.batch(stream(seed, "valid"), validation, "valid")
    best, ends = np.zeros(len(entrants)), np.full(len(entrants), steps)
    learning, step = list(range(len(entrants))), 0
    coming = _drawn_ahead(task, seed, batch)
    while learning and step < steps:
        given = next(coming)
        population.step(given.inputs, given.targets, given.mask, given.lengths)
        step += 1
        if step % every and step != steps:
            continue
        frozen = population.frozen
        alive = [k for k in learning if not frozen[k]]
        ends[[k for k in learning if frozen[k]]] = step
        found = population.outputs(judged.inputs, alive, judged.lengths) if alive else ()
        for k, outputs in zip(alive, found, strict=True):
            best[k] = max(best[k], task.score(outputs, judged))
        learning = []
        for k in alive:
            if ended(step, float(best[k])):
                ends[k] = step
                population.rest(k)
            else:
                learning.append(k)
    coming.close()
    frozen = population.frozen
    return [Outcome(float(best[k]), int(ends[k]), bool(frozen[k])) for k in range(len(entrants))]


def _drawn_ahead(task: Task, seed: int, batch: int) -> Generator[Batch]:
    """Batches to train on, without end; each is drawn while the models learn from the one before."""
    with ThreadPoolExecutor(1) as beside:
        next_one = beside.submit(task.batch, stream(seed, "train", 0), batch)
        for step in count(1):
            given = next_one.result()
            next_one = beside.submit(task.batch, stream(seed, "train", step), batch)
            yield given


def _population(task: Task, entrants: Sequence[Entrant], tier: Any, threads: int) -> Any:
    """The entrants as models of a population, each with its own first parameters."""
    from gatedrnn_course.engines.population import Population

    population = Population(
        [own.cell for own in entrants],
        task.input_size,
        task.output_size,
        [own.hidden_size for own in entrants],
        [own.seed for own in entrants],
        loss=task.loss,
        optimiser="adam",
        learning_rates=[own.learning_rate for own in entrants],
        momenta=0.9,
        tier=_same(tier),
        threads=threads,
    )
    for k, own in enumerate(entrants):
        population.set_parameters(k, own.parameters(population.settings[k].shapes))
    return population


def _same(tier: Any) -> Any:
    """The tier, the same whoever else is in a population, which `"auto"` does not promise."""
    from gatedrnn_course.engines.c_tier import available

    return "interpreted" if tier == "auto" and available() else tier
