"""Chorales of four voices made by rule, for lessons that must run where Bach's cannot be had."""

from __future__ import annotations

from collections.abc import Sequence as Many
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.tasks.batch import Batch, Floats, Sequence
from gatedrnn_course.tasks.contract import Criterion, Split, at_least, stream
from gatedrnn_course.tasks.corpus import Corpus
from gatedrnn_course.tasks.losses import loss_value
from gatedrnn_course.tasks.music import piano_roll
from gatedrnn_course.text import _

__all__ = ["PHRASE", "MadeChorales", "made_chorale"]

PHRASE = 8
"""Steps of a phrase: six chords, then a cadence."""
TONIC, SECOND, FOURTH, FIFTH, SIXTH = range(5)
_TONES = ((0, 4, 7), (2, 5, 9), (5, 9, 0), (7, 11, 2), (9, 0, 4))
"""Pitch classes of each chord, its root first."""
_NEXT = ((0, 2, 4, 3, 2), (0, 1, 0, 4, 0), (3, 2, 0, 3, 0), (4, 0, 0, 1, 2), (0, 3, 3, 1, 0))
"""How often each chord follows each."""
_RANGES = ((41, 55), (50, 62), (57, 69), (62, 79))
"""Lowest and highest pitch of bass, tenor, alto and soprano."""


def made_chorale(rng: np.random.Generator) -> NDArray[np.uint8]:
    """A chorale in C major, `(32, 88)`: four phrases of eight quarter notes in bar form, A A B C.

    A phrase begins on I or VI and ends on a cadence: V I, or, in B, II V. So what comes next depends on where in the
    phrase it stands, and, in the second phrase, on the whole first one.
    """
    a, b, c = (_phrase(rng, end) for end in ((FIFTH, TONIC), (SECOND, FIFTH), (FIFTH, TONIC)))
    return piano_roll([*a, *a, *b, *c])


def _phrase(rng: np.random.Generator, end: tuple[int, int]) -> list[tuple[int, ...]]:
    chord = int(rng.choice((TONIC, SIXTH), p=(0.7, 0.3)))
    chords = [chord]
    while len(chords) < PHRASE - len(end):
        weights = np.array(_NEXT[chords[-1]], float)
        chords.append(int(rng.choice(len(weights), p=weights / weights.sum())))
    voices, steps = [48, 55, 64, 72], []
    for chord in (*chords, *end):
        voices = [_nearby(rng, chord, k, voices[k]) for k in range(4)]
        steps.append(tuple(sorted(voices)))
    return steps


def _nearby(rng: np.random.Generator, chord: int, voice: int, before: int) -> int:
    """The pitch of a voice: the bass has the root, inner voices move least, the soprano takes one of two near tones."""
    low, high = _RANGES[voice]
    tones = _TONES[chord][:1] if voice == 0 else _TONES[chord]
    near = sorted((p for p in range(low, high + 1) if p % 12 in tones), key=lambda p: (abs(p - before), p))
    return near[int(rng.integers(2))] if voice == 3 else near[0]


@dataclass(frozen=True)
class MadeChorales(Corpus):
    """Hear steps 1 to 31 of a made chorale and give, at each, the probability of every note at the next.

    Measured as `Music` is: nats a step over all 88 notes, averaged over steps.

    Args:
        train: Chorales to train on; validation and test have a fifth of that.

    Source: made for this course; they keep the four voices, key and phrases of chorales, and nothing of Bach's.
    """

    train: int = 200
    input_size = 88
    output_size = 88
    loss = "bernoulli"
    tolerance = 0.5
    lower_is_better = True
    judged_by_loss = True
    criterion = Criterion(40, wrong=None, score=5.0)
    source = "made by rule"

    def __post_init__(self) -> None:
        at_least("train", self.train, 5)

    @property
    def name(self) -> str:
        """`made_chorales`."""
        return "made_chorales"

    @property
    def metric(self) -> str:
        """What `score` measures, in words."""
        return _("nats a step")

    def score(self, outputs: Floats, batch: Batch) -> float:
        """The loss itself, in nats a step."""
        return loss_value(self.loss, outputs, batch)

    def sequences(self, split: Split) -> Many[Sequence]:
        """The chorales of one part, always the same."""
        return _made(split, self.train if split == "train" else self.train // 5)


@cache
def _made(split: Split, count: int) -> tuple[Sequence, ...]:
    rolls = (made_chorale(stream(0, split, step=k)) for k in range(count))
    return tuple(Sequence(roll[:-1], roll[1:]) for roll in rolls)
