"""How large a study is: for a lesson, for a coffee, and as in the paper."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.lookup import Named
from gatedrnn_course.tasks import Arithmetic, Memorisation, Task, XMLTags
from gatedrnn_course.tasks.sentences import Sentences
from gatedrnn_course.text import mark

__all__ = ["SIZES", "Filter", "Setting", "Size", "Stage", "hidden_size_for", "settings_of"]

RACE = ((300, 0.17), (600, 0.43), (1000, 0.71))
"""What all but about 2 % of those that pass had reached by then, at each of the three (of 74 among 160 mutants)."""
SCALES = (0.3, 0.7, 1.0, 1.4, 2.0, 2.8)
"""The paper's: first parameters are uniform up to scale / √H."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """The memorisation that every architecture has to pass.

    Attributes:
        task: The task.
        steps: How many steps it has for it.
        every: Steps between two looks.
        parameters: Numbers that each architecture learns, about.
        learning_rate: Of Adam.
        accuracy: What is asked.
        race: Pairs of a number of steps and an accuracy: who is below it then is given up.
    """

    task: Memorisation = field(default_factory=Memorisation)
    steps: int = 2500
    every: int = 100
    parameters: int = 18_000
    learning_rate: float = 0.01
    accuracy: float = 0.95
    race: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One task of the second stage.

    Attributes:
        task: The task.
        steps: Steps of training with each setting.
    """

    task: Task
    steps: int


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large a study is.

    Attributes:
        name: Its name.
        architectures: Mutants that meet the filter, duplicates not counted.
        portion: Steps of the search made at once, all from the list as it stood before.
        reevaluate: The chance that a step evaluates a member again instead of mutating one.
        settings: New settings of an architecture on each task.
        parameters: Numbers that each architecture learns in the second stage, about.
        learning_rates: Those that settings are made of.
        scales: Those of the first parameters.
        filter: The filter.
        stages: The tasks, in the order they are met.
        batch: Sequences in a batch.
        validation: Sequences an accuracy is measured on.
        looks: How often in a training the accuracy is measured; the best counts.
    """

    name: str
    architectures: int
    portion: int
    reevaluate: float
    settings: int
    parameters: int
    learning_rates: tuple[float, ...] = (0.01, 0.02, 0.04)
    scales: tuple[float, ...] = SCALES
    filter: Filter
    stages: tuple[Stage, ...]
    batch: int = 20
    validation: int = 200
    looks: int = 4

    def described(self) -> dict[str, Any]:
        """What has to be the same for a study to go on."""
        return {"size": repr(self)}


@dataclass(frozen=True)
class Setting:
    """One way of training.

    Attributes:
        learning_rate: Of Adam.
        scale: First parameters are uniform up to scale / √H.
    """

    learning_rate: float
    scale: float


def settings_of(size: Size, key: tuple[int, ...]) -> list[Setting]:
    """Every setting once, in an order of its own for each key; the next ones are the "new random settings".

    Args:
        size: The size of the study.
        key: What the order depends on: seed and architecture.
    """
    every = [Setting(rate, scale) for rate in size.learning_rates for scale in size.scales]
    return [every[k] for k in np.random.default_rng(key).permutation(len(every))]


def hidden_size_for(cell: Cell, input_size: int, output_size: int, parameters: int) -> int:
    """The hidden size with which a cell and its read-out come nearest to a number of parameters from below.

    Args:
        cell: The cell.
        input_size: D.
        output_size: K.
        parameters: The number.

    Returns:
        H, at least 1.

    Source:
        Jozefowicz, Zaremba and Sutskever 2015: all architectures have the same number of parameters; their number of
        units is found by binary search.
    """

    def total(H: int) -> int:
        return cell.parameter_count(input_size, H) + output_size * (H + 1)

    low, high = 1, 2
    while total(high) <= parameters:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if total(middle) <= parameters else (low, middle)
    return low


def _stages(digits: int, most: int, length: int, *steps: int) -> tuple[Stage, ...]:
    tasks: tuple[Task, ...] = (Arithmetic(digits), XMLTags(most), Sentences(length))
    return tuple(Stage(task=task, steps=count) for task, count in zip(tasks, steps, strict=True))


LESSON = Size(
    name="lesson",
    architectures=40,
    portion=20,
    reevaluate=0.1,
    settings=1,
    parameters=3_000,
    learning_rates=(0.01, 0.03),
    scales=(1.0, 1.4),
    filter=Filter(
        task=Memorisation(letters=3, kinds=8),
        steps=500,
        every=50,
        parameters=2_500,
        learning_rate=0.02,
        race=((200, 0.25),),
    ),
    stages=_stages(1, 2, 15, 150, 150, 150),
    validation=100,
    looks=2,
)
REDUCED = Size(
    name="reduced",
    architectures=10_000,
    portion=250,
    reevaluate=0.1,
    settings=2,
    parameters=8_000,
    filter=Filter(race=RACE),
    stages=_stages(2, 2, 20, 500, 1000, 400),
)
PAPER = Size(
    name="paper",
    architectures=10_000,
    portion=100,
    reevaluate=0.5,
    settings=20,
    parameters=250_000,
    learning_rates=(0.0003, 0.001, 0.003, 0.01),
    filter=Filter(parameters=25_000),
    stages=_stages(8, 50, 35, 20_000, 20_000, 20_000),
    validation=1000,
    looks=20,
)
SIZES: Named[Size] = Named(mark("A size of the study."), {size.name: size for size in (LESSON, REDUCED, PAPER)})
"""The sizes by name."""
