"""How a trained model is measured: fresh sequences of a task, and when its answers are good enough."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.tasks import Batch, Split, Task
from gatedrnn_course.tasks.losses import loss_value
from gatedrnn_course.text import _

__all__ = ["ByCriterion", "ByLoss", "Measure"]

FAR = 0.9
"""A loss of this share of a constant guess's, or more, is no better than guessing."""
Outputs = NDArray[np.float64]


@dataclass(frozen=True)
class Measure(ABC):
    """What is asked of a model's answers.

    Attributes:
        task: Where sequences come from.
        sequences: How many are judged.
        split: Which part of the task they are drawn from.
    """

    task: Task
    sequences: int
    split: Split = "test"

    def batch(self, seed: int, sequences: int | None = None) -> Batch:
        """Sequences; the same seed gives the same."""
        return self.task.batch(seed, self.sequences if sequences is None else sequences, self.split)

    def aligned(self, outputs: Outputs, batch: Batch) -> Outputs | None:
        """Outputs `(T, B, K)` of a model that may answer at the last steps only; None where they do not fit."""
        shape = (batch.steps, batch.size, self.task.output_size)
        if outputs.ndim != 3 or outputs.shape[1:] != shape[1:] or not 0 < len(outputs) <= batch.steps:
            return None
        whole = np.zeros(shape)
        whole[-len(outputs) :] = outputs
        return whole

    def guesses(self, outputs: Outputs, batch: Batch) -> bool:
        """Whether the answers are no better than the best constant one."""
        return not loss_value(self.task.loss, outputs, batch) < FAR * self.task.chance

    @abstractmethod
    def met(self, outputs: Outputs, batch: Batch) -> bool:
        """Whether the outputs `(T, B, K)` are good enough."""

    @abstractmethod
    def near(self, outputs: Outputs, batch: Batch) -> bool:
        """Whether they are nearly so: enough to tell what a model was trained for."""

    @abstractmethod
    def found(self, outputs: Outputs, batch: Batch) -> str:
        """How good they are, and what is asked, in a sentence or two."""


@dataclass(frozen=True)
class ByCriterion(Measure):
    """The paper's own criterion."""

    def met(self, outputs: Outputs, batch: Batch) -> bool:
        """Whether it is met."""
        return self.task.solved(outputs, batch)

    def near(self, outputs: Outputs, batch: Batch) -> bool:
        """Whether 95 of 100 sequences are answered right."""
        return bool(np.mean(self.task.correct(outputs, batch)) >= 0.95)

    def found(self, outputs: Outputs, batch: Batch) -> str:
        """How many sequences are answered wrongly, and the mean error."""
        wrong = int(np.count_nonzero(~self.task.correct(outputs, batch)))
        said = _("Of {count} fresh sequences {wrong} are answered wrongly; the mean error is {error:.2g}.").format(
            count=batch.size, wrong=wrong, error=float(np.mean(self.task.errors(outputs, batch)))
        )
        asked, bounds = self.task.criterion, []
        if asked.wrong is not None:
            bounds.append(_("at most {wrong} wrong of {count}").format(wrong=asked.wrong, count=asked.sequences))
        if self.task.tolerance is not None:
            bounds.append(_("an error of {tolerance:g} counts as wrong").format(tolerance=self.task.tolerance))
        if asked.mean_error is not None:
            bounds.append(_("a mean error below {error:g}").format(error=asked.mean_error))
        return " ".join((said, _("Asked for: {bounds}.").format(bounds="; ".join(bounds))))


@dataclass(frozen=True)
class ByLoss(Measure):
    """A loss on held-out sequences: minus the log-likelihood where the task's loss is one.

    Attributes:
        at_most: The largest loss that is good enough.
    """

    at_most: float = 0.0

    def met(self, outputs: Outputs, batch: Batch) -> bool:
        """Whether the loss is small enough."""
        return bool(loss_value(self.task.loss, outputs, batch) <= self.at_most)

    def near(self, outputs: Outputs, batch: Batch) -> bool:
        """Whether the loss is at most a tenth too large."""
        return bool(loss_value(self.task.loss, outputs, batch) <= 1.1 * self.at_most)

    def found(self, outputs: Outputs, batch: Batch) -> str:
        """The loss, and the one that is asked for."""
        words = _("The loss on {count} held-out sequences is {loss:.3f}; asked for: at most {most:.3f}.")
        loss = loss_value(self.task.loss, outputs, batch)
        return words.format(count=batch.size, loss=loss, most=self.at_most)
