"""Memorisation: read five letters, then spell them; the door every architecture had to pass in the search of 2015."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gatedrnn_course.tasks.batch import Batch, one_hot
from gatedrnn_course.tasks.contract import Criterion, Split, StepTask, at_least

__all__ = ["Memorisation"]


@dataclass(frozen=True)
class Memorisation(StepTask):
    """Five letters, a go sign, then the letters again, each true letter given after its answer (teacher forcing).

    Inputs are one-hot: the letters and the go sign. Scored are the go sign and the steps after it: one for each letter.

    Args:
        letters: How many letters to hold.
        kinds: How many different letters there are.

    Source: Jozefowicz, Zaremba, Sutskever 2015: 5 symbols of 26, discarded below 95 % of the symbols right. The paper
    gives no number of sequences: 1,000 are asked here.
    """

    letters: int = 5
    kinds: int = 26
    name = "memorisation"
    loss = "cross_entropy"
    criterion = Criterion(1000, wrong=None, score=0.95)
    source = "Jozefowicz, Zaremba, Sutskever 2015"

    def __post_init__(self) -> None:
        at_least("letters", self.letters, 1)
        at_least("kinds", self.kinds, 1)

    @property
    def input_size(self) -> int:
        """The letters and the go sign."""
        return self.kinds + 1

    @property
    def output_size(self) -> int:
        """The letters."""
        return self.kinds

    @property
    def chance(self) -> float:
        """All letters alike: ln 26 nats a letter."""
        return float(np.log(self.kinds))

    def draw(self, rng: np.random.Generator, size: int, split: Split) -> Batch:
        """2 x 5 steps, all of the same length."""
        text = rng.integers(self.kinds, size=(self.letters, size))
        given = np.vstack([text, np.full((1, size), self.kinds), text[:-1]])
        said = np.vstack([np.zeros_like(text), text])
        scored = np.broadcast_to(np.arange(2 * self.letters)[:, None] >= self.letters, said.shape).copy()
        return Batch(one_hot(given, self.input_size), said, scored, np.full(size, 2 * self.letters))
