"""The two-sequence problem: the first few numbers name the class, noise follows, the class is asked at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gatedrnn_course.tasks.batch import Batch, at_end, inside
from gatedrnn_course.tasks.contract import Criterion, Split, Task, at_least, one_of

__all__ = ["TwoSequence"]

INPUT_NOISE = np.sqrt(0.2)
TARGET_NOISE = np.sqrt(0.1)
CRITERIA = {
    "3a": Criterion(256, wrong=0, mean_error=0.01),
    "3b": Criterion(256, wrong=5, mean_error=0.04),
    "3c": Criterion(256, wrong=None, mean_error=0.015),
}


@dataclass(frozen=True)
class TwoSequence(Task):
    """One number a step: +1 (class 1) or -1 (class 2) at the first N steps, then Gaussian noise of variance 0.2.

    Class 1 asks for 1 and class 2 for 0 at the end; in 3c for 0.2 and 0.8 with noise of variance 0.1 on the target,
    where the network should learn the mean, against which it is judged.

    Args:
        variant: `3a`; `3b`, noise on the first N numbers too; `3c`, as 3b with noisy targets.
        length: T; sequences have T to T + T/10 steps.
        informative: N.

    Source: Hochreiter & Schmidhuber 1997, experiments 3a, 3b, 3c. Judged on 256 sequences: 3a none wrong (by 0.2 or
    more) and a mean error below 0.01 (the paper's ST2); 3b fewer than 6 and 0.04; 3c a mean error below 0.015. Random
    guessing of weights solves 3a faster. That 3c keeps the noise of 3b on its inputs is how we read "the same".
    """

    variant: Literal["3a", "3b", "3c"] = "3a"
    length: int = 100
    informative: int = 3
    input_size = 1
    output_size = 1
    loss = "mse"
    tolerance = 0.2
    source = "Hochreiter & Schmidhuber 1997, experiment 3"

    def __post_init__(self) -> None:
        one_of("variant", self.variant, CRITERIA)
        at_least("informative", self.informative, 1)
        at_least("length", self.length, self.informative)

    @property
    def name(self) -> str:
        """`two_sequence_3a`, `_3b` or `_3c`."""
        return f"two_sequence_{self.variant}"

    @property
    def criterion(self) -> Criterion:
        """The stop rule of this variant."""
        return CRITERIA[self.variant]

    @property
    def chance(self) -> float:
        """Variance of the target: 1/4; in 3c 0.09 between the classes and 0.1 of noise."""
        return 0.19 if self.variant == "3c" else 0.25

    def draw(self, rng: np.random.Generator, size: int, split: Split) -> Batch:
        """Both classes alike."""
        lengths = rng.integers(self.length, self.length + self.length // 10, size, endpoint=True)
        values = rng.normal(0.0, INPUT_NOISE, (lengths.max(), size))
        if self.variant == "3a":
            values[: self.informative] = 0.0
        second = rng.integers(2, size=size)
        values[: self.informative] += 1 - 2 * second
        inputs = (values * inside(lengths, len(values)))[..., None]
        if self.variant != "3c":
            return at_end(inputs, lengths, 1.0 - second[:, None])
        means = 0.2 + 0.6 * second[:, None]
        return at_end(inputs, lengths, means + rng.normal(0.0, TARGET_NOISE, means.shape), truth=means)
