"""Handwritten words: read the letters from the movements of a pen."""

from __future__ import annotations

import io
import zipfile
from abc import abstractmethod
from collections.abc import Mapping
from collections.abc import Sequence as Many
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.tasks.batch import Batch, Floats, Sequence
from gatedrnn_course.tasks.contract import SPLITS, Criterion, Split, StepTask, at_least, one_of, stream
from gatedrnn_course.tasks.corpus import Transcription
from gatedrnn_course.tasks.files import DataFile, StandIn, fetch
from gatedrnn_course.tasks.pen import PEN_FEATURES, Stroke, pen_features, thinned
from gatedrnn_course.tasks.real import Parts, Recorded
from gatedrnn_course.text import _

__all__ = ["ALPHABETS", "FILES", "StrokePoints", "Strokes", "Words", "characters", "parse_strokes", "written_word"]

_PLACE = "https://raw.githubusercontent.com/brendenlake/omniglot/057f034baf2ecb8530bc5710e5a23584d2a519cc/python/"


def _zip(number: int, sha256: str) -> DataFile:
    name = f"strokes_background_small{number}.zip"
    return DataFile("omniglot_small_strokes", name, _PLACE + name, sha256, "MIT, (c) 2015 Brenden Lake")


FILES = {
    1: _zip(1, "8cb3960fb6cf4ccf5f064ad83169f828c36c36782a0f6e7faacb7ecfae4468a2"),
    2: _zip(2, "345bf2141efbea062833dbb2828abbc23d9e07825e46f2afdd4daecddfed6e78"),
}
Alphabet = Literal[
    "Latin", "Greek", "Korean", "Balinese", "Early_Aramaic", "Japanese_(katakana)", "Sanskrit", "Tagalog"
]
ALPHABETS: dict[str, tuple[int, int]] = {
    "Latin": (1, 26),
    "Greek": (1, 24),
    "Korean": (1, 40),
    "Balinese": (1, 24),
    "Early_Aramaic": (1, 22),
    "Japanese_(katakana)": (2, 47),
    "Sanskrit": (2, 42),
    "Tagalog": (2, 17),
}
"""For each alphabet, the file that holds it and how many characters it has."""

DRAWERS: dict[Split, range] = {"train": range(14), "valid": range(14, 17), "test": range(17, 20)}
"""Which of the 20 drawers write the words of each part."""

GAP = 10.0  # pixels between two letters; a letter is about 50 wide
PAUSE = 0.3  # seconds between two letters

Letters = Mapping[tuple[int, int], Many[Stroke]]
"""Strokes of each (character, drawer)."""


def parse_strokes(text: str) -> list[Stroke]:
    """Strokes of one Omniglot file: START, lines `x,y,milliseconds`, BREAK after each stroke. Times become seconds."""
    blocks = text.removeprefix("START").split("BREAK")
    tables = [np.loadtxt(io.StringIO(block), delimiter=",", ndmin=2) for block in blocks if block.strip()]
    return [table * [1, 1, 0.001] for table in tables]


