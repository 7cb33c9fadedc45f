"""The fitness of unit 10: how an architecture compares with the GRU on the task it is worst at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake
from gatedrnn_course.studies.evolution.fitness import fitness
from gatedrnn_course.text import mark

__all__ = ["draw_accuracies", "fitness_item", "relative_fitness"]

Array = Any


def relative_fitness(accuracies: Array, reference: Array) -> float:
    """The least, over the tasks, of the best accuracy divided by the GRU's.

    Args:
        accuracies: Of each setting on each task, (tasks, settings).
        reference: The GRU's best on each task, (tasks,).
    """
    best = dict(enumerate(np.max(accuracies, axis=1)))
    named = {str(task): float(value) for task, value in best.items()}
    return fitness(named, {str(task): float(value) for task, value in enumerate(reference)})


def _typed(accuracies: Array, reference: Array) -> Any:
    """The same as somebody types it."""
    best = accuracies.max(axis=1)
    return (best / reference).min()


def draw_accuracies(
    rng: np.random.Generator, reference: Array, settings: int, about: Array, least: float = 0.5
) -> Array:
    """Accuracies (tasks, settings): the best of each task is `about` times the reference, none below `least` of it."""
    reach = np.asarray(about) * reference
    found = reach[:, None] * rng.uniform(least, 0.98, (len(reference), settings))
    found[np.arange(len(reference)), rng.integers(settings, size=len(reference))] = reach
    return found


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    """Three tasks and a few settings; the task that compares worst is the one that the GRU is best at.

    Once there are as many settings as tasks: what takes one axis for the other raises elsewhere, and tells nothing.
    """
    found = []
    for kind, about, settings in (
        ("batch", (0.95, 0.8, 1.1), 5),
        ("batch", (1.3, 1.2, 1.06), 4),
        ("batch", (1.1, 0.75, 0.9), 3),
        ("single", (0.7, 1.2, 0.9), 6),
    ):
        found.append(Draw(kind, _case(rng, about, settings)))
    return tuple(found)


def _case(rng: np.random.Generator, about: tuple[float, ...], settings: int) -> tuple[Array, Array]:
    """The arguments of a draw; where there are as many settings as tasks, the two mistakes with axes tell apart."""
    while True:
        reference = np.sort(rng.uniform(0.3, 0.7, 3))[np.argsort(np.argsort(np.negative(about)))]
        accuracies = draw_accuracies(rng, reference, settings, about)
        if settings != len(reference):
            return accuracies, reference
        if abs((accuracies / reference).max(1).min() - (accuracies.max(0) / reference).min()) > 0.01:
            return accuracies, reference


def _mistake(words: str, function: Callable[..., Any]) -> Mistake:
    return Mistake(words, function)


MISTAKES = (
    _mistake(
        mark("That is the mean over the tasks. The worst task counts: the least of the ratios."),
        lambda a, r: (a.max(1) / r).mean(),
    ),
    _mistake(
        mark("That is the best task. The worst one counts: the least of the ratios."),
        lambda a, r: (a.max(1) / r).max(),
    ),
    _mistake(mark("The worst setting of each task is taken. The best one counts."), lambda a, r: (a.min(1) / r).min()),
    _mistake(mark("The mean over the settings is taken. The best setting counts."), lambda a, r: (a.mean(1) / r).min()),
    _mistake(mark("It is not divided by the GRU's accuracy."), lambda a, r: a.max(1).min()),
    _mistake(
        mark("The ratio is turned: the architecture's accuracy is above the line, the GRU's below."),
        lambda a, r: (r / a.max(1)).min(),
    ),
    _mistake(
        mark("The ratio is turned: the architecture's accuracy is above the line, the GRU's below."),
        lambda a, r: (r / a.max(1)).max(),
    ),
    _mistake(
        mark("That is a difference to the GRU. A ratio is wanted: accuracy divided by accuracy."),
        lambda a, r: (a.max(1) - r).min(),
    ),
    _mistake(
        mark("The least accuracy is divided by the GRU's least. Divide task by task, then take the least."),
        lambda a, r: a.max(1).min() / r.min(),
    ),
    _mistake(
        mark("The least accuracy is divided by the GRU's mean. Divide task by task, then take the least."),
        lambda a, r: a.max(1).min() / r.mean(),
    ),
    _mistake(
        mark("The means over the tasks are divided. Divide task by task, then take the least."),
        lambda a, r: a.max(1).mean() / r.mean(),
    ),
    _mistake(mark("The ratios are multiplied. The least of them counts."), lambda a, r: (a.max(1) / r).prod()),
    _mistake(mark("The ratios are added. The least of them counts."), lambda a, r: (a.max(1) / r).sum()),
    _mistake(mark("That is the ratio of the first task alone."), lambda a, r: (a.max(1) / r)[0]),
    _mistake(mark("That is the ratio of the last task alone."), lambda a, r: (a.max(1) / r)[-1]),
    _mistake(
        mark("It is cut at 1. An architecture may be better than the GRU on every task."),
        lambda a, r: min(1.0, (a.max(1) / r).min()),
    ),
    _mistake(mark("The first setting of each task is taken. The best one counts."), lambda a, r: (a[:, 0] / r).min()),
    _mistake(
        mark("The best over the tasks is taken, axis 0. The settings are along axis 1."),
        lambda a, r: (a.max(0) / r).min(),
    ),
    _mistake(
        mark(
            "`accuracies / reference` divides along the settings: (tasks, settings) needs a column, reference[:, None]."
        ),
        lambda a, r: (a / r).max(1).min(),
    ),
    _mistake(
        mark("One setting is taken for all tasks. The best setting of each task counts."),
        lambda a, r: (a / r[:, None]).min(0).max(),
    ),
    _mistake(mark("It is in percent. The GRU's own fitness is 1."), lambda a, r: 100 * (a.max(1) / r).min()),
    _mistake(
        mark("The ratios of all tasks are handed back. The least of them is the fitness."), lambda a, r: a.max(1) / r
    ),
)


def fitness_item(points: int, hints: tuple[str, str, str], forbidden: tuple[str, ...]) -> FunctionItem:
    """The item.

    Args:
        points: What it is worth.
        hints: Three hints.
        forbidden: Names an answer must not use.
    """
    return FunctionItem(
        "fitness",
        points,
        mark("How fit an architecture is, relative to the GRU."),
        hints,
        forbidden,
        takes={
            "accuracies": mark("accuracy of each setting on each task, shape (tasks, settings)"),
            "reference": mark("the GRU's best accuracy on each task, shape (tasks,)"),
        },
        gives={"fitness": mark("one number; 1 for the GRU itself")},
        function=lambda accuracies, reference: np.float64(relative_fitness(accuracies, reference)),
        mistakes=MISTAKES,
        draw=_draws,
        alone=_typed,
    )
