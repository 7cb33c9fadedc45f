"""The experiment on the forget bias: gates left out one at a time, b_f = 1 against 0, the GRU and MUT1 to 3."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gatedrnn_course.cells.catalogue import catalogue
from gatedrnn_course.lookup import Named
from gatedrnn_course.studies.evolution.sizes import Stage, hidden_size_for
from gatedrnn_course.studies.evolution.store import Database
from gatedrnn_course.studies.evolution.trial import Entrant, compete, own_seed
from gatedrnn_course.studies.statistics import Interval, mean_interval
from gatedrnn_course.tasks import Arithmetic, XMLTags
from gatedrnn_course.text import mark

__all__ = [
    "ARCHITECTURES",
    "BIAS_SIZES",
    "PRINTED",
    "BiasSize",
    "ForgetBias",
    "closed_gap",
    "forget_bias_experiment",
    "forget_bias_gain",
]

ARCHITECTURES = ("RNN", "LSTM", "LSTM-f", "LSTM-i", "LSTM-o", "LSTM-b", "GRU", "MUT1", "MUT2", "MUT3")
"""As in the paper's table; its "Tanh" is the RNN. LSTM-b is the LSTM, started with b_f = 1."""
PRINTED = {
    "RNN": {"arithmetic": 0.29493, "xml": 0.32050},
    "LSTM": {"arithmetic": 0.89228, "xml": 0.42470},
    "LSTM-f": {"arithmetic": 0.29292, "xml": 0.23356},
    "LSTM-i": {"arithmetic": 0.75109, "xml": 0.41371},
    "LSTM-o": {"arithmetic": 0.86747, "xml": 0.42117},
    "LSTM-b": {"arithmetic": 0.90163, "xml": 0.44434},
    "GRU": {"arithmetic": 0.89565, "xml": 0.45963},
    "MUT1": {"arithmetic": 0.92135, "xml": 0.47483},
    "MUT2": {"arithmetic": 0.89735, "xml": 0.47324},
    "MUT3": {"arithmetic": 0.90728, "xml": 0.46478},
}
"""Jozefowicz, Zaremba and Sutskever 2015, table 1: best accuracy on the next symbol."""
FILE = "forget_bias.sqlite"
_TABLES = """
CREATE TABLE runs (
    task TEXT NOT NULL, phase TEXT NOT NULL, seed INTEGER NOT NULL, architecture TEXT NOT NULL,
    learning_rate REAL NOT NULL, scale REAL NOT NULL, hidden_size INTEGER NOT NULL, accuracy REAL NOT NULL,
    diverged INTEGER NOT NULL, PRIMARY KEY (task, phase, seed, architecture, learning_rate, scale)
)
"""
_CHOOSE, _JUDGE = "choose", "judge"


@dataclass(frozen=True, kw_only=True)
class BiasSize:
    """How large the experiment is.

    Attributes:
        name: Its name.
        stages: The tasks, with their steps.
        parameters: Numbers that each architecture learns, about.
        learning_rates: Of Adam, one is chosen for each architecture.
        scales: Of the first parameters, chosen too.
        choosing: Seeds by which they are chosen.
        seeds: Seeds that are judged, others than those.
        batch: Sequences in a batch.
        validation: Sequences an accuracy is measured on.
        looks: How often in a training the accuracy is measured; the best counts.
    """

    name: str
    stages: tuple[Stage, ...]
    parameters: int
    learning_rates: tuple[float, ...]
    scales: tuple[float, ...]
    choosing: int
    seeds: int
    batch: int = 20
    validation: int = 500
    looks: int = 10


