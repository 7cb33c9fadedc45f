"""A small evolution for a lesson: mutants that learn to spell, a search of a minute, the forget bias in seconds."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gatedrnn_course.cells import Cell, catalogue, cell_of
from gatedrnn_course.cells.edits.behaviour import behaviour
from gatedrnn_course.cells.edits.mutate import Mutant, mutate
from gatedrnn_course.lab.picture import Picture
from gatedrnn_course.lab.show import show
from gatedrnn_course.tasks.contract import one_of
from gatedrnn_course.text import _

__all__ = [
    "Evolved",
    "bias_race",
    "learn_to_spell",
    "mutants_of",
    "show_ancestry",
    "show_intervals",
    "small_evolution",
]

THREADS = 2
SHORT = 300
"""Steps of `learn_to_spell`, and twelve looks at the accuracy."""


@dataclass(frozen=True)
class Evolved:
    """What a search found.

    Attributes:
        cells: The list, the fittest first.
        fitness: Their fitness.
        tried: How many mutants met the filter.
        spelt: How many passed it.
        listed: How many passed every task.
        tree: The picture of the ancestry.
        tree_words: The same in words.
        changes: How each of the list came to be, in words.
    """

    cells: tuple[Cell, ...]
    fitness: tuple[float, ...]
    tried: int
    spelt: int
    listed: int
    tree: str
    tree_words: str
    changes: tuple[str, ...]


def mutants_of(cell: Cell | str, count: int, seed: int = 0, changes: int = 3) -> list[Mutant]:
    """Mutants of a cell, no two of them one architecture.

    Args:
        cell: The parent, or its name in the catalogue.
        count: How many.
        seed: Of the changes.
        changes: The most changes to each.

    Returns:
        The mutants, called "mutant 1" and so on.
    """
    parent, rng = cell_of(cell), np.random.default_rng(seed)
    found: list[Mutant] = []
    known = {behaviour(parent)}
    while len(found) < count:
        made = mutate(parent, rng, f"mutant {len(found) + 1}", most=changes)
        if made is not None and (key := behaviour(made.cell)) not in known:
            known.add(key)
            found.append(made)
    return found


def learn_to_spell(
    cells: Sequence[Cell | str], letters: int = 5, kinds: int = 8, steps: int = SHORT, seed: int = 0
) -> dict[str, list[float]]:
    """Train cells to read letters and to write them after a go sign, all with about as many parameters.

    Args:
        cells: Cells, or names in the catalogue.
        letters: How many letters.
        kinds: Of how many kinds.
        steps: Steps of Adam, each on 20 words.
        seed: Of first parameters and words.

    Returns:
        For each cell by its name the share of letters right, at 13 moments from before the first step to the last.

    Source: the filter of Jozefowicz, Zaremba and Sutskever 2015, made small.
    """
    from gatedrnn_course.studies.evolution.sizes import hidden_size_for
    from gatedrnn_course.studies.evolution.trial import Entrant, compete, tier_for_new_cells
    from gatedrnn_course.tasks import Memorisation

    task, every = Memorisation(letters, kinds), max(1, steps // 12)
    found = [cell_of(cell) for cell in cells]
    seen: list[float] = []
    tier = tier_for_new_cells()

    def noted(_step: int, accuracy: float) -> bool:
        seen.append(accuracy)
        return False

    entrants = [
        Entrant(cell, hidden_size_for(cell, task.input_size, task.output_size, 3000), 0.02, 1.0, seed) for cell in found
    ]
    curves: dict[str, list[float]] = {}
    for cell, entrant in zip(found, entrants, strict=True):
        seen.clear()
        compete(task, [entrant], steps=steps, every=every, batch=20, validation=100, seed=seed, ended=noted, tier=tier)
        curves[cell.name] = [1 / kinds, *seen, *[seen[-1] if seen else 1 / kinds] * (12 - len(seen))]
    return curves


def small_evolution(architectures: int = 24, seed: int = 0) -> Evolved:
    """A search from the LSTM and the GRU, as in the paper but small.

    Args:
        architectures: Mutants that meet the filter.
        seed: Of everything.
    """
    from gatedrnn_course.studies.evolution.report import ancestry_of
    from gatedrnn_course.studies.evolution.search import Evolution
    from gatedrnn_course.studies.evolution.sizes import LESSON

    size = replace(LESSON, architectures=architectures, portion=max(1, architectures // 3))
    with tempfile.TemporaryDirectory() as folder:
        study = Evolution(Path(folder), size, seed, THREADS)
        study.run(progress=False)
        rows, fitnesses, members = study.store.architectures(), study.fitnesses(), study.members()
        picture, words = ancestry_of(study)
        study.store.close()
    outcomes = [row.outcome for row in rows.values() if row.outcome != "start"]
    return Evolved(
        tuple(rows[k].cell for k in members),
        tuple(fitnesses[k] for k in members),
        len(outcomes),
        sum(outcome != "memorisation" for outcome in outcomes),
        outcomes.count("listed"),
        picture,
        words,
        tuple(rows[k].changes for k in members),
    )


def show_ancestry(found: Evolved) -> None:
    """Draw who comes from whom in a search."""
    show(Picture(found.tree, found.tree_words))


def bias_race(task: str = "letters", seeds: int = 8, steps: int = 400, seed: int = 0) -> dict[str, list[float]]:
    """Train LSTM, LSTM with b_f = 1 and GRU, all with about as many parameters.

    Args:
        task: `letters`: read ten letters of four kinds, then write them. `sums`: sums and differences of one digit.
        seeds: How many starts of each.
        steps: Steps of Adam, each on 20 sequences.
        seed: Of first parameters and sequences.

    Returns:
        The best share of symbols right, one number a start, by name. Starts of LSTM and LSTM-b differ in b_f only.
    """
    from gatedrnn_course.studies.evolution.sizes import hidden_size_for
    from gatedrnn_course.studies.evolution.trial import Entrant, compete
    from gatedrnn_course.tasks import Arithmetic, Memorisation

    one_of("task", task, ("letters", "sums"))
    given = Memorisation(10, 4) if task == "letters" else Arithmetic(1)
    names = ("LSTM", "LSTM-b", "GRU")
    entrants = [
        Entrant(
            catalogue[name],
            hidden_size_for(catalogue[name], given.input_size, given.output_size, 3000),
            0.02,
            1.0,
            1000 * seed + start,
            float(name == "LSTM-b"),
        )
        for start in range(seeds)
        for name in names
    ]
    outcomes = compete(
        given, entrants, steps=steps, every=max(1, steps // 4), batch=20, validation=200, seed=seed, threads=THREADS
    )
    return {name: [outcome.accuracy for outcome in outcomes[k :: len(names)]] for k, name in enumerate(names)}


def show_intervals(accuracies: Mapping[str, Sequence[float]]) -> None:
    """Draw mean accuracies with their intervals of 95 % over the starts.

    Args:
        accuracies: One number a start, by name.
    """
    from gatedrnn_course.studies.evolution.intervals import intervals, intervals_in_words
    from gatedrnn_course.studies.statistics import mean_interval

    rows = [(name, mean_interval(values), None) for name, values in accuracies.items()]
    show(Picture(intervals(_("Share of symbols right"), rows), intervals_in_words(rows)))
