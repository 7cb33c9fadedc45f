"""What a study found: each variant against the vanilla LSTM, and which settings matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.studies.importance import FEWEST, Forest, fanova, share_intervals
from gatedrnn_course.studies.odyssey.paper import BEST_TENTH
from gatedrnn_course.studies.odyssey.sizes import Size
from gatedrnn_course.studies.odyssey.space import NAMES, Range, Space
from gatedrnn_course.studies.odyssey.table import Row
from gatedrnn_course.studies.odyssey.variants import VANILLA, VARIANTS
from gatedrnn_course.studies.statistics import Box, Comparison, Interval, best_share, box, compare, mean_interval

__all__ = ["Group", "Importance", "OnTask", "analyse", "importance", "places"]


@dataclass(frozen=True)
class Group:
    """Trials of one variant on one task.

    Attributes:
        variant: Its name.
        rows: The trials that have a result.
        diverged: How many have none.
        mean: Mean on the test part, with an interval at 95 %.
        box: Their median, quartiles and range.
        parameters: Their mean number of parameters.
        comparison: Against the vanilla LSTM; None for that itself, or where there is none.
    """

    variant: str
    rows: tuple[Row, ...]
    diverged: int
    mean: Interval
    box: Box
    parameters: float
    comparison: Comparison | None

    @property
    def verdict(self) -> int:
        """1 where it is significantly worse than the vanilla LSTM, -1 where significantly better, else 0."""
        if self.comparison is None or not self.comparison.significant:
            return 0
        return 1 if self.comparison.difference.value > 0 else -1


@dataclass(frozen=True)
class OnTask:
    """What was found on one task.

    Attributes:
        task: Its name.
        best: The best trials of each variant by validation.
        every: All its trials.
        count: Trials in all.
        top: The best trial of the task by validation.
    """

    task: str
    best: dict[str, Group]
    every: dict[str, Group]
    count: int
    top: Row

    def agrees(self, variant: str) -> bool | None:
        """Whether a variant's best trials differ from the vanilla LSTM's as the paper says; None if not compared."""
        group = self.best[variant]
        if group.comparison is None:
            return None
        return group.verdict == paper_verdict(self.task, variant)


def paper_verdict(task: str, variant: str) -> int:
    """1 where the paper has a variant significantly worse than the vanilla LSTM, -1 better, 0 neither."""
    printed, vanilla = BEST_TENTH[task][variant], BEST_TENTH[task][VANILLA]
    if not printed.different:
        return 0
    better = printed.mean is not None and vanilla.mean is not None and printed.mean < vanilla.mean
    return -1 if better else 1


def analyse(rows: Sequence[Row], task: str, share: float) -> OnTask:
    """Compare the variants on one task.

    Args:
        rows: Trials of any task.
        task: The task's name.
        share: Which share of a variant's trials, by validation, counts as its best.
    """
    own = [row for row in rows if row.task == task]
    by_variant = {name: [row for row in own if row.variant == name] for name in VARIANTS}
    finite = {name: [row for row in trials if row.finite] for name, trials in by_variant.items()}
    present = {name: trials for name, trials in finite.items() if trials}
    best = {
        name: [by_variant[name][k] for k in best_share([row.validation for row in by_variant[name]], share)]
        for name in present
    }
    best = {name: [row for row in trials if row.finite] for name, trials in best.items()}
    diverged = {name: len(by_variant[name]) - len(trials) for name, trials in present.items()}
    top = min((row for trials in present.values() for row in trials), key=lambda row: row.validation)
    return OnTask(task, _groups(best, dict.fromkeys(present, 0)), _groups(present, diverged), len(own), top)


def _groups(trials: dict[str, list[Row]], diverged: dict[str, int]) -> dict[str, Group]:
    tests = {name: [row.test for row in rows] for name, rows in trials.items()}
    enough = {name: values for name, values in tests.items() if len(values) > 1}
    compared = compare(enough, VANILLA) if VANILLA in enough else {}
    return {
        name: Group(
            name,
            tuple(rows),
            diverged[name],
            mean_interval(tests[name]),
            box(tests[name]),
            float(np.mean([row.parameters for row in rows])),
            compared.get(name),
        )
        for name, rows in trials.items()
    }


@dataclass(frozen=True)
class Importance:
    """Which settings matter on one task.

    Attributes:
        shares: The share of the variance that each setting explains alone; under `""` what they do together.
        pairs: The same for pairs.
        forest: What the curves are drawn from.
        space: Where the settings lie.
        count: Trials behind it.
    """

    shares: dict[str, Interval]
    pairs: dict[tuple[str, str], Interval]
    forest: Forest
    space: Space
    count: int

    def varies(self, name: str) -> bool:
        """Whether trials differ in a setting."""
        drawn: Range = self.space.unlike if name == "momentum" else getattr(self.space, name)
        return drawn.low < drawn.high


def places(rows: Sequence[Row], space: Space) -> NDArray[np.float64]:
    """The settings of trials as places in the unit cube (n, 4), in the order of `NAMES`."""
    return np.array([space.place(row.trial) for row in rows]).reshape(-1, len(NAMES))


def importance(rows: Sequence[Row], task: str, size: Size, variant: str = VANILLA, seed: int = 0) -> Importance | None:
    """Which settings of a variant matter on a task; None where there are too few trials.

    The value of a share is Optuna's, exact for its forest; intervals, and shares of pairs, come from forests over
    trials drawn with replacement.

    Args:
        rows: Trials of any task.
        task: The task's name.
        size: The size of the study.
        variant: The variant; the paper's figure shows the vanilla LSTM.
        seed: Of the forests.
    """
    own = [row for row in rows if (row.task, row.variant) == (task, variant) and row.finite]
    tests = [row.test for row in own]
    if len(own) < FEWEST or np.ptp(tests) == 0:
        return None
    cube = places(own, size.space)
    spread = share_intervals(cube, tests, NAMES, seed, size.resamples)
    main = fanova(cube, tests, NAMES, seed)
    values = {**main, "": 1.0 - sum(main.values())}
    ends = {name: spread[(name,) if name else ()] for name in values}
    shares = {name: Interval(value, ends[name].low, ends[name].high) for name, value in values.items()}
    pairs = {(names[0], names[1]): interval for names, interval in spread.items() if len(names) == 2}
    return Importance(shares, pairs, Forest(cube, tests, NAMES, seed), size.space, len(own))