BIAS_SIZES: Named[BiasSize] = Named(
    mark("A size of the study."),
    {
        size.name: size
        for size in (
            BiasSize(
                name="lesson",
                stages=(Stage(task=Arithmetic(1), steps=600), Stage(task=XMLTags(2), steps=400)),
                parameters=3_000,
                learning_rates=(0.03,),
                scales=(1.0,),
                choosing=1,
                seeds=4,
                validation=200,
                looks=3,
            ),
            BiasSize(
                name="reduced",
                stages=(
                    Stage(task=Arithmetic(2, stream=10), steps=3000),
                    Stage(task=XMLTags(2, stream=10), steps=2000),
                ),
                parameters=10_000,
                learning_rates=(0.01, 0.03),
                scales=(0.7, 1.4),
                choosing=2,
                seeds=10,
                batch=2,
                validation=50,
            ),
            BiasSize(
                name="paper",
                stages=(
                    Stage(task=Arithmetic(8, stream=10), steps=50_000),
                    Stage(task=XMLTags(50, stream=10), steps=20_000),
                ),
                parameters=250_000,
                learning_rates=(0.0003, 0.001, 0.003),
                scales=(0.3, 0.7, 1.0, 1.4, 2.0, 2.8),
                choosing=1,
                seeds=10,
                batch=2,
                validation=100,
                looks=50,
            ),
        )
    },
)
"""The sizes by name."""


@dataclass(frozen=True)
class Row:
    """One architecture on one task.

    Attributes:
        architecture: Its name.
        task: The task.
        accuracy: Mean best accuracy over the judged seeds, with an interval of 95 %.
        printed: The paper's.
        learning_rate: The chosen one.
        scale: The chosen one.
        hidden_size: H.
        seeds: How many were judged.
    """

    architecture: str
    task: str
    accuracy: Interval
    printed: float
    learning_rate: float
    scale: float
    hidden_size: int
    seeds: int


