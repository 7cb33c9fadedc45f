"""The search: members of the list are mutated or evaluated again, portion by portion, until enough have been tried."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gatedrnn_course.cells.catalogue import GRU, LSTM
from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.edits.behaviour import behaviour
from gatedrnn_course.cells.edits.mutate import mutate
from gatedrnn_course.studies.evolution.filter import memorise
from gatedrnn_course.studies.evolution.fitness import LIST, best_members, fitness, reaches
from gatedrnn_course.studies.evolution.sizes import Size, Stage, hidden_size_for, settings_of
from gatedrnn_course.studies.evolution.store import Architecture, Evaluation, Store
from gatedrnn_course.studies.evolution.trial import Entrant, compete, own_seed, tier_for_new_cells

__all__ = ["Candidate", "Evolution", "Plan", "evolve_step"]

FILE = "evolution.sqlite"
START = (LSTM, GRU)
REFERENCE = 2
"""The number of the GRU."""
DRAWS = 50
"""How often a step draws a mutant anew when all it gets are duplicates."""
_MUTATION, _FIRST, _TRIAL, _BATCH, _ORDER = range(5)


@dataclass(frozen=True)
class Candidate:
    """A mutant that is no duplicate.

    Attributes:
        cell: The cell.
        parent: The number of the member it comes from.
        behaviour: What equal architectures share.
        operators: Which changes made it.
        changes: The same in words.
    """

    cell: Cell
    parent: int
    behaviour: str
    operators: str
    changes: str


@dataclass(frozen=True)
class Plan:
    """What the steps of a portion are.

    Attributes:
        again: Members to evaluate again.
        candidates: Mutants to try.
        duplicates: How many mutants were thrown away.
    """

    again: tuple[int, ...]
    candidates: tuple[Candidate, ...]
    duplicates: int


def evolve_step(
    members: Sequence[tuple[int, Cell]],
    rng: np.random.Generator,
    known: Iterable[str] = (),
    reevaluate: float = 0.5,
) -> int | Candidate | None:
    """What one step of the search does: a member to evaluate again, or a mutant of a member.

    Args:
        members: The list, as number and cell.
        rng: Source of randomness.
        known: What architectures so far do; a mutant that does the same is drawn anew.
        reevaluate: The chance of evaluating a member again.

    Returns:
        The number of the member to evaluate again, or the mutant; None if only duplicates were found.

    Source:
        Jozefowicz, Zaremba and Sutskever 2015, section 3.1.
    """
    if rng.random() < reevaluate:
        return members[int(rng.integers(len(members)))][0]
    found, _duplicates = _mutant(members, rng, set(known))
    return found


def _mutant(
    members: Sequence[tuple[int, Cell]], rng: np.random.Generator, known: set[str]
) -> tuple[Candidate | None, int]:
    """A mutant of a random member that nobody knows, and how many were thrown away before."""
    duplicates = 0
    for _draw in range(DRAWS):
        parent, cell = members[int(rng.integers(len(members)))]
        if (made := mutate(cell, rng)) is None:
            continue
        if (key := behaviour(made.cell)) not in known:
            return Candidate(made.cell, parent, key, " ".join(map(str, made.operators)), made.told), duplicates
        duplicates += 1
    return None, duplicates


class Evolution:
    """A study in a folder. `run` begins it or goes on with it, and may be stopped at any time.

    All random numbers come from the seed and the numbers of steps and architectures, and each portion of steps is
    written whole: a study that was stopped and taken up ends with the same tables as one that was not.

    Args:
        out: The folder.
        size: How large it is.
        seed: Of everything.
        threads: How many models train at once.
        tier: The tier of the populations; one that compiles nothing for a new cell where left out.

    Raises:
        CourseError: If the folder holds another study.
    """

    def __init__(self, out: Path, size: Size, seed: int = 0, threads: int = 1, tier: Any = None) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self.out, self.size, self.seed, self.threads = out, size, seed, threads
        self.tier = tier or tier_for_new_cells()
        self.store = Store(out / FILE, {**size.described(), "seed": seed})

    def run(self, progress: bool = True) -> None:
        """Go on until as many architectures have been tried as the size asks for.

        Args:
            progress: Whether to show a bar.
        """
        from gatedrnn_course.training.bar import bar_over

        if not self.store.architectures():
            self._start()
        done = self.tried
        bar = bar_over(self.size.architectures, done, "architectures", progress)
        try:
            while done < self.size.architectures:
                bar.set_postfix(listed=len(self.members()), best=f"{self.best_fitness:.3f}")
                self.portion()
                bar.update(self.tried - done)
                done = self.tried
            bar.set_postfix(listed=len(self.members()), best=f"{self.best_fitness:.3f}")
        finally:
            bar.close()

    @property
    def tried(self) -> int:
        """How many mutants have met the filter."""
        return sum(mutants for _number, mutants, *_rest in self.store.portions())

    @property
    def seconds(self) -> float:
        """How long all portions took together."""
        return sum(float(row[-1]) for row in self.store.portions())

    @property
    def reference(self) -> dict[str, float]:
        """The GRU's best accuracy on each task."""
        return self.store.best()[REFERENCE]

    @property
    def best_fitness(self) -> float:
        """The highest fitness of all."""
        return max(self.fitnesses().values())

    def fitnesses(self) -> dict[int, float]:
        """The fitness of all that passed every task, by number."""
        best, reference = self.store.best(), self.reference
        passed = [a.number for a in self.store.architectures().values() if a.outcome in ("start", "listed")]
        return {number: fitness(best[number], reference) for number in passed}

    def members(self) -> list[int]:
        """The list, the fittest first."""
        return best_members(self.fitnesses(), LIST)

    def _start(self) -> None:
        """The LSTM and the GRU, on every setting."""
        begun = time.perf_counter()
        rows = [
            Architecture(k, cell.name, None, -1, cell.text, behaviour(cell), "", "", None, None, "start")
            for k, cell in enumerate(START, 1)
        ]
        every = len(self.size.learning_rates) * len(self.size.scales)
        jobs = [(row.number, row.cell, number) for row in rows for number in range(every)]
        found = [row for stage in self.size.stages for row in self._evaluate(stage, jobs, -1)]
        with self.store.transaction():
            self.store.add(rows)
            self.store.add_evaluations(found)
            self.store.add_portion(-1, 0, 0, 0, time.perf_counter() - begun)

    def plan(self, number: int) -> Plan:
        """What the steps of a portion are, from the list as it stands."""
        architectures, known = self.store.architectures(), self.store.behaviours()
        members = [(k, architectures[k].cell) for k in sorted(self.members())]
        again: dict[int, None] = {}
        candidates: list[Candidate] = []
        duplicates, room = 0, self.size.architectures - self.tried
        for step in range(number * self.size.portion, (number + 1) * self.size.portion):
            rng = np.random.default_rng((self.seed, _MUTATION, step))
            if rng.random() < self.size.reevaluate:
                again[members[int(rng.integers(len(members)))][0]] = None
                continue
            found, thrown = _mutant(members, rng, known)
            duplicates += thrown
            if found is not None and len(candidates) < room:
                candidates.append(found)
                known.add(found.behaviour)
        return Plan(tuple(again), tuple(candidates), duplicates)

    def portion(self) -> None:
        """The next portion of steps."""
        begun = time.perf_counter()
        number = max(portion[0] for portion in self.store.portions()) + 1
        plan, first = self.plan(number), max(self.store.architectures()) + 1
        named = [(first + k, candidate) for k, candidate in enumerate(plan.candidates)]
        memory = memorise(
            [candidate.cell for _number, candidate in named],
            [own_seed(self.seed, _FIRST, k) for k, _candidate in named],
            self.size.filter,
            batch=self.size.batch,
            seed=own_seed(self.seed, _BATCH, number),
            tier=self.tier,
            threads=self.threads,
        )
        outcomes = {k: "memorisation" for k, _candidate in named}
        alive = [k for (k, _c), out in zip(named, memory, strict=True) if out.accuracy >= self.size.filter.accuracy]
        cells = {k: candidate.cell for k, candidate in named}
        found: list[Evaluation] = []
        again = self._again(plan.again)
        for stage in self.size.stages:  # members train beside the new ones, for fewer and fuller populations
            jobs = [(k, cells[k], setting) for k in alive for setting in range(self.size.settings)]
            reached = self._evaluate(stage, [*jobs, *again], number)
            found += reached
            best = {k: max(row.accuracy for row in reached if row.architecture == k) for k in alive}
            outcomes |= dict.fromkeys(alive, stage.task.name)
            alive = [k for k in alive if reaches(best[k], self.reference[stage.task.name])]
        outcomes |= dict.fromkeys(alive, "listed")
        rows = [
            Architecture(
                k,
                f"E{k}",
                own.parent,
                number,
                own.cell.text,
                own.behaviour,
                own.operators,
                own.changes,
                out.accuracy,
                out.steps,
                outcomes[k],
            )
            for (k, own), out in zip(named, memory, strict=True)
        ]
        with self.store.transaction():
            self.store.add(rows)
            self.store.add_evaluations(found)
            self.store.add_portion(number, len(named), plan.duplicates, len(plan.again), time.perf_counter() - begun)

    def _again(self, members: Sequence[int]) -> list[tuple[int, Cell, int]]:
        """New settings for members of the list, by number; those that have met all are left as they are."""
        architectures, met = self.store.architectures(), self.store.counted()
        every = len(self.size.learning_rates) * len(self.size.scales)
        return [
            (k, architectures[k].cell, setting)
            for k in members
            for setting in range(met[k], min(met[k] + self.size.settings, every))
        ]

    def _evaluate(self, stage: Stage, jobs: Sequence[tuple[int, Cell, int]], portion: int) -> list[Evaluation]:
        """Architectures on a task, each with one of its settings by number."""
        task = stage.task
        orders = {k: settings_of(self.size, (self.seed, _ORDER, k)) for k, _cell, _setting in jobs}
        entrants = [
            Entrant(
                cell,
                hidden_size_for(cell, task.input_size, task.output_size, self.size.parameters),
                orders[k][setting].learning_rate,
                orders[k][setting].scale,
                own_seed(self.seed, _TRIAL, k, setting),
            )
            for k, cell, setting in jobs
        ]
        outcomes = compete(
            task,
            entrants,
            steps=stage.steps,
            every=-(-stage.steps // self.size.looks),
            batch=self.size.batch,
            validation=self.size.validation,
            seed=own_seed(self.seed, _BATCH),
            tier=self.tier,
            threads=self.threads,
        )
        return [
            Evaluation(
                k,
                task.name,
                setting,
                own.learning_rate,
                own.scale,
                own.hidden_size,
                outcome.accuracy,
                outcome.diverged,
                portion,
            )
            for (k, _cell, setting), own, outcome in zip(jobs, entrants, outcomes, strict=True)
        ]
