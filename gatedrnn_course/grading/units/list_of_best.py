"""The step of unit 10: a newcomer passes one task after the other, or not, and the list of the best stays as long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake
from gatedrnn_course.grading.units.relative_fitness import draw_accuracies, relative_fitness
from gatedrnn_course.studies.evolution.fitness import SHARE, best_members, reaches
from gatedrnn_course.text import mark

__all__ = ["evolve_step_item"]

Array = Any


def _passed(best: Array, reference: Array) -> int:
    """How many tasks are passed before the first that is not."""
    good = [reaches(float(one), float(other)) for one, other in zip(best, reference, strict=True)]
    return good.index(False) if False in good else len(good)


def _entered(members: Array, newcomer: float) -> Array:
    """The list with the newcomer, as long as before."""
    every = dict(enumerate([*map(float, members), newcomer]))
    return np.array([every[k] for k in best_members(every, len(members))])


@dataclass(frozen=True)
class _Way:
    """A way to answer, right where nothing is given."""

    best: Callable[[Array], Array] = lambda a: a.max(1)
    count: Callable[[Array, Array], Any] = _passed
    fit: Callable[[Array, Array], float] = relative_fitness
    enters: Callable[[int, int], bool] = lambda passed, tasks: passed == tasks
    changed: Callable[[Array, float], Array] = _entered
    told: Callable[[int], Any] = lambda passed: passed

    def __call__(self, members: Array, accuracies: Array, reference: Array) -> tuple[Any, Any]:
        passed = self.count(self.best(accuracies), reference)
        if not self.enters(passed, len(reference)):
            return np.asarray(self.told(passed)), np.array(members, dtype=float)
        return np.asarray(self.told(passed)), self.changed(members, self.fit(accuracies, reference))


def _typed(members: Array, accuracies: Array, reference: Array) -> Any:
    """The same as somebody types it."""
    best = accuracies.max(axis=1)
    passed = 0
    while passed < len(best) and best[passed] >= 0.9 * reference[passed]:
        passed += 1
    if passed < len(best):
        return passed, members
    everybody = np.append(members, (best / reference).min())
    return passed, np.sort(everybody)[::-1][: len(members)]


def _reached(share: float, strict: bool = False) -> Callable[[Array, Array], int]:
    def count(best: Array, reference: Array) -> int:
        good = [bool(b > share * r if strict else b >= share * r) for b, r in zip(best, reference, strict=True)]
        return good.index(False) if False in good else len(good)

    return count


def _on_passed(accuracies: Array, reference: Array) -> float:
    """The fitness on the tasks before the first that is not passed."""
    passed = _passed(accuracies.max(1), reference)
    return relative_fitness(accuracies[:passed], reference[:passed])


PASSED: tuple[tuple[str, _Way], ...] = (
    (
        mark("`passed` counts all tasks that reach 90 %. After the first that does not, no other is tried."),
        _Way(count=lambda b, r: int((b >= SHARE * r).sum())),
    ),
    (mark("`passed` asks for all of the GRU's accuracy. 90 % of it is enough."), _Way(count=_reached(1.0))),
    (
        mark("`passed` asks for an accuracy of 0.9. It is 90 % of the GRU's accuracy that is asked for."),
        _Way(count=lambda b, r: _passed(b, np.ones_like(r))),
    ),
    (
        mark("`passed` is the place of the last task tried, counted from 0."),
        _Way(told=lambda passed: passed - 1),
    ),
    (mark("`passed` counts the task that was not passed, too."), _Way(told=lambda passed: min(passed + 1, 3))),
    (
        mark("`passed` says whether all tasks are passed. How many is asked."),
        _Way(told=lambda passed: int(passed == 3)),
    ),
    (mark("The mean over the settings decides. The best setting counts."), _Way(best=lambda a: a.mean(1))),
    (mark("The worst setting decides. The best setting counts."), _Way(best=lambda a: a.min(1))),
    (mark("The first setting decides. The best setting counts."), _Way(best=lambda a: a[:, 0])),
    (
        mark("`passed` is 0 where every task is passed: np.argmin finds no task that is not, and says 0."),
        _Way(told=lambda passed: passed % 3),
    ),
    (
        mark("`passed` asks for more than 90 %. Just 90 % is enough: >=, not >."),
        _Way(count=_reached(SHARE, strict=True)),
    ),
    (
        mark("`passed` counts the tasks that are not passed."),
        _Way(told=lambda passed: 3 - passed),
    ),
)
MEMBERS: tuple[tuple[str, _Way], ...] = (
    (
        mark("The list has grown by one. It stays as long as it was: the last leaves."),
        _Way(changed=lambda m, new: np.sort(np.append(m, new))[::-1]),
    ),
    (
        mark("The newcomer takes the last place even where it is less fit than everybody in the list."),
        _Way(changed=lambda m, new: np.sort(np.append(m[:-1], new))[::-1]),
    ),
    (
        mark("The newcomer takes the last place, and is not sorted in: nobody's fitness is compared."),
        _Way(changed=lambda m, new: np.append(m[:-1], new)),
    ),
    (mark("The newcomer enters without having passed every task."), _Way(enters=lambda passed, tasks: True)),
    (
        mark("The list begins with the least fit. The fittest comes first."),
        _Way(changed=lambda m, new: _entered(m, new)[::-1]),
    ),
    (
        mark("The newcomer stands at the end. The list is sorted, the fittest first."),
        _Way(changed=lambda m, new: np.append(m[:-1], new) if new > m[-1] else np.array(m)),
    ),
    (
        mark("The fittest has left the list. It is the least fit that leaves."),
        _Way(changed=lambda m, new: np.sort(np.append(m, new))[::-1][1:]),
    ),
    (
        mark("The least fit has left, and nobody has come: the list is one shorter."),
        _Way(changed=lambda m, new: np.array(m[:-1])),
    ),
    (mark("The newcomer never enters."), _Way(enters=lambda passed, tasks: False)),
    (
        mark("The newcomer's fitness is its mean over the tasks. The worst task counts."),
        _Way(fit=lambda a, r: float((a.max(1) / r).mean())),
    ),
    (
        mark("The newcomer's fitness is not divided by the GRU's accuracy."),
        _Way(fit=lambda a, r: float(a.max(1).min())),
    ),
    (
        mark("The newcomer's fitness is that of its best task. The worst task counts."),
        _Way(fit=lambda a, r: float((a.max(1) / r).max())),
    ),
    (
        mark("The newcomer enters after one task. It has to pass all of them."),
        _Way(enters=lambda passed, tasks: passed > 0),
    ),
    (
        mark(
            "The newcomer enters after one task, with its fitness on those that it passed. It has to pass all of them."
        ),
        _Way(enters=lambda passed, tasks: passed > 0, fit=_on_passed),
    ),
)


def _merged(one: _Way, other: _Way) -> _Way:
    """A mistake in each output."""
    plain = _Way()
    names = [name for name in vars(plain) if getattr(other, name) is not getattr(plain, name)]
    return replace(one, **{name: getattr(other, name) for name in names})


MISTAKES = tuple(Mistake(words, way) for words, way in (*PASSED, *MEMBERS))
PAIRS = tuple(Mistake(words, _merged(way, second), also=more) for words, way in PASSED for more, second in MEMBERS)
CASES = (
    ((1.1, SHARE, 1.2), 0.25, 0.5),
    ((1.05, 0.97, 1.02), 0.25, 0.5),
    ((0.95, 0.8, 1.1), 0.85, 0.5),
    ((0.93, 0.91, 0.95), 0.96, 0.5),
    ((0.6, 1.2, 1.1), 0.25, 0.5),
    ((1.2, 1.1, 0.85), 0.25, 0.5),
    ((1.3, 1.25, 1.15), 0.85, 0.75),
)
"""For each list how the newcomer compares with the GRU on three tasks, the least fitness in the list, and how far the
newcomer's settings lie apart."""


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    """Newcomers that enter, one with just 90 %, that are not fit enough, and that fail at each of the three tasks."""
    found = []
    for k, (about, least, spread) in enumerate(CASES):
        reference = rng.uniform(0.3, 0.7, 3)
        reference[np.equal(about, SHARE)] = 0.5  # 90 % of it is one number, however it is computed
        members = np.sort(rng.uniform(max(least, 0.8), 1.1, 5 + k % 2))[::-1].copy()
        members[-1] = least
        accuracies = draw_accuracies(rng, reference, 4 + k % 3, about, spread)
        if k == 0:  # the first setting is the best of each task here, and nowhere else
            accuracies = np.sort(accuracies, axis=1)[:, ::-1].copy()
        found.append(Draw("batch", (members, accuracies, reference)))
    return tuple(found)


def evolve_step_item(points: int, hints: tuple[str, str, str], forbidden: tuple[str, ...]) -> FunctionItem:
    """The item.

    Args:
        points: What it is worth.
        hints: Three hints.
        forbidden: Names an answer must not use.
    """
    return FunctionItem(
        "evolve_step",
        points,
        mark("A newcomer meets one task after the other, and enters the list if it is fit."),
        hints,
        forbidden,
        takes={
            "members": mark("fitness of everybody in the list, the fittest first, shape (n,)"),
            "accuracies": mark("accuracy of each of the newcomer's settings on each task, shape (tasks, settings)"),
            "reference": mark("the GRU's best accuracy on each task, shape (tasks,)"),
        },
        gives={
            "passed": mark("how many tasks the newcomer passes, in order, before the first that it does not"),
            "members": mark("fitness of everybody in the list afterwards, the fittest first, shape (n,)"),
        },
        function=_Way(),
        mistakes=MISTAKES,
        pairs=PAIRS,
        draw=_draws,
        alone=_typed,
    )
