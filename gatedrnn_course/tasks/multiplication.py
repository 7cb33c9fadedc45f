"""The multiplication problem: the adding problem with a product, which an adding memory alone cannot answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gatedrnn_course.tasks.adding import marked_at_start, marked_pairs
from gatedrnn_course.tasks.batch import Batch, at_end
from gatedrnn_course.tasks.contract import Criterion, Split, Task

__all__ = ["Multiplication", "product_variance"]


def product_variance(ones: float) -> float:
    """Variance of X1·X2, both uniform in [0, 1], where one of the two is 1 with probability `ones`.

    Without ones it is 1/9 - 1/16 = 0.0486.
    """
    mean = (1 - ones) / 4 + ones / 2
    return (1 - ones) / 9 + ones / 3 - mean**2


@dataclass(frozen=True)
class Multiplication(Task):
    """At the end, say the product of the two marked numbers.

    Args:
        length: T; sequences have T to T + T/10 steps, the minimal lag is T/2.

    Source: Hochreiter & Schmidhuber 1997, experiment 5: values in [0, 1], a marked first pair counts as 1; stop when
    fewer than n_seq of the last 2,000 sequences have an error above 0.04. The stricter n_seq = 13 is taken (the other
    is 140).
    """

    length: int = 100
    name = "multiplication"
    input_size = 2
    output_size = 1
    loss = "mse"
    tolerance = 0.04
    criterion = Criterion(2000, wrong=12)
    source = "Hochreiter & Schmidhuber 1997, experiment 5"

    def draw(self, rng: np.random.Generator, size: int, split: Split) -> Batch:
        """Pairs with values in [0, 1]."""
        inputs, lengths, (x1, x2) = marked_pairs(rng, size, self.length, low=0.0, neutral=1.0)
        return at_end(inputs, lengths, (x1 * x2)[:, None])

    @property
    def chance(self) -> float:
        """Variance of the target, the sequences with a 1 included."""
        return product_variance(marked_at_start(self.length))
