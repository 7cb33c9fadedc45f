"""The copying problem: hold ten symbols over T blank steps and say them again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gatedrnn_course.tasks.batch import Batch, one_hot
from gatedrnn_course.tasks.contract import Criterion, Split, StepTask, at_least

__all__ = ["Copying"]


@dataclass(frozen=True)
class Copying(StepTask):
    """Ten symbols, T - 1 blanks, a go sign, ten blanks; answer blanks for T + 10 steps, then the ten symbols.

    Inputs are one-hot: the symbols, the blank, the go sign. Outputs: the symbols and the blank. All T + 2·10 steps are
    scored.

    Args:
        lag: T, at least 1.
        symbols: How many different symbols.
        remember: How many symbols to hold.

    Source: Hochreiter & Schmidhuber 1997 in spirit; this form Arjovsky, Shah, Bengio 2016 (8 symbols, 10 to hold). They
    state no criterion: 1,000 sequences without a fault are asked here.
    """

    lag: int = 100
    symbols: int = 8
    remember: int = 10
    name = "copying"
    loss = "cross_entropy"
    criterion = Criterion(1000, wrong=0)
    source = "Arjovsky, Shah, Bengio 2016"

    def __post_init__(self) -> None:
        at_least("lag", self.lag, 1)
        at_least("symbols", self.symbols, 1)
        at_least("remember", self.remember, 1)

    @property
    def input_size(self) -> int:
        """The symbols, the blank and the go sign."""
        return self.symbols + 2

    @property
    def output_size(self) -> int:
        """The symbols and the blank."""
        return self.symbols + 1

    @property
    def chance(self) -> float:
        """The best guess that is the same at every step: the entropy of blank against symbols, in nats."""
        share = self.remember / (self.lag + 2 * self.remember)
        return float(share * np.log(self.symbols / share) - (1 - share) * np.log(1 - share))

    @property
    def memoryless(self) -> float:
        """The baseline of the literature, which knows the time but not the symbols: 10 ln 8 / (T + 20) nats a step."""
        return float(self.remember * np.log(self.symbols) / (self.lag + 2 * self.remember))

    def draw(self, rng: np.random.Generator, size: int, split: Split) -> Batch:
        """T + 20 steps, all of the same length."""
        steps = self.lag + 2 * self.remember
        held = rng.integers(self.symbols, size=(self.remember, size))
        given = np.full((steps, size), self.symbols)
        said = given.copy()
        given[: self.remember] = said[-self.remember :] = held
        given[self.remember + self.lag - 1] = self.symbols + 1
        return Batch(one_hot(given, self.input_size), said, np.ones((steps, size), bool), np.full(size, steps))
