"""Arithmetic with distractors: read a sum or difference strewn with letters, write the result digit by digit."""

from __future__ import annotations

from collections.abc import Sequence as Many
from dataclasses import dataclass
from string import ascii_lowercase

import numpy as np

from gatedrnn_course.tasks.batch import Batch, Sequence, stack
from gatedrnn_course.tasks.contract import Criterion, Split, StepTask, at_least
from gatedrnn_course.tasks.symbols import next_symbol

__all__ = ["SYMBOLS", "Arithmetic", "exercise"]

SYMBOLS = "0123456789+-=." + ascii_lowercase


def exercise(rng: np.random.Generator, digits: int) -> str:
    """An exercise such as `3e36d9-h1h39f94eeh43keg3c=-13991064.`, which is 3369 - 13994433.

    Each number has 1 to `digits` digits, all lengths alike, and no leading zero. Before each character up to the "=",
    and again after each letter put there, a random letter is put with probability 1/2.
    """
    sizes = rng.integers(1, digits, 2, endpoint=True)
    a, b = (int(rng.integers(10 ** int(n - 1), 10 ** int(n))) for n in sizes)
    minus = bool(rng.integers(2))
    question = f"{a}{'-' if minus else '+'}{b}="
    strewn = [
        "".join(ascii_lowercase[i] for i in rng.integers(26, size=letters)) + character
        for character, letters in zip(question, rng.geometric(0.5, len(question)) - 1, strict=True)
    ]
    return "".join(strewn) + f"{a - b if minus else a + b}."


@dataclass(frozen=True)
class Arithmetic(StepTask):
    """Predict each character after the "=", the point included, the true ones before it given.

    Args:
        digits: Longest number, 8 in the paper.
        stream: Exercises that follow one another in a sequence, whose state begins at 0 once; the paper's has no end.

    Source: Jozefowicz, Zaremba, Sutskever 2015: 40 symbols, next-step accuracy. How numbers and letters are drawn is
    not stated; see `exercise` for how it is done here. The paper states no criterion: the best accuracy in it, 0.92, is
    asked of 1,000 exercises.
    """

    digits: int = 8
    stream: int = 1
    name = "arithmetic"
    input_size = len(SYMBOLS)
    output_size = len(SYMBOLS)
    loss = "cross_entropy"
    criterion = Criterion(1000, wrong=None, score=0.92)
    source = "Jozefowicz, Zaremba, Sutskever 2015"

    def __post_init__(self) -> None:
        at_least("digits", self.digits, 1)
        at_least("stream", self.stream, 1)

    def draw(self, rng: np.random.Generator, size: int, split: Split) -> Batch:
        """A stream of exercises a sequence."""
        return stack([_sequence([exercise(rng, self.digits) for _k in range(self.stream)]) for _column in range(size)])


def _sequence(texts: Many[str]) -> Sequence:
    """Exercises one after the other; asked for are the results."""
    asked = [k > text.index("=") for text in texts for k in range(len(text))]
    return next_symbol("".join(texts), SYMBOLS, asked=asked)
