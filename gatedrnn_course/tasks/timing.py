"""Precise timing: measure delays between spikes, produce spikes on time, follow a periodic function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.tasks.batch import Batch, inside
from gatedrnn_course.tasks.contract import Criterion, Split, Task, at_least, one_of

__all__ = ["WAVES", "GenerateTimedSpikes", "MeasureSpikeDelays", "PeriodicFunction"]


@dataclass(frozen=True)
class _Spikes(Task):
    """Spikes at T(n) = T(n-1) + F + I(n), with T(0) = 0 where no spike stands: the stream begins there.

    Args:
        interval: F, the known part of every interval, in steps.
        extras: The values that I(n) takes, all alike, whole numbers from 0.
        intervals: How many intervals a stream has; training streams of the paper end at the first error or after 100,
            test streams after 1,000.
    """

    interval: int = 10
    extras: tuple[int, ...] = (0, 1)
    intervals: int = 100
    input_size = 1
    output_size = 1
    loss = "mse"
    tolerance = 0.49
    criterion = Criterion(10, wrong=0)
    source = "Gers, Schraudolph, Schmidhuber 2002"

    def __post_init__(self) -> None:
        at_least("interval", self.interval, 1)
        at_least("intervals", self.intervals, 1)
        at_least("extra", min(self.extras), 0)

    def spikes(self, rng: np.random.Generator, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """I(n) and T(n), both `(intervals, B)`."""
        extra = rng.choice(np.array(self.extras), (self.intervals, size))
        return extra, np.cumsum(self.interval + extra, axis=0)

    def traces(self, times: NDArray[np.int64], *values: NDArray[np.int64] | int) -> list[NDArray[np.float64]]:
        """For each of `values`, an array `(T(N) + 1, B, 1)` that holds it at `times` and 0 elsewhere."""
        drawn = [np.zeros((times.max() + 1, times.shape[1], 1)) for _value in values]
        for array, value in zip(drawn, values, strict=True):
            array[times, np.arange(times.shape[1]), 0] = value
        return drawn


@dataclass(frozen=True)
class MeasureSpikeDelays(_Spikes):
    """MSD: spikes are the input; at each spike, say I(n), the part of the last interval beyond F.

    Only the steps with a spike are scored. With one interval a stream it is the paper's NMSD.

    Source: Gers, Schraudolph, Schmidhuber 2002: F = 10 to 50, an output within 0.49 is right. I(n) is asked unscaled,
    so that 0.49 means the nearest whole number for extras beyond 1 too.
    """

    @property
    def name(self) -> str:
        """`measure_spike_delays`, or `measure_one_delay` for NMSD."""
        return "measure_spike_delays" if self.intervals > 1 else "measure_one_delay"

    @property
    def chance(self) -> float:
        """Variance of I(n)."""
        return float(np.var(self.extras))

    def draw(self, rng: np.random.Generator, size: int, split: Split) -> Batch:
        """Streams of `intervals` spikes, each ending with its last."""
        extra, times = self.spikes(rng, size)
        inputs, targets = self.traces(times, 1, extra)
        return Batch(inputs, targets, inputs[..., 0] == 1, times[-1] + 1)


@dataclass(frozen=True)
class GenerateTimedSpikes(_Spikes):
    """GTS: the input holds I(n) at the step of spike n - 1 (I(1) at step 0); put out 1 at T(n) and 0 elsewhere.

    Source: Gers, Schraudolph, Schmidhuber 2002: MSD with input and output exchanged; every output within 0.49 is right.
    That I(n) comes with the spike which opens its interval is how we read it: later it could not be obeyed.
    """

    name = "generate_timed_spikes"

    def draw(self, rng: np.random.Generator, size: int, split: Split) -> Batch:
        """Streams of `intervals` spikes, each ending with its last; every step is scored."""
        extra, times = self.spikes(rng, size)
        (targets,) = self.traces(times, 1)
        inputs = np.zeros_like(targets)
        inputs[np.vstack([np.zeros_like(times[:1]), times[:-1]]), np.arange(size), 0] = extra
        lengths = times[-1] + 1
        return Batch(inputs, targets, inside(lengths, len(inputs)), lengths)


def _cosine(phase: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((1 - np.cos(2 * np.pi * phase)) / 2)


def _triangle(phase: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 - np.abs(2 * phase - 1))


def _rectangle(phase: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(phase > 0.5, 1.0, 0.0)


WAVES: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "cosine": _cosine,
    "triangle": _triangle,
    "rectangle": _rectangle,
}
"""The periodic functions of the phase (t mod F)/F, each between 0 and 1."""


@dataclass(frozen=True)
class PeriodicFunction(Task):
    """PFG: with no input but a constant 0, put out a periodic function of time. Every sequence is the same.

    Args:
        wave: `cosine` (1 - cos 2πt/F)/2, `triangle`, or `rectangle` (1 if t mod F > F/2).
        period: F, in steps; 10 or 25 in the paper.
        periods: Length of a stream in periods; 100 in training and 1,000 in test in the paper.

    Source: Gers, Schraudolph, Schmidhuber 2002: every output within 0.3 is right.
    """

    wave: Literal["cosine", "triangle", "rectangle"] = "cosine"
    period: int = 10
    periods: int = 100
    input_size = 1
    output_size = 1
    loss = "mse"
    tolerance = 0.3
    criterion = Criterion(1, wrong=0)
    source = "Gers, Schraudolph, Schmidhuber 2002"

    def __post_init__(self) -> None:
        one_of("wave", self.wave, WAVES)
        at_least("period", self.period, 2)
        at_least("periods", self.periods, 1)

    @property
    def name(self) -> str:
        """`periodic_` and the wave."""
        return f"periodic_{self.wave}"

    @property
    def chance(self) -> float:
        """Variance of the function over a period; 1/8 for the cosine."""
        return float(np.var(self.values(self.period)))

    def values(self, steps: int) -> NDArray[np.float64]:
        """The function at t = 0 .. steps - 1."""
        return WAVES[self.wave](np.arange(steps) % self.period / self.period)

    def draw(self, rng: np.random.Generator, size: int, split: Split) -> Batch:
        """`size` equal streams."""
        steps = self.period * self.periods
        targets = np.repeat(self.values(steps)[:, None, None], size, axis=1)
        return Batch(np.zeros_like(targets), targets, np.ones((steps, size), bool), np.full(size, steps))