def characters(path: Path, alphabet: str) -> dict[tuple[int, int], list[Stroke]]:
    """All characters of an alphabet in a zip of Omniglot, by number of the character (0 = A) and of the drawer."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            parts = name.split("/")
            if len(parts) == 4 and parts[1] == alphabet and parts[2].startswith("character") and name.endswith(".txt"):
                key = int(parts[2].removeprefix("character")) - 1, int(Path(name).stem.split("_")[1]) - 1
                found[key] = parse_strokes(archive.read(name).decode())
    return found


def written_word(letters: Many[Many[Stroke]]) -> NDArray[np.float64]:
    """Letters set side by side, in space and in time, as pen features `(T, 4)`."""
    x = time = 0.0
    strokes = []
    for letter in letters:
        points = np.concatenate(letter)
        shift = np.array([x, 0.0, time]) - points.min(axis=0) * [1, 0, 1]
        strokes += [stroke + shift for stroke in letter]
        x, _y, time = points.max(axis=0) + shift + [GAP, 0.0, PAUSE]
    return pen_features(strokes)


@dataclass(frozen=True)
class Words(Recorded):
    """Words of random letters, each word by one hand.

    Drawers 1 to 14 write the training words, 15 to 17 the validation words, 18 to 20 the test words; the words are the
    same at each run.

    Args:
        alphabet: One of `ALPHABETS`.
        letters: Shortest and longest word.
        words: How many words each of the three parts has.
        stand_in: Whether generated scribbles may take the strokes' place.
    """

    alphabet: Alphabet = "Latin"
    letters: tuple[int, int] = (3, 6)
    words: tuple[int, int, int] = (1000, 200, 200)
    stand_in: StandIn = "never"
    input_size = PEN_FEATURES

    def __post_init__(self) -> None:
        one_of("alphabet", self.alphabet, ALPHABETS)
        at_least("letters", self.letters[0], 1)
        at_least("letters", self.letters[1], self.letters[0])
        at_least("words", min(self.words), 1)

    @property
    def kinds(self) -> int:
        """How many characters the alphabet has."""
        return ALPHABETS[self.alphabet][1]

    @abstractmethod
    def written(self, word: NDArray[np.int64], letters: Many[Many[Stroke]]) -> Sequence:
        """A word as a sequence.

        Args:
            word: Its characters, as numbers.
            letters: The strokes of each.
        """

    def load(self) -> Parts:
        """Words of the real letters."""
        return self._parts(characters(fetch(FILES[ALPHABETS[self.alphabet][0]]), self.alphabet))

    def generate(self) -> Parts:
        """Words of scribbles: a zigzag for each character, each drawer's a little different."""
        rng, zigzags = stream(0), dict[tuple[int, int], list[Stroke]]()
        for character in range(self.kinds):
            corners = rng.uniform((0, -100), (50, 0), (4, 2))
            for drawer in range(20):
                points = np.concatenate([np.linspace(*pair, 10) for pair in pairwise(corners)])
                wobble = np.cumsum(rng.normal(0, 1, points.shape), axis=0)
                zigzags[character, drawer] = [np.column_stack([points + wobble, np.arange(len(points)) * 0.03])]
        return self._parts(zigzags)

    def _parts(self, letters: Letters) -> Parts:
        return {
            split: [self._word(letters, DRAWERS[split], rng) for _word in range(count)]
            for split, count in zip(SPLITS, self.words, strict=True)
            for rng in [stream(0, split)]
        }

    def _word(self, letters: Letters, drawers: range, rng: np.random.Generator) -> Sequence:
        drawer, length = int(rng.choice(drawers)), rng.integers(*self.letters, endpoint=True)
        word = rng.integers(self.kinds, size=length)
        return self.written(word, [letters[int(character), drawer] for character in word])


@dataclass(frozen=True)
class Strokes(Words, Transcription):
    """Words of random letters, each word by one hand; pen features in, the letters out in order (CTC).

    Outputs are the alphabet's characters, then the blank.

    Source: Omniglot (Lake, Salakhutdinov, Tenenbaum 2015), inputs and loss as for IAM-OnDB in Greff et al. 2017,
    section IV.B: a stand-in for it. It has no criterion: at most half of the characters in error is asked here, since
    14 hands teach less than IAM-OnDB's 221.
    """

    name = "strokes"
    criterion = Criterion(200, wrong=None, score=0.5)
    source = "Omniglot, Lake, Salakhutdinov, Tenenbaum 2015; Greff et al. 2017, section IV.B"

    @property
    def output_size(self) -> int:
        """The characters and the blank."""
        return self.kinds + 1

    def written(self, word: NDArray[np.int64], letters: Many[Many[Stroke]]) -> Sequence:
        """The pen's path, and the characters without their places."""
        return Sequence(written_word(letters), word)


@dataclass(frozen=True)
class StrokePoints(StepTask, Words):
    """Words of random letters, each word by one hand; pen features in, the letter asked at every point.

    The words are those of `Strokes`; where each letter begins is known here, so no CTC is needed.

    Source: Omniglot, as `Strokes`. It has no criterion: at most half of the points in error is asked here.
    """

    name = "stroke_points"
    loss = "cross_entropy"
    lower_is_better = True
    criterion = Criterion(200, wrong=None, score=0.5)
    source = "Omniglot, Lake, Salakhutdinov, Tenenbaum 2015; inputs of Greff et al. 2017, section IV.B"

    @property
    def output_size(self) -> int:
        """The characters."""
        return self.kinds

    @property
    def metric(self) -> str:
        """What `score` measures, in words."""
        return _("share of points wrong")

    def score(self, outputs: Floats, batch: Batch) -> float:
        """Share of the points whose most active output is not their letter."""
        return 1.0 - super().score(outputs, batch)

    def written(self, word: NDArray[np.int64], letters: Many[Many[Stroke]]) -> Sequence:
        """The pen's path, and the character of each of its points."""
        counts = [sum(len(thinned(stroke)) for stroke in letter) for letter in letters]
        return Sequence(written_word(letters), np.repeat(word, counts))
