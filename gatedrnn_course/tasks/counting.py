"""Counting: a^n b^n and a^n b^n c^n, which no network with finitely many states can accept for every n."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from gatedrnn_course.tasks.batch import Batch, Sequence, one_hot, stack
from gatedrnn_course.tasks.contract import Criterion, Split, Task, at_least, one_of
from gatedrnn_course.tasks.losses import best_constant
from gatedrnn_course.tasks.symbols import encode, legal_set

__all__ = ["Counting"]


@dataclass(frozen=True)
class Counting(Task):
    """Read S a^n b^n (c^n) symbol by symbol and say at each step which symbols may come next, T for the end among them.

    Inputs one-hot: S and the letters. Outputs: the letters and T, each legal or not. After an a, both a and b are
    legal.

    Args:
        letters: 2 or 3.
        smallest: Smallest n, from 1.
        largest: Largest n.

    Source: Gers & Schmidhuber 2001: trained on n = 1..10, a string is accepted if the set of legal symbols is right at
    every step. An output counts as yes when its probability is above 1/2. Generalisation is judged with `strings` on
    larger n.
    """

    letters: int = 2
    smallest: int = 1
    largest: int = 10
    loss = "bernoulli"
    tolerance = 0.5
    source = "Gers & Schmidhuber 2001"

    def __post_init__(self) -> None:
        at_least("smallest", self.smallest, 1)
        at_least("largest", self.largest, self.smallest)
        one_of("letters", self.letters, (2, 3))

    @property
    def name(self) -> str:
        """`counting_ab` or `counting_abc`."""
        return f"counting_{self.used}"

    @property
    def used(self) -> str:
        """The letters, `ab` or `abc`."""
        return "abc"[: self.letters]

    @property
    def input_size(self) -> int:
        """S and the letters."""
        return self.letters + 1

    @property
    def output_size(self) -> int:
        """The letters and T."""
        return self.letters + 1

    @property
    def criterion(self) -> Criterion:
        """Every n of the range accepted."""
        return Criterion(self.largest - self.smallest + 1, wrong=0)

    @property
    def chance(self) -> float:
        """Loss of the best constant guess over every n of the range, longer strings with more weight."""
        batch = self.strings(range(self.smallest, self.largest + 1))
        return best_constant(self.loss, batch.targets[batch.mask])

    def draw(self, rng: np.random.Generator, size: int, split: Split) -> Batch:
        """Strings with n drawn from the range, all alike."""
        return self.strings(rng.integers(self.smallest, self.largest, size, endpoint=True).tolist())

    def strings(self, counts: Iterable[int]) -> Batch:
        """The strings of the given n, in order: to judge n far beyond those trained on."""
        return stack([self._string(n) for n in counts])

    def _string(self, n: int) -> Sequence:
        text = "S" + "".join(letter * n for letter in self.used)
        after_a = ["ab"] * n
        forced = text[n + 2 :] + "T"  # from the first b on, one symbol is legal
        legal = ["a", *after_a, *forced]
        return Sequence(one_hot(encode(text, "S" + self.used), self.input_size), legal_set(legal, self.used + "T"))
