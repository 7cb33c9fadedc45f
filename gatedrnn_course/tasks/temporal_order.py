"""Temporal order: a few relevant symbols among many others, whose order names the class at the end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gatedrnn_course.tasks.batch import Batch, at_end, inside, one_hot
from gatedrnn_course.tasks.contract import Criterion, Split, Task, at_least, one_of

__all__ = ["CLASSES", "PLACES", "SYMBOLS", "TemporalOrder"]

SYMBOLS = "EBabcdXY"
CLASSES = "QRSUVABC"
"""Classes in the order XX, XY, YX, YY, or XXX, XXY, ... YYY (of two symbols only the first four)."""

PLACES = {2: ((10, 20), (50, 60)), 3: ((10, 20), (33, 43), (66, 76))}
"""Where the relevant symbols stand in a sequence of 100 to 110: both ends included, the start E is at 0."""


@dataclass(frozen=True)
class TemporalOrder(Task):
    """E, distractors among a b c d, and two or three X or Y; at the end B, say in which order X and Y came.

    Args:
        relevant: 2 (experiment 6a, 4 classes) or 3 (experiment 6b, 8 classes).
        length: Shortest sequence; the longest has a tenth more. Away from 100, the places of the relevant symbols scale
            with it.

    Source: Hochreiter & Schmidhuber 1997, experiments 6a and 6b: right if every output is within 0.3; stop when the
    mean training error is below 0.1 and the last 2,000 sequences are right. Their outputs are logistic; here they are
    the softmax's probabilities.
    """

    relevant: int = 2
    length: int = 100
    input_size = 8
    loss = "cross_entropy"
    tolerance = 0.3
    criterion = Criterion(2000, wrong=0, mean_error=0.1)
    source = "Hochreiter & Schmidhuber 1997, experiment 6"

    def __post_init__(self) -> None:
        one_of("relevant", self.relevant, PLACES)
        at_least("length", self.length, 20)

    @property
    def name(self) -> str:
        """`temporal_order_6a` or `temporal_order_6b`."""
        return {2: "temporal_order_6a", 3: "temporal_order_6b"}[self.relevant]

    @property
    def output_size(self) -> int:
        """One output a class: 4 or 8."""
        return int(2**self.relevant)

    @property
    def chance(self) -> float:
        """All classes alike: ln 4 or ln 8 nats."""
        return self.relevant * float(np.log(2))

    def draw(self, rng: np.random.Generator, size: int, split: Split) -> Batch:
        """Symbols one-hot, in the order of `SYMBOLS`."""
        lengths = rng.integers(self.length, self.length + self.length // 10, size, endpoint=True)
        symbols = rng.integers(2, 6, (lengths.max(), size))
        columns, classes = np.arange(size), np.zeros(size, np.int64)
        symbols[0] = SYMBOLS.index("E")
        symbols[lengths - 1, columns] = SYMBOLS.index("B")
        for low, high in PLACES[self.relevant]:
            places = rng.integers(low * self.length // 100, high * self.length // 100, size, endpoint=True)
            is_y = rng.integers(2, size=size)
            symbols[places, columns] = SYMBOLS.index("X") + is_y
            classes = 2 * classes + is_y
        symbols[~inside(lengths, len(symbols))] = -1
        return at_end(one_hot(symbols, len(SYMBOLS)), lengths, classes)
