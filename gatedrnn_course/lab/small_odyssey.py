"""`small_odyssey()`: the nine variants by random search on one small task, in seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.cells import Cell, parse
from gatedrnn_course.studies.odyssey.space import NAMES, Range, Space
from gatedrnn_course.studies.odyssey.variants import VARIANTS

__all__ = ["SPACE", "Search", "small_odyssey"]

SPACE = Space(hidden_size=Range(4, 16, log=True), learning_rate=Range(0.01, 10.0, log=True))
"""Small cells, and learning rates for runs of a few hundred steps; the rest as in the paper."""
LENGTH, BATCH, JUDGED = 40, 8, 64
"""Symbols of a stream, streams a step, and streams that a loss is measured on."""
WORST = 7 * float(np.log(2))
"""The loss of saying one half to everything: it stands for a run that diverged."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Search:
    """The trials of a random search, by the name of the variant.

    Attributes:
        places: The uniform numbers that the settings were made of, each (trials, 4).
        settings: The settings, each by its name (trials,).
        validation: Losses on the validation part (trials,).
        test: Losses on the test part (trials,).
    """

    places: dict[str, Floats]
    settings: dict[str, dict[str, Floats]]
    validation: dict[str, Floats]
    test: dict[str, Floats]


def small_odyssey(
    variants: Sequence[str] | Mapping[str, Cell | str] | None = None, trials: int = 100, steps: int = 200, seed: int = 0
) -> Search:
    """Train variants with settings drawn at random, all of them as one population.

    The task is the continual embedded Reber grammar: say which symbols may come next, in streams of strings one after
    the other, without a sign where one ends.

    Args:
        variants: Names of the nine, or cells or texts of equations by a name; all nine where left out.
        trials: How many of each.
        steps: Steps of gradient descent with Nesterov's momentum, each on 8 streams of 40 symbols.
        seed: Of settings, first parameters and data.

    Returns:
        The settings and losses; nats a step, the same test streams for all.

    Source: Greff et al. 2017, section IV, made small; task of Gers, Schmidhuber and Cummins 2000.
    """
    from gatedrnn_course.engines import Population
    from gatedrnn_course.tasks import ContinualReber, stream

    cells = _cells(variants)
    task = ContinualReber(length=LENGTH)
    places = np.random.default_rng(seed).uniform(size=(len(cells), trials, len(NAMES)))
    drawn = [[SPACE.trial(u) for u in row] for row in places]
    flat = [trial for row in drawn for trial in row]
    population = Population(
        [cell for cell in cells.values() for _k in range(trials)],
        task.input_size,
        task.output_size,
        [trial.hidden_size for trial in flat],
        [seed * len(flat) + k for k in range(len(flat))],
        loss="bernoulli",
        learning_rates=[trial.learning_rate for trial in flat],
        momenta=[trial.momentum for trial in flat],
        noise=[trial.noise for trial in flat],
        threads=2,
    )
    for k in range(steps):
        batch = task.batch(stream(seed, "train", k), BATCH)
        population.step(batch.inputs, batch.targets)

    def losses(split: Any) -> dict[str, Floats]:
        batch = task.batch(seed, JUDGED, split)
        found = population.loss(batch.inputs, batch.targets)
        rows = np.where(np.isfinite(found), np.minimum(found, WORST), WORST).reshape(len(cells), trials)
        return dict(zip(cells, rows, strict=True))

    settings = [{name: np.array([float(getattr(trial, name)) for trial in row]) for name in NAMES} for row in drawn]
    return Search(
        dict(zip(cells, places, strict=True)),
        dict(zip(cells, settings, strict=True)),
        losses("valid"),
        losses("test"),
    )


def _cells(variants: Sequence[str] | Mapping[str, Cell | str] | None) -> dict[str, Cell]:
    """Cells by name, from names of the nine or from cells and texts."""
    if isinstance(variants, Mapping):
        return {name: parse(one, name) if isinstance(one, str) else one for name, one in variants.items()}
    return {name: VARIANTS[name].cell for name in variants or VARIANTS}
