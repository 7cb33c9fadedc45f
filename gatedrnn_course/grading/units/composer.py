"""The composer of unit 11: equations of the learner's choice and parameters from a file, judged on fresh chorales."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.cells import catalogue, draw_params
from gatedrnn_course.grading.items import ByLoss, TrainedEquationsItem
from gatedrnn_course.grading.items.stored import write_stored
from gatedrnn_course.grading.items.trained_item import FileMistake
from gatedrnn_course.tasks import Batch, Split
from gatedrnn_course.tasks.batch import Sequence as Piece
from gatedrnn_course.tasks.chorales import MadeChorales, made_chorale
from gatedrnn_course.text import mark

__all__ = ["AT_MOST", "HIDDEN", "STEPS", "composer_item", "trained_composer"]

NOTES, HIDDEN = 88, 32
AT_MOST = 7.75
"""Nats a step: a Markov chain for each note, which knows the step before, has 8.55."""
STEPS = 300
"""How many batches the notebook trains on."""
BY_HEART = 5
"""So many chorales are soon known by heart."""

Arrays = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Fresh(MadeChorales):
    """The same task with chorales that nobody has seen: those of a part are drawn, not kept."""

    def draw(self, rng: np.random.Generator, size: int, split: Split) -> Batch:
        """New chorales."""
        rolls = (made_chorale(rng) for _piece in range(size))
        return self.stack([Piece(roll[:-1], roll[1:]) for roll in rolls])


@lru_cache(maxsize=4)
def trained_composer(steps: int = 300, pieces: int = 200, cell: str = "LSTM") -> Arrays:
    """Parameters trained by the course's own engine in seconds, for the proof that the item can be passed.

    Args:
        steps: How many batches.
        pieces: How many chorales.
        cell: A cell of the catalogue.
    """
    from gatedrnn_course.engines.population import Population
    from gatedrnn_course.training import fit_population

    settings: dict[str, Any] = {"loss": "bernoulli", "optimiser": "adam", "learning_rates": 0.02}
    population = Population(cell, NOTES, NOTES, HIDDEN, [0], scale=(3 * HIDDEN) ** -0.5, **settings)
    fit_population(population, MadeChorales(pieces), steps=steps, batch_size=20, progress=False)
    return {name: np.asarray(array, float) for name, array in population.parameters(0).items()}


def _first(cell: str = "LSTM") -> Arrays:
    rng = np.random.default_rng(0)
    p = draw_params(catalogue[cell], NOTES, HIDDEN, rng, scale=0.1)
    return {**p, "W_y": rng.normal(0.0, 0.1, (NOTES, HIDDEN)), "b_y": np.zeros(NOTES)}


def _with(**changes: Callable[[Any], Any] | None) -> Callable[[], bytes]:
    def made() -> bytes:
        found = dict(trained_composer())
        for name, change in changes.items():
            if change is None:
                del found[name]
            else:
                found[name] = change(found[name])
        return write_stored(found)

    return made


WRONG_FILES = (
    FileMistake(mark("There is no file `composer.npz`"), lambda: None),
    FileMistake(mark("It is no whole .npz file"), lambda: write_stored(trained_composer())[:-100]),
    FileMistake(mark("it is not trained"), lambda: write_stored(_first())),
    FileMistake(mark("The file lacks"), lambda: write_stored(_first("GRU"))),
    FileMistake(mark("The file lacks `W_y`"), _with(W_y=None)),
    FileMistake(mark("has the shape (88, 32), expected is (32, 88)"), _with(W_f=lambda W: W.T)),
    FileMistake(mark("holds nan or inf"), _with(U_f=lambda U: U * np.nan)),
    FileMistake(mark("learned them by heart"), lambda: write_stored(trained_composer(400, BY_HEART))),
    FileMistake(mark("train longer"), lambda: write_stored(trained_composer(70))),
)


def composer_item(points: int, forbidden: tuple[str, ...], hints: tuple[str, str, str]) -> TrainedEquationsItem:
    """The item.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
        hints: Three hints.
    """
    return TrainedEquationsItem(
        "composer",
        points,
        mark("The cell of your choice, as equations; its parameters, trained, are in composer.npz."),
        hints,
        forbidden,
        cell=catalogue["LSTM"],
        measure=ByLoss(Fresh(), 200, at_most=AT_MOST),
        known=MadeChorales(),
        solution=lambda: write_stored(trained_composer()),
        wrong_files=WRONG_FILES,
    )
