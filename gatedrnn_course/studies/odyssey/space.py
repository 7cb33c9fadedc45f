"""The space that random search draws settings from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _, mark

__all__ = ["NAMES", "PAPER", "SETTINGS", "Range", "Space", "Trial", "sample_trial"]

NAMES = ("hidden_size", "learning_rate", "momentum", "noise")
"""The settings in the order in which they are drawn."""

SETTINGS = {
    "learning_rate": mark("learning rate"),
    "hidden_size": mark("hidden size"),
    "noise": mark("input noise"),
    "momentum": mark("momentum"),
}
"""The settings in words, in the order of the paper's figures, marked for translation."""


@dataclass(frozen=True)
class Trial:
    """What one trial is trained with.

    Attributes:
        hidden_size: Blocks in the hidden layer, H.
        learning_rate: For one sequence a step, before it is multiplied by 1 - momentum.
        momentum: Nesterov's.
        noise: Standard deviation of the noise added to the inputs.
    """

    hidden_size: int
    learning_rate: float
    momentum: float
    noise: float


@dataclass(frozen=True)
class Range:
    """A distribution of one number, given by its ends.

    Attributes:
        low: The number at u = 0.
        high: The number at u = 1.
        log: Whether the logarithm is uniform, so that each factor of ten is as likely as any other.
    """

    low: float
    high: float
    log: bool = False

    def at(self, u: float) -> float:
        """The number below which a share u of the distribution lies, for u from 0 to 1."""
        if self.log:
            return float(self.low * (self.high / self.low) ** u)
        return float(self.low + (self.high - self.low) * u)

    def place(self, value: float) -> float:
        """The share u of the distribution that lies below a number; one half where the range is a single number."""
        if self.high == self.low:
            return 0.5
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Space:
    """The distributions of the four settings; those left out are the paper's.

    Attributes:
        hidden_size: Rounded to a whole number.
        learning_rate: Of one sequence a step.
        unlike: 1 - momentum.
        noise: Standard deviation.

    Source: Greff et al. 2017, section IV.C.
    """

    hidden_size: Range = Range(20, 200, log=True)
    learning_rate: Range = Range(1e-6, 1e-2, log=True)
    unlike: Range = Range(0.01, 1.0, log=True)
    noise: Range = Range(0.0, 1.0)

    def trial(self, u: Sequence[float]) -> Trial:
        """The settings at four uniform numbers, as `sample_trial`."""
        numbers = [float(value) for value in u]
        if len(numbers) != len(NAMES) or not all(0 <= value <= 1 for value in numbers):
            raise CourseError(
                _("The settings of a trial."),
                _("The numbers are {numbers}.").format(numbers=numbers),
                _("They are four, from 0 to 1: for {names}.").format(names=", ".join(NAMES)),
            )
        size, rate, unlike, noise = (
            getattr(self, part.name).at(value) for part, value in zip(fields(self), numbers, strict=True)
        )
        return Trial(round(size), rate, 1.0 - unlike, noise)

    def place(self, trial: Trial) -> tuple[float, ...]:
        """The four uniform numbers that lead to a trial, up to the rounding of its hidden size."""
        numbers = trial.hidden_size, trial.learning_rate, 1.0 - trial.momentum, trial.noise
        return tuple(getattr(self, part.name).place(value) for part, value in zip(fields(self), numbers, strict=True))


PAPER = Space()


def sample_trial(u: Sequence[float]) -> Trial:
    """The settings of a trial, from four uniform numbers, by the paper's distributions.

    Args:
        u: Four numbers from 0 to 1: for hidden size, learning rate, momentum, noise.

    Returns:
        The settings: H log-uniform from 20 to 200 and rounded, learning rate log-uniform from 1e-6 to 1e-2, momentum
        1 minus a number log-uniform from 0.01 to 1, noise uniform from 0 to 1.

    Raises:
        CourseError: If there are not four numbers from 0 to 1.

    Source: Greff et al. 2017, section IV.C.
    """
    return PAPER.trial(u)