class ForgetBias:
    """The experiment in a folder; `run` begins it or goes on with it, and may be stopped at any time.

    For each architecture the learning rate and the scale of the first parameters are chosen by the mean accuracy over a
    few seeds. Then it is trained with other seeds, and the best accuracy of each training counts. All architectures
    have about the same number of parameters, and those of one seed see the same batches.

    Args:
        out: The folder.
        size: How large it is.
        seed: Of everything.
        threads: How many models train at once.
        tier: The tier of the populations.

    Raises:
        CourseError: If the folder holds another study.
    """

    def __init__(self, out: Path, size: BiasSize, seed: int = 0, threads: int = 1, tier: Any = "auto") -> None:
        out.mkdir(parents=True, exist_ok=True)
        self.out, self.size, self.seed, self.threads, self.tier = out, size, seed, threads, tier
        self.store = Database(out / FILE, _TABLES, {"size": repr(size), "seed": seed})

    def run(self, progress: bool = True) -> None:
        """Train what has not been trained yet.

        Args:
            progress: Whether to show a bar.
        """
        from gatedrnn_course.training.bar import bar_over

        portions = [
            (stage, phase, seed)
            for stage in self.size.stages
            for phase, count in ((_CHOOSE, self.size.choosing), (_JUDGE, self.size.seeds))
            for seed in range(count)
        ]
        done = set(self.store.rows("SELECT DISTINCT task, phase, seed FROM runs"))
        waiting = [p for p in portions if (p[0].task.name, p[1], p[2]) not in done]
        bar = bar_over(len(portions), len(portions) - len(waiting), "forget bias", progress)
        try:
            for stage, phase, seed in waiting:
                bar.set_postfix(task=stage.task.name, phase=phase)
                self._portion(stage, phase, seed)
                bar.update()
        finally:
            bar.close()

    def _portion(self, stage: Stage, phase: str, seed: int) -> None:
        """All architectures with one seed on one task."""
        begun = time.perf_counter()
        task, size = stage.task, self.size
        if phase == _CHOOSE:
            ways = {name: [(r, s) for r in size.learning_rates for s in size.scales] for name in ARCHITECTURES}
        else:
            ways = {name: [way] for name, way in self.chosen(task.name).items()}
        jobs = [(name, rate, scale) for name in ARCHITECTURES for rate, scale in ways[name]]
        entrants = []
        for name, rate, scale in jobs:
            cell = catalogue[name]
            H = hidden_size_for(cell, task.input_size, task.output_size, size.parameters)
            first = own_seed(self.seed, phase == _JUDGE, seed)
            entrants.append(Entrant(cell, H, rate, scale, first, float(name == "LSTM-b")))
        outcomes = compete(
            task,
            entrants,
            steps=stage.steps,
            every=-(-stage.steps // size.looks),
            batch=size.batch,
            validation=size.validation,
            seed=own_seed(self.seed, 2 + (phase == _JUDGE), seed),
            tier=self.tier,
            threads=self.threads,
        )
        rows = [
            (task.name, phase, seed, name, rate, scale, own.hidden_size, outcome.accuracy, int(outcome.diverged))
            for (name, rate, scale), own, outcome in zip(jobs, entrants, outcomes, strict=True)
        ]
        with self.store.transaction():
            self.store.insert("runs", rows, 9)
            self.store.note("seconds", self.seconds + time.perf_counter() - begun)

    @property
    def seconds(self) -> float:
        """How long all portions took together."""
        return float(self.store.noted("seconds") or 0.0)

    def chosen(self, task: str) -> dict[str, tuple[float, float]]:
        """The learning rate and the scale of each architecture on a task."""
        asked = (
            "SELECT architecture, learning_rate, scale, AVG(accuracy) FROM runs WHERE task = ? AND phase = ? "
            "GROUP BY architecture, learning_rate, scale ORDER BY AVG(accuracy), learning_rate DESC, scale DESC"
        )
        return {name: (rate, scale) for name, rate, scale, _mean in self.store.rows(asked, (task, _CHOOSE))}

    def accuracies(self, task: str) -> dict[str, list[float]]:
        """The best accuracy of each judged seed, in order, by architecture."""
        asked = "SELECT architecture, accuracy FROM runs WHERE task = ? AND phase = ? ORDER BY seed"
        found: dict[str, list[float]] = {name: [] for name in ARCHITECTURES}
        for name, accuracy in self.store.rows(asked, (task, _JUDGE)):
            found[name].append(accuracy)
        return found

    def table(self) -> list[Row]:
        """Every architecture on every task, beside the paper."""
        found = []
        for stage in self.size.stages:
            task, chosen = stage.task, self.chosen(stage.task.name)
            for name, values in self.accuracies(task.name).items():
                rate, scale = chosen[name]
                H = hidden_size_for(catalogue[name], task.input_size, task.output_size, self.size.parameters)
                interval, printed = mean_interval(values), PRINTED[name][task.name]
                found.append(Row(name, task.name, interval, printed, rate, scale, H, len(values)))
        return found

    def gains(self) -> dict[str, Interval]:
        """By task, what b_f = 1 adds to the LSTM's accuracy, seed by seed, with an interval of 95 %."""
        return {
            stage.task.name: forget_bias_gain(self.accuracies(stage.task.name)["LSTM-b"], values)
            for stage in self.size.stages
            for values in [self.accuracies(stage.task.name)["LSTM"]]
        }


def forget_bias_gain(with_bias: Sequence[float], without: Sequence[float]) -> Interval:
    """The mean difference of accuracies with b_f = 1 and with 0, pair by pair.

    Args:
        with_bias: Accuracies with b_f = 1, one a seed.
        without: Those with b_f = 0, of the same seeds in the same order.

    Returns:
        The mean, with an interval of 95 % by Student's t over the pairs.
    """
    return mean_interval([one - other for one, other in zip(with_bias, without, strict=True)])


def closed_gap(accuracies: Mapping[str, float]) -> float:
    """What share of the gap between LSTM and GRU the bias closes: 1 all of it, 0 nothing.

    Args:
        accuracies: Of `LSTM`, `LSTM-b` and `GRU`.

    Returns:
        (LSTM-b - LSTM) / (GRU - LSTM); NaN where there is no gap.
    """
    gap = accuracies["GRU"] - accuracies["LSTM"]
    return (accuracies["LSTM-b"] - accuracies["LSTM"]) / gap if gap else float("nan")


def forget_bias_experiment(
    out: Path, size: str = "lesson", seed: int = 0, threads: int = 1, progress: bool = True, tier: Any = "auto"
) -> list[Row]:
    """Run the experiment, or go on with it.

    Args:
        out: The folder.
        size: `lesson`, `reduced` or `paper`.
        seed: Of everything.
        threads: How many models train at once.
        progress: Whether to show a bar.
        tier: The tier of the populations.

    Returns:
        Every architecture on every task, beside the paper.
    """
    study = ForgetBias(out, BIAS_SIZES[size], seed, threads, tier)
    study.run(progress)
    return study.table()
