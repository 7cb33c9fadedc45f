"""XML: predict each character of nested tags; the names of closing tags must be remembered."""

from __future__ import annotations

from collections.abc import Sequence as Many
from dataclasses import dataclass
from itertools import chain
from string import ascii_lowercase

import numpy as np

from gatedrnn_course.tasks.batch import Batch, Flags, Floats, Sequence, most_active, one_hot, stack
from gatedrnn_course.tasks.contract import Criterion, Split, StepTask, at_least
from gatedrnn_course.tasks.symbols import next_symbol

__all__ = ["SYMBOLS", "XMLTags", "document"]

SYMBOLS = "</>" + ascii_lowercase
LETTERS = ascii_lowercase


def document(rng: np.random.Generator, most: int = 50) -> tuple[str, list[str]]:
    """A document such as `<xy><abcd></abcd></xy>`.

    Each turn closes the last open tag with probability 1/2, and always after `most` turns, or stops if none is open;
    otherwise it opens a tag named with 2 to 10 random letters. The first turn always opens a tag: taken literally, half
    of the documents would be empty.

    Returns:
        The text, and for each of its characters those that could have stood there in a document of the same kind.
    """
    text, legal, open_tags, turn = "", list[str](), list[str](), 0
    while True:
        closes = turn > 0 and (turn >= most or rng.random() < 0.5)
        if closes and not open_tags:
            return text, legal
        after_bracket = LETTERS + "/" if open_tags else LETTERS
        if closes:
            ending = f"/{open_tags.pop()}>"
            text, legal = text + "<" + ending, [*legal, "<", after_bracket, *ending[1:]]
        else:
            tag = "".join(LETTERS[i] for i in rng.integers(26, size=rng.integers(2, 10, endpoint=True)))
            inner = [LETTERS, *[LETTERS + ">"] * 8, ">"][: len(tag)]
            text, legal = text + f"<{tag}>", [*legal, "<", after_bracket, *inner]
            open_tags.append(tag)
        turn += 1


@dataclass(frozen=True)
class XMLTags(StepTask):
    """Predict the next character at every step of a document.

    A prediction is legal when the most active output could stand there; a sequence is right when all are legal. The
    metric is the paper's: the share of characters predicted as they come.

    Args:
        most: Turns after which tags are only closed, 50 in the paper.
        stream: Documents that follow one another in a sequence, whose state begins at 0 once; the paper's has no end.

    Source: Jozefowicz, Zaremba, Sutskever 2015. The paper states no criterion: the best accuracy in it, 0.47, is asked
    of 1,000 documents.
    """

    most: int = 50
    stream: int = 1
    name = "xml"
    input_size = len(SYMBOLS)
    output_size = len(SYMBOLS)
    loss = "cross_entropy"
    criterion = Criterion(1000, wrong=None, score=0.47)
    source = "Jozefowicz, Zaremba, Sutskever 2015"

    def __post_init__(self) -> None:
        at_least("most", self.most, 1)
        at_least("stream", self.stream, 1)

    def draw(self, rng: np.random.Generator, size: int, split: Split) -> Batch:
        """A stream of documents a sequence."""
        rows = [[document(rng, self.most) for _k in range(self.stream)] for _column in range(size)]
        return stack([_sequence(row) for row in rows])

    def right(self, outputs: Floats, batch: Batch) -> Flags:
        """Whether the most active output is a legal next character."""
        assert batch.truth is not None
        return np.asarray((one_hot(most_active(outputs), len(SYMBOLS)) * batch.truth).any(-1))


def _sequence(documents: Many[tuple[str, list[str]]]) -> Sequence:
    """Documents one after the other."""
    texts, legal = zip(*documents, strict=True)
    return next_symbol("".join(texts), SYMBOLS, [*chain(*legal)])
