"""Sentences of a small English grammar, word by word: a verb agrees with its noun, however many words lie between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gatedrnn_course.tasks.batch import Batch, Sequence, one_hot, stack
from gatedrnn_course.tasks.contract import Criterion, Split, StepTask, at_least

__all__ = ["WORDS", "Sentences", "sentence"]

NOUNS = ("boy", "girl", "cat", "dog")
NAMES = ("John", "Mary")
VERBS = {"chase": (True, True), "feed": (True, True), "see": (True, False), "hear": (True, False)}
VERBS |= {"walk": (False, False), "live": (False, False)}
"""Whether each verb may have an object, and whether it must."""
WORDS = (
    *(form for noun in NOUNS for form in (noun, f"{noun}s")),
    *NAMES,
    *(form for verb in VERBS for form in (verb, f"{verb}s")),
    *("who", "."),
)
CLAUSE = 0.3
"""How often a noun is followed by a clause; each clause inside another is half as likely."""


def sentence(rng: np.random.Generator) -> list[str]:
    """A sentence such as `boys who Mary chases feed cats .`."""
    subject, plural = _noun_phrase(rng, CLAUSE)
    return [*subject, *_verb_phrase(rng, plural, CLAUSE), "."]


def _noun_phrase(rng: np.random.Generator, clause: float) -> tuple[list[str], bool]:
    """Words, and whether they are plural."""
    if rng.random() < 0.2:
        return [NAMES[rng.integers(2)]], False
    plural = bool(rng.integers(2))
    words = [NOUNS[rng.integers(4)] + "s" * plural]
    if rng.random() >= clause:
        return words, plural
    if rng.random() < 0.5:
        return [*words, "who", *_verb_phrase(rng, plural, clause / 2)], plural
    subject, many = _noun_phrase(rng, clause / 2)
    return [*words, "who", *subject, _verb(rng, many, ["chase", "feed", "see", "hear"])[0]], plural


def _verb_phrase(rng: np.random.Generator, plural: bool, clause: float) -> list[str]:
    form, verb = _verb(rng, plural, list(VERBS))
    may, must = VERBS[verb]
    if must or (may and rng.random() < 0.5):
        return [form, *_noun_phrase(rng, clause)[0]]
    return [form]


def _verb(rng: np.random.Generator, plural: bool, among: list[str]) -> tuple[str, str]:
    """A verb as it agrees, and its stem."""
    stem = among[rng.integers(len(among))]
    return (stem if plural else f"{stem}s"), stem


@dataclass(frozen=True)
class Sentences(StepTask):
    """Predict the next word at every step of a stream of sentences.

    Args:
        length: Words given in a sequence.

    Source: the grammar of Elman 1991, "Distributed representations, simple recurrent networks, and grammatical
    structure": eight nouns, two names, six verbs in two forms, relative clauses, agreement, and verbs that must, may or
    cannot have an object. How often each rule is taken is ours, and so is the criterion: a third of the words, where
    always saying the point is right for about a fifth.
    """

    length: int = 30
    name = "sentences"
    input_size = len(WORDS)
    output_size = len(WORDS)
    loss = "cross_entropy"
    criterion = Criterion(1000, wrong=None, score=0.33)
    source = "Elman 1991"

    def __post_init__(self) -> None:
        at_least("length", self.length, 1)

    def draw(self, rng: np.random.Generator, size: int, split: Split) -> Batch:
        """Streams of whole sentences, cut after so many words."""
        return stack([self._stream(rng) for _column in range(size)])

    def _stream(self, rng: np.random.Generator) -> Sequence:
        words: list[str] = []
        while len(words) <= self.length:
            words += sentence(rng)
        codes = np.array([WORDS.index(word) for word in words[: self.length + 1]])
        return Sequence(one_hot(codes[:-1], len(WORDS)), codes[1:])
