"""What is to be trained: every trial of the study, from its seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from gatedrnn_course.studies.odyssey.sizes import TASKS
from gatedrnn_course.studies.odyssey.space import NAMES, Range, Space, Trial
from gatedrnn_course.studies.odyssey.variants import VARIANTS
from gatedrnn_course.studies.storage import Planned

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

__all__ = ["distributions", "plan", "portions_of", "trial_of"]

SEEDS = 2**31


def plan(task: str, variant: str, trials: int, space: Space, seed: int) -> list[Planned]:
    """The trials of one search. Trial k is the same however many there are, and whatever else is searched.

    Args:
        task: Name of the task.
        variant: Name of the variant.
        trials: How many.
        space: What settings are drawn from.
        seed: Of the study.

    Returns:
        Settings and a seed for each.
    """
    place = list(TASKS).index(task), list(VARIANTS).index(variant)
    planned = []
    for k in range(trials):
        rng = np.random.default_rng([seed, *place, k])
        trial = space.trial(rng.uniform(size=len(NAMES)).tolist())
        planned.append(Planned(asdict(trial), int(rng.integers(SEEDS))))
    return planned


def trial_of(planned: Planned) -> Trial:
    """The settings of a planned trial."""
    settings = planned.settings
    rest = {name: float(settings[name]) for name in NAMES if name != "hidden_size"}
    return Trial(hidden_size=int(settings["hidden_size"]), **rest)


def portions_of(planned: Sequence[Planned], size: int) -> list[list[int]]:
    """Trials in portions of similar hidden size.

    Args:
        planned: The trials of a search.
        size: Trials in a portion.

    Returns:
        Their places, portion by portion.
    """
    order = sorted(range(len(planned)), key=lambda k: (planned[k].settings["hidden_size"], k))
    return [order[start : start + size] for start in range(0, len(order), size)]


def distributions(space: Space) -> dict[str, BaseDistribution]:
    """The space as Optuna knows it."""
    from optuna.distributions import FloatDistribution, IntDistribution

    def floats(range_: Range) -> FloatDistribution:
        return FloatDistribution(range_.low, range_.high, log=range_.log)

    size = space.hidden_size
    return {
        "hidden_size": IntDistribution(round(size.low), round(size.high), log=size.log),
        "learning_rate": floats(space.learning_rate),
        "momentum": FloatDistribution(1 - space.unlike.high, 1 - space.unlike.low),
        "noise": floats(space.noise),
    }
