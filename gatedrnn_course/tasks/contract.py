"""What every task offers: batches from a seed, a kind of loss, a verdict, success criterion, level of chance."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from gatedrnn_course.errors import CourseError
from gatedrnn_course.tasks.batch import Batch, Flags, Floats, most_active
from gatedrnn_course.tasks.losses import Loss, answers, best_constant, wanted
from gatedrnn_course.text import _

__all__ = ["SPLITS", "Criterion", "Split", "StepTask", "Task", "at_least", "one_of", "stream"]

Split = Literal["train", "valid", "test"]
SPLITS: tuple[Split, ...] = ("train", "valid", "test")


def stream(seed: int, split: Split = "train", step: int | None = None) -> np.random.Generator:
    """A source of random numbers of its own for each seed, split and step.

    Args:
        seed: Any whole number from 0.
        split: Streams of different splits are independent.
        step: Number of the batch, so that a run taken up again at step 700 draws what it would have drawn; None for the
            stream of the split as a whole.
    """
    key = (SPLITS.index(split),) if step is None else (SPLITS.index(split), step)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


@dataclass(frozen=True)
class Criterion:
    """When a paper calls a task solved; a bound that is None is not asked for.

    Attributes:
        sequences: How many fresh sequences the paper judges.
        wrong: At most so many of them wrong (as a share, when another number is judged).
        mean_error: The mean absolute error of the answers is below this.
        score: The task's metric is at least this, or at most this where lower is better.
    """

    sequences: int
    wrong: int | None = 0
    mean_error: float | None = None
    score: float | None = None

    def met(self, correct: Flags, errors: Floats, score: float, lower_is_better: bool = False) -> bool:
        """Whether sequences judged `correct` `(B,)` with mean absolute `errors` `(B,)` and this metric solve it."""
        few = self.wrong is None or np.count_nonzero(~correct) * self.sequences <= self.wrong * len(correct)
        close = self.mean_error is None or bool(np.mean(errors) < self.mean_error)
        good = self.score is None or (score <= self.score if lower_is_better else score >= self.score)
        return bool(few and close and good)


class Task(ABC):
    """A problem for a recurrent network: sequences in, outputs `(T, B, K)` judged.

    Outputs are always the raw values of a linear read-out; what they mean is set by `loss` (see `losses.Loss`).
    """

    loss: Loss
    source: str
    tolerance: float | None = None
    """An answer is right within this absolute error at every output; None: the most active output is the target."""
    lower_is_better: bool = False
    judged_by_loss: bool = False
    """Whether `score` gives the loss."""

    @property
    @abstractmethod
    def name(self) -> str:
        """Short name, as in the catalogue."""

    @property
    @abstractmethod
    def input_size(self) -> int:
        """D, numbers given at each step."""

    @property
    @abstractmethod
    def output_size(self) -> int:
        """K, numbers asked for at each step."""

    @property
    @abstractmethod
    def criterion(self) -> Criterion:
        """When the paper calls the task solved."""

    @property
    def metric(self) -> str:
        """What `score` measures, in words."""
        return _("share of sequences right")

    @abstractmethod
    def draw(self, rng: np.random.Generator, size: int, split: Split) -> Batch:
        """A batch of `size` sequences. Called by `batch`, which checks the size and makes the generator."""

    def batch(self, seed: int | np.random.Generator, size: int, split: Split = "train") -> Batch:
        """A batch of `size` sequences.

        Args:
            seed: A whole number (same number, same batch) or a generator to draw from.
            size: B, at least 1.
            split: Which stream of random numbers, or which part of a collected data set.
        """
        if size < 1:
            raise CourseError(
                _("A batch of {size} sequences of the task {name}.").format(size=size, name=self.name),
                expected=_("A batch holds at least one sequence."),
                do=_("Ask for a size of 1 or more."),
            )
        rng = seed if isinstance(seed, np.random.Generator) else stream(seed, split)
        return self.draw(rng, size, split)

    def right(self, outputs: Floats, batch: Batch) -> Flags:
        """Which steps are answered right by the paper's measure: `(T, B)`; of no meaning where the mask is false."""
        if self.tolerance is None:
            return np.asarray(most_active(outputs) == batch.targets)
        return np.asarray((self.deviation(outputs, batch) < self.tolerance).all(-1))

    def deviation(self, outputs: Floats, batch: Batch) -> Floats:
        """Absolute error of every answer: `(T, B, K)`."""
        return np.asarray(np.abs(answers(self.loss, outputs) - wanted(batch, self.output_size)))

    def correct(self, outputs: Floats, batch: Batch) -> Flags:
        """Which sequences are right at every scored step: `(B,)`."""
        return np.asarray((self.right(outputs, batch) | ~batch.mask).all(axis=0))

    def errors(self, outputs: Floats, batch: Batch) -> Floats:
        """Mean absolute error of each sequence over its scored steps and outputs: `(B,)`."""
        scored = np.where(batch.mask, self.deviation(outputs, batch).mean(-1), 0.0)
        return np.asarray(scored.sum(axis=0) / np.maximum(batch.mask.sum(axis=0), 1))

    def score(self, outputs: Floats, batch: Batch) -> float:
        """The metric named by `metric`."""
        return float(np.mean(self.correct(outputs, batch)))

    def solved(self, outputs: Floats, batch: Batch) -> bool:
        """Whether the outputs on this batch meet the criterion; judge at least `criterion.sequences` of them."""
        correct, errors = self.correct(outputs, batch), self.errors(outputs, batch)
        return self.criterion.met(correct, errors, self.score(outputs, batch), self.lower_is_better)

    @property
    def chance(self) -> float:
        """Loss of the best constant guess: in closed form, or fitted to 1,000 training sequences."""
        return _fitted_chance(self)


class StepTask(Task):
    """A task whose metric counts steps, not whole sequences."""

    @property
    def metric(self) -> str:
        """What `score` measures, in words."""
        return _("share of predictions right")

    def score(self, outputs: Floats, batch: Batch) -> float:
        """Share of the scored steps whose most active output is the target."""
        return float(np.mean(most_active(outputs[batch.mask]) == batch.targets[batch.mask]))


@cache
def _fitted_chance(task: Task) -> float:
    batch = task.batch(0, 1000)
    return best_constant(task.loss, batch.targets[batch.mask])


def at_least(name: str, value: int, smallest: int) -> None:
    """Raise a `CourseError` if a task's setting is below the smallest that its definition allows."""
    if value < smallest:
        raise CourseError(
            _("A task with {name} = {value}.").format(name=name, value=value),
            expected=_("Its definition needs {name} of at least {smallest}.").format(name=name, smallest=smallest),
            do=_("Choose a larger {name}.").format(name=name),
        )


def one_of(name: str, value: object, allowed: Iterable[object]) -> None:
    """Raise a `CourseError` if a task's setting is none of those that its definition knows."""
    known = list(allowed)
    if value not in known:
        raise CourseError(
            _("A task with {name} = {value!r}.").format(name=name, value=value),
            expected=_("Its definition knows {known}.").format(known=", ".join(map(repr, known))),
            do=_("Choose one of these."),
        )
