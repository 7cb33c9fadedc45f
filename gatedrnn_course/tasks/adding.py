"""The adding problem: remember two marked numbers among many and say their sum at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.tasks.batch import Batch, at_end, ending_together, inside
from gatedrnn_course.tasks.contract import Criterion, Split, Task, at_least

__all__ = ["Adding", "Adding1997", "marked_at_start", "marked_pairs"]

SHORTEST = 22  # so that T/2 - 1 candidates remain for the second mark, one more than the ten for the first


def marked_pairs(
    rng: np.random.Generator, size: int, length: int, low: float, neutral: float
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Sequences of pairs (value, marker) as in experiments 4 and 5 of 1997.

    Values are uniform in [low, 1]. The marker is 1 at two pairs, -1 at the first and the last, else 0. The first marked
    pair is among the first 10; the second among the first T/2 - 1 still unmarked. A marked pair that is the very first
    keeps the marker -1 and its value becomes `neutral`, so that a network which only heeds markers of 1 is still right.

    Args:
        rng: Source of random numbers.
        size: B.
        length: T; each sequence has T to T + T/10 pairs.
        low: Smallest value.
        neutral: Value that changes nothing in the answer: 0 in a sum, 1 in a product.

    Returns:
        inputs `(steps, B, 2)`, lengths `(B,)` and the two marked values `(2, B)`.

    Source: Hochreiter & Schmidhuber 1997, experiment 4. The paper sets X1 to zero "in the rare case" of a marked first
    pair (one sequence in ten) and does not say which marker it carries; the same rule is applied here to the second
    mark.
    """
    at_least("length", length, SHORTEST)
    lengths = rng.integers(length, length + length // 10, size, endpoint=True)
    columns = np.arange(size)
    values = rng.uniform(low, 1.0, (lengths.max(), size))
    first = rng.integers(10, size=size)
    second = rng.integers(length // 2 - 1, size=size)
    second += second >= first
    values[0, (first == 0) | (second == 0)] = neutral
    markers = np.zeros_like(values)
    markers[first, columns] = markers[second, columns] = 1.0
    markers[0] = markers[lengths - 1, columns] = -1.0
    inputs = np.stack([values, markers], axis=-1) * inside(lengths, len(values))[..., None]
    return inputs, lengths, np.stack([values[first, columns], values[second, columns]])


def marked_at_start(length: int) -> float:
    """Probability that one of the two marked pairs is the very first."""
    return 1 / 10 + 9 / 10 / (length // 2 - 1)


@dataclass(frozen=True)
class Adding1997(Task):
    """The adding problem of 1997: at the end, say 0.5 + (X1 + X2) / 4.

    Args:
        length: T; sequences have T to T + T/10 steps, the minimal lag is T/2.
        together: Whether shorter sequences are padded before their first step, not after their last, so that all of a
            batch end at the same step.
        tolerance: An answer is right within this error; the paper's, or a smaller one to train with something to spare.

    Source: Hochreiter & Schmidhuber 1997, experiment 4: right if the error is below 0.04; stop when the mean training
    error is below 0.01 and the last 2,000 sequences are right.
    """

    length: int = 100
    together: bool = False
    tolerance: float = 0.04
    name = "adding_1997"
    input_size = 2
    output_size = 1
    loss = "mse"
    criterion = Criterion(2000, wrong=0, mean_error=0.01)
    source = "Hochreiter & Schmidhuber 1997, experiment 4"

    def draw(self, rng: np.random.Generator, size: int, split: Split) -> Batch:
        """Pairs with values in [-1, 1]."""
        inputs, lengths, (x1, x2) = marked_pairs(rng, size, self.length, low=-1.0, neutral=0.0)
        if self.together:
            inputs, lengths = ending_together(inputs, lengths), np.full(size, len(inputs))
        return at_end(inputs, lengths, (0.5 + (x1 + x2) / 4)[:, None])

    @property
    def chance(self) -> float:
        """Variance of the target: 2 numbers of variance 1/3, of which one is now and then 0, over 16."""
        return (2 - marked_at_start(self.length)) / 48


@dataclass(frozen=True)
class Adding(Task):
    """The adding problem as it is used today: at the end, say the sum of the two marked numbers.

    Values are uniform in [0, 1]; the marker is 1 at one step of each half, else 0; every sequence has `length` steps.

    Args:
        length: T, at least 2.

    Source: Le, Jaitly, Hinton 2015; Arjovsky, Shah, Bengio 2016. They state no criterion: that of 1997 is taken, with
    its tolerance 0.04.
    """

    length: int = 100
    name = "adding"
    input_size = 2
    output_size = 1
    loss = "mse"
    tolerance = 0.04
    criterion = Criterion(2000, wrong=0, mean_error=0.01)
    source = "Arjovsky, Shah, Bengio 2016"

    def draw(self, rng: np.random.Generator, size: int, split: Split) -> Batch:
        """Pairs with values in [0, 1]."""
        at_least("length", self.length, 2)
        half, columns = self.length // 2, np.arange(size)
        inputs: NDArray[Any] = np.zeros((self.length, size, 2))
        inputs[..., 0] = rng.uniform(0.0, 1.0, (self.length, size))
        marked = np.stack([rng.integers(half, size=size), rng.integers(half, self.length, size=size)])  # (2, B)
        inputs[marked, columns, 1] = 1.0
        return at_end(inputs, np.full(size, self.length), inputs[marked, columns, 0].sum(axis=0)[:, None])

    @property
    def chance(self) -> float:
        """Variance of the sum of two uniform numbers, 1/6: always saying 1."""
        return 1 / 6
