"""What decides who stays: fitness relative to the GRU, the 90 % of each task, the list of the hundred best."""

from __future__ import annotations

import math
from collections.abc import Mapping

from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["LIST", "SHARE", "best_members", "fitness", "reaches"]

LIST = 100
"""How many architectures the list holds."""
SHARE = 0.9
"""What share of the GRU's best accuracy a task asks for."""


def fitness(accuracies: Mapping[str, float], reference: Mapping[str, float]) -> float:
    """The least, over the tasks, of an architecture's best accuracy divided by the GRU's.

    Args:
        accuracies: Best accuracy of the architecture by task; NaN counts as 0.
        reference: Best accuracy of the GRU by task.

    Returns:
        The fitness; 1 for the GRU itself.

    Raises:
        CourseError: If a task is missing.

    Source:
        Jozefowicz, Zaremba and Sutskever 2015, section 3.1.
    """
    missing = sorted(set(reference) - set(accuracies))
    if missing or not reference:
        raise CourseError(
            _("The fitness of an architecture."),
            _("There is no accuracy for: {tasks}.").format(tasks=", ".join(missing) or "-"),
            _("It needs one for every task that the GRU has one for."),
        )
    return min(_number(accuracies[task]) / reference[task] for task in reference)


def _number(value: float) -> float:
    return 0.0 if math.isnan(value) else float(value)


def reaches(accuracy: float, reference: float, share: float = SHARE) -> bool:
    """Whether an accuracy is at least a share of the GRU's.

    Args:
        accuracy: The best of an architecture; NaN reaches nothing.
        reference: The GRU's best.
        share: The share.
    """
    return accuracy >= share * reference


def best_members(fitnesses: Mapping[int, float], most: int = LIST) -> list[int]:
    """Who is in the list: the fittest, of equal ones the older first.

    Args:
        fitnesses: Fitness by number of the architecture; a higher number is younger.
        most: How many the list holds.

    Returns:
        Their numbers, the fittest first.
    """
    return sorted(fitnesses, key=lambda number: (-fitnesses[number], number))[:most]
