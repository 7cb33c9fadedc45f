"""Spoken digits: name the digit at every frame of its sound."""

from __future__ import annotations

import hashlib
import tarfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.tasks.batch import Batch, Flags, Floats, Sequence, most_active
from gatedrnn_course.tasks.contract import SPLITS, Criterion, Split, StepTask, stream
from gatedrnn_course.tasks.files import DataFile, MissingData, StandIn, fetch
from gatedrnn_course.tasks.losses import log_softmax
from gatedrnn_course.tasks.real import Parts, Recorded
from gatedrnn_course.tasks.speech import FEATURES, features, read_wav, standardised
from gatedrnn_course.text import _

__all__ = ["FILE", "MANIFEST", "DigitFrames", "Digits", "recordings"]

COMMIT = "26eb9aaf76e81b692f806f9140c2d2777410d7a1"
FILE = DataFile(
    "fsdd",
    "recordings.tar.gz",
    f"https://github.com/Jakobovski/free-spoken-digit-dataset/archive/{COMMIT}.tar.gz",
    "",
    "CC BY-SA 4.0",
)
MANIFEST = "04e1baae96c6a26e39c623f2b01d0182ddae627ba0ac02a3cdc17ba2af99fd9b"
"""sha256 of the lines "sha256  recordings/name" of the 3,000 sounds in order of name.

An archive may be packed anew at each download; the sounds in it may not change.
"""


def recordings(path: Path) -> dict[str, bytes]:
    """The sounds of an archive by name (`7_jackson_32.wav`), checked against the manifest; none is unpacked to disk."""
    sounds: dict[str, bytes] = {}
    with suppress(tarfile.TarError, EOFError, zlib.error), tarfile.open(path) as archive:  # a cut download
        for member in archive:
            inside = "recordings/" in member.name and member.name.endswith(".wav")
            if inside and (content := archive.extractfile(member)):
                sounds[Path(member.name).name] = content.read()
    lines = (f"{hashlib.sha256(sounds[name]).hexdigest()}  recordings/{name}\n" for name in sorted(sounds))
    if hashlib.sha256("".join(lines).encode()).hexdigest() != MANIFEST:
        raise MissingData(
            _("The spoken digits in {name}.").format(name=path.name),
            _("The archive does not hold the 3,000 expected recordings."),
            do=_("Delete it and run again to download it from {address}.").format(address=FILE.address),
        )
    return sounds


@dataclass(frozen=True)
class Digits(Recorded):
    """39 features of 10 ms frames in, the digit 0 to 9 asked at every frame.

    A recording is read as the digit whose log-probability, summed over its frames, is highest.

    Recordings 0 to 4 of each speaker and digit are the official test, 5 to 9 serve for validation, the rest for
    training.

    Args:
        leave_out: Speakers heard in the test only, all their recordings, for a test on new voices; none by default, and
            then all six speakers are in every part. They are george, jackson, lucas, nicolas, theo, yweweler.
        stand_in: Whether generated sounds may take the recordings' place.

    Source: the Free Spoken Digit Dataset (Jackson et al.), features as in Greff et al. 2017, section IV.A: a stand-in
    for TIMIT, whose frames are labelled one by one. It has no criterion: 95 % of the test recordings are asked here.
    """

    leave_out: tuple[str, ...] = ()
    stand_in: StandIn = "never"
    name = "digits"
    input_size = FEATURES
    output_size = 10
    loss = "cross_entropy"
    criterion = Criterion(300, wrong=None, score=0.95)
    source = "Free Spoken Digit Dataset; Greff et al. 2017, section IV.A"

    def correct(self, outputs: Floats, batch: Batch) -> Flags:
        """Which recordings are read as the right digit: `(B,)`."""
        evidence = np.where(batch.mask[..., None], log_softmax(outputs), 0.0).sum(axis=0)
        return np.asarray(most_active(evidence) == batch.targets[0])

    def load(self) -> Parts:
        """The recordings in order of name."""
        sounds = recordings(fetch(FILE))
        split = {name: self._split(*name.removesuffix(".wav").split("_")[1:]) for name in sorted(sounds)}
        return _labelled({part: {n: read_wav(sounds[n]) for n in split if split[n] == part} for part in SPLITS})

    def _split(self, speaker: str, index: str) -> Split:
        if self.leave_out:
            return "test" if speaker in self.leave_out else "valid" if int(index) < 5 else "train"
        return "test" if int(index) < 5 else "valid" if int(index) < 10 else "train"

    def generate(self) -> Parts:
        """Gliding tones, one glide a digit: 20 a digit for training, 5 each for validation and test."""
        takes = {"train": 20, "valid": 5, "test": 5}
        names = {part: [f"{digit}_tone_{i}" for digit in range(10) for i in range(takes[part])] for part in SPLITS}
        rngs = {part: stream(0, part) for part in SPLITS}
        return _labelled(
            {part: {name: (_tone(rngs[part], int(name[0])), 8000) for name in names[part]} for part in SPLITS}
        )


def _labelled(sounds: Mapping[Split, Mapping[str, tuple[NDArray[np.float64], int]]]) -> Parts:
    """Sounds whose name begins with the digit, as standardised features with the digit at every frame."""
    scaled = standardised({part: [features(*sound) for sound in named.values()] for part, named in sounds.items()})
    return {
        part: [Sequence(x, np.full(len(x), int(name[0]))) for name, x in zip(sounds[part], scaled[part], strict=True)]
        for part in SPLITS
    }


def _tone(rng: np.random.Generator, digit: int) -> NDArray[np.float64]:
    """0.2 to 0.4 s of a tone that glides from a pitch to another, both set by the digit, in a little noise."""
    time = np.arange(int(rng.integers(1600, 3200))) / 8000
    start, end = 300 + 250 * (digit % 5), 2600 - 900 * (digit // 5)
    phase = 2 * np.pi * (start * time + (end - start) * time**2 / (2 * time[-1]))
    return np.asarray(0.3 * np.sin(phase * rng.uniform(0.95, 1.05)) + rng.normal(0, 0.01, len(time)))


@dataclass(frozen=True)
class DigitFrames(StepTask, Digits):
    """`Digits`, judged frame by frame as the phones of TIMIT are.

    Source: the Free Spoken Digit Dataset; the measure of Greff et al. 2017, section IV.A. It has no criterion: half of
    the frames is asked here.
    """

    name = "digit_frames"
    lower_is_better = True
    criterion = Criterion(300, wrong=None, score=0.5)

    @property
    def metric(self) -> str:
        """What `score` measures, in words."""
        return _("share of frames wrong")

    def score(self, outputs: Floats, batch: Batch) -> float:
        """Share of the frames whose most active output is not the digit."""
        return 1.0 - super().score(outputs, batch)
