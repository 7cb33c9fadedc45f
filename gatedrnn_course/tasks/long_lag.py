"""Long time lags: the first symbols decide the last one, with nothing, or only noise, in between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gatedrnn_course.tasks.batch import Batch, at_end, inside, one_hot
from gatedrnn_course.tasks.contract import Criterion, Split, Task, at_least

__all__ = ["LongLag", "NoisyLag"]


@dataclass(frozen=True)
class LongLag(Task):
    """(y, a_1 .. a_{p-1}, y) or (x, a_1 .. a_{p-1}, x): predict the next symbol; the last is the first again.

    Symbols are a_1 .. a_{p-1}, x, y in this order, one-hot. The network reads all but the last symbol: p steps.

    Args:
        lag: p, steps between the first symbol and the answer.
        regular: True for experiment 2a (the same middle each time, every step judged); False for 2b (the middle is
            drawn at random among the a's, and only the answer is judged).

    Source: Hochreiter & Schmidhuber 1997, experiments 2a and 2b: solved when every output's error is below 0.25 on
    10,000 successive sequences. Their outputs are logistic; here they are the softmax's probabilities.
    """

    lag: int = 100
    regular: bool = True
    loss = "cross_entropy"
    tolerance = 0.25
    criterion = Criterion(10_000, wrong=0)
    source = "Hochreiter & Schmidhuber 1997, experiments 2a and 2b"

    def __post_init__(self) -> None:
        at_least("lag", self.lag, 2)

    @property
    def name(self) -> str:
        """`long_lag_2a` or `long_lag_2b`."""
        return "long_lag_2a" if self.regular else "long_lag_2b"

    @property
    def input_size(self) -> int:
        """The p + 1 symbols."""
        return self.lag + 1

    @property
    def output_size(self) -> int:
        """The p + 1 symbols."""
        return self.lag + 1

    @property
    def chance(self) -> float:
        """2a: the p symbols that come next in a sequence alike, ln p + (ln 2)/p nats; 2b: x or y, ln 2."""
        ln2 = float(np.log(2))
        return float(np.log(self.lag)) + ln2 / self.lag if self.regular else ln2

    def draw(self, rng: np.random.Generator, size: int, split: Split) -> Batch:
        """Sequences of p steps."""
        ends = self.lag - 1 + rng.integers(2, size=size)
        middle = np.arange(self.lag - 1)[:, None]
        if not self.regular:
            middle = rng.integers(self.lag - 1, size=(self.lag - 1, size))
        symbols = np.vstack([ends, np.broadcast_to(middle, (self.lag - 1, size)), ends])  # (p + 1, B)
        inputs, lengths = one_hot(symbols[:-1], self.lag + 1), np.full(size, self.lag)
        if not self.regular:
            return at_end(inputs, lengths, ends)
        return Batch(inputs, symbols[1:], np.ones((self.lag, size), bool), lengths)


@dataclass(frozen=True)
class NoisyLag(Task):
    """(b, y or x, q + k distractors, e): at e, say which of x and y came second.

    After q distractors, each further step brings another with probability 9/10 or the end e with 1/10. Symbols are
    a_1 .. a_p, b, e, x, y in this order, one-hot.

    Args:
        lag: q; the minimal lag between the relevant symbol and the answer is q + 1.
        distractors: p, how many different distractors there are.

    Source: Hochreiter & Schmidhuber 1997, experiment 2c: solved when both outputs' error is below 0.2 on 10,000
    successive sequences. Their outputs are logistic; here they are the softmax's probabilities.
    """

    lag: int = 50
    distractors: int = 50
    name = "long_lag_2c"
    output_size = 2
    loss = "cross_entropy"
    tolerance = 0.2
    criterion = Criterion(10_000, wrong=0)
    source = "Hochreiter & Schmidhuber 1997, experiment 2c"
    chance = float(np.log(2))

    def __post_init__(self) -> None:
        at_least("lag", self.lag, 0)
        at_least("distractors", self.distractors, 1)

    @property
    def input_size(self) -> int:
        """The p + 4 symbols."""
        return self.distractors + 4

    def draw(self, rng: np.random.Generator, size: int, split: Split) -> Batch:
        """Sequences of q + k + 3 steps, k geometric with mean 9."""
        p, columns = self.distractors, np.arange(size)
        lengths = self.lag + rng.geometric(1 / 10, size) - 1 + 3
        symbols = rng.integers(p, size=(lengths.max(), size))
        classes = rng.integers(2, size=size)
        symbols[0], symbols[1] = p, p + 2 + classes
        symbols[lengths - 1, columns] = p + 1
        symbols[~inside(lengths, len(symbols))] = -1
        return at_end(one_hot(symbols, self.input_size), lengths, classes)
