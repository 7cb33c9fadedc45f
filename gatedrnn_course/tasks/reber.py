"""The embedded Reber grammar: predict the next symbol; the second symbol decides the last but one."""

from __future__ import annotations

from collections.abc import Sequence as Many
from dataclasses import dataclass
from functools import cache

import numpy as np

from gatedrnn_course.tasks.batch import Batch, Flags, Floats, Integers, Sequence, one_hot
from gatedrnn_course.tasks.contract import SPLITS, Criterion, Split, Task, at_least, stream
from gatedrnn_course.tasks.corpus import Corpus
from gatedrnn_course.tasks.losses import best_constant
from gatedrnn_course.tasks.symbols import encode, legal_set, next_symbol

__all__ = ["GRAMMAR", "SYMBOLS", "ContinualReber", "EmbeddedReber", "embedded_string", "legal_most_active"]

SYMBOLS = "BTPSXVE"
GRAMMAR = {
    0: (("B", 1),),
    1: (("T", 2), ("P", 3)),
    2: (("S", 2), ("X", 4)),
    3: (("T", 3), ("V", 5)),
    4: (("X", 3), ("S", 6)),
    5: (("P", 4), ("V", 6)),
    6: (("E", 7),),
}
"""Reber's grammar: from each node, the symbols of its edges and where they lead; 7 is the end."""


def embedded_string(rng: np.random.Generator) -> tuple[str, list[str]]:
    """A string B (T|P) Reber (T|P) E with equal outer letters, each edge taken with probability 1/2.

    Returns:
        The string, and for each of its letters the letters that could have stood there.
    """
    outer = "TP"[rng.integers(2)]
    text, legal, node = ["B", outer], ["B", "TP"], 0
    while node != 7:
        edges = GRAMMAR[node]
        symbol, node = edges[rng.integers(len(edges))]
        text.append(symbol)
        legal.append("".join(letter for letter, _to in edges))
    return "".join([*text, outer, "E"]), [*legal, outer, "E"]


def legal_most_active(outputs: Floats, truth: Floats) -> Flags:
    """Whether every legal output is more active than every other: `(T, B)` from two arrays `(T, B, K)`."""
    legal = np.where(truth > 0, outputs, np.inf).min(-1)
    return np.asarray(legal > np.where(truth > 0, -np.inf, outputs).max(-1))


@dataclass(frozen=True)
class EmbeddedReber(Corpus):
    """Predict the next symbol at every step of strings of the embedded Reber grammar, each string on its own.

    Three parts of `strings` different strings, no string in two parts; `pair` chooses another such collection.

    Args:
        strings: Strings of a part, at most 256 as in the paper by default.
        pair: Number of the collection (the paper has three pairs of training and test strings).

    Source: Hochreiter & Schmidhuber 1997, experiment 1: solved when, for every symbol of every training and test
    string, the legal next symbols are the most active outputs. The paper does not say whether a string may occur twice
    in a set; here it may not.
    """

    strings: int = 256
    pair: int = 0
    name = "embedded_reber"
    input_size = 7
    output_size = 7
    loss = "cross_entropy"
    criterion = Criterion(512, wrong=0)
    source = "Hochreiter & Schmidhuber 1997, experiment 1"

    def __post_init__(self) -> None:
        at_least("strings", self.strings, 1)

    def sequences(self, split: Split) -> Many[Sequence]:
        """The strings of one part."""
        start = self.strings * SPLITS.index(split)
        return _collection(self.pair, len(SPLITS) * self.strings)[start : start + self.strings]

    def right(self, outputs: Floats, batch: Batch) -> Flags:
        """Whether the legal next symbols are the most active outputs."""
        assert batch.truth is not None
        return legal_most_active(outputs, batch.truth)


@cache
def _collection(pair: int, total: int) -> tuple[Sequence, ...]:
    """Different strings in random order: as they are found, short ones would come first."""
    rng, found = stream(pair), dict[str, list[str]]()
    while len(found) < total:
        text, legal = embedded_string(rng)
        found[text] = legal
    texts = list(found)
    return tuple(next_symbol(texts[i], SYMBOLS, found[texts[i]]) for i in rng.permutation(total))


@dataclass(frozen=True)
class ContinualReber(Task):
    """Strings of the embedded Reber grammar without end, one after the other, no sign between them and no reset.

    Args:
        length: Symbols of a stream. The paper's training streams end at the first error or after 100,000.

    Source: Gers, Schmidhuber, Cummins 2000, task 1: an output is right if its error is below 0.49. Two symbols are
    often legal and no output can then be that near to the one that comes, so the targets are the legal next symbols
    (all of them). A stream is perfect when 10^6 predictions in a row are right; judged here on ten streams of the
    task's own length.
    """

    length: int = 1000
    name = "continual_reber"
    input_size = 7
    output_size = 7
    loss = "bernoulli"
    tolerance = 0.49
    criterion = Criterion(10, wrong=0)
    source = "Gers, Schmidhuber, Cummins 2000, task 1"

    def __post_init__(self) -> None:
        at_least("length", self.length, 1)

    @property
    def chance(self) -> float:
        """Loss of the best constant guess, fitted to one stream of 20,000 symbols."""
        return best_constant(self.loss, ContinualReber(20_000).batch(0, 1).targets[:, 0])

    def draw(self, rng: np.random.Generator, size: int, split: Split) -> Batch:
        """`size` streams, each beginning with a new string."""
        streams = [self._stream(rng) for _column in range(size)]
        inputs = np.stack([one_hot(encode(text[:-1], SYMBOLS), 7) for text, _legal in streams], axis=1)
        targets = np.stack([legal_set(legal[1:], SYMBOLS) for _text, legal in streams], axis=1)
        return Batch(inputs, targets, np.ones((self.length, size), bool), np.full(size, self.length))

    def _stream(self, rng: np.random.Generator) -> tuple[str, list[str]]:
        text, legal = "", list[str]()
        while len(text) <= self.length:
            more, allowed = embedded_string(rng)
            text, legal = text + more, legal + allowed
        return text[: self.length + 1], legal[: self.length + 1]

    def predicted(self, outputs: Floats, batch: Batch) -> Integers:
        """Right predictions before the first error, `(B,)`; the paper calls an average above 1,000 good."""
        return np.asarray(np.cumprod(self.right(outputs, batch), axis=0, dtype=np.int64).sum(axis=0))
