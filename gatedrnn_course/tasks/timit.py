"""TIMIT, for those who hold a licence: name the phone at every frame of read sentences."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.tasks.batch import Batch, Floats, Sequence
from gatedrnn_course.tasks.contract import SPLITS, Criterion, Split, StepTask
from gatedrnn_course.tasks.folders import Licensed, absent
from gatedrnn_course.tasks.real import Parts
from gatedrnn_course.tasks.speech import FEATURES, features, frame_centres, read_wav, standardised
from gatedrnn_course.text import _

__all__ = ["CORE_TEST", "DEVELOPMENT", "PHONES", "Timit", "read_sound", "spoken_phones"]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PHONES = _words(
    "aa ae ah ao aw ax ax-h axr ay b bcl ch d dcl dh dx eh el em en eng epi er ey f g gcl h# hh hv ih ix iy jh k "
    "kcl l m n ng nx ow oy p pau pcl q r s sh t tcl th uh uw ux v w y z zh"
)
"""The 61 phones of the transcriptions."""

CORE_TEST = frozenset(
    _words(
        "mdab0 mwbt0 felc0 mtas1 mwew0 fpas0 mjmp0 mlnt0 fpkt0 mlll0 mtls0 fjlm0 mbpm0 mklt0 fnlp0 mcmj0 mjdh0 fmgd0 "
        "mgrt0 mnjm0 fdhc0 mjln0 mpam0 fmld0"
    )
)
"""The 24 speakers of the core test set: 192 sentences without the SA ones."""

DEVELOPMENT = frozenset(
    _words(
        "faks0 fdac1 fjem0 mgwt0 mjar0 mmdb1 mmdm2 mpdf0 fcmh0 fkms0 mbdg0 mbwm0 mcsh0 fadg0 fdms0 fedw0 mgjf0 mglb0 "
        "mrtk0 mtaa0 mtdt0 mthc0 mwjg0 fnmr0 frew0 fsem0 mbns0 mmjr0 mdls0 mdlf0 mdvc0 mers0 fmah0 fdrw0 mrcs0 mrjm4 "
        "fcal1 mmwh0 fjsj0 majc0 mjsw0 mreb0 fgjd0 fjmg0 mroa0 mteb0 mjfc0 mrjr0 fmml0 mrws1"
    )
)
"""Halberstadt's 50 development speakers, all from the full test set: 400 sentences."""

LAYOUT = "TRAIN/DR1/FCJF0/SI1027.WAV (NIST SPHERE or RIFF), SI1027.PHN beside it, and TEST/..."


def read_sound(content: bytes) -> tuple[NDArray[np.float64], int]:
    """Samples in [-1, 1) and their rate in hertz, from uncompressed 16-bit mono NIST SPHERE or RIFF."""
    if content.startswith(b"RIFF"):
        return read_wav(content)
    start = int(content[8:16])
    lines = content[16:start].decode("ascii", "replace").split("end_head")[0].splitlines()
    fields = {name: value for name, _kind, value in (line.split(maxsplit=2) for line in lines if line.strip())}
    order = ">" if fields.get("sample_byte_format") == "10" else "<"
    return np.frombuffer(content[start:], f"{order}i2") / 2.0**15, int(fields["sample_rate"])


def spoken_phones(transcription: str, centres: NDArray[np.int64]) -> NDArray[np.int64]:
    """The phone at each of the given samples, from lines `first_sample end_sample phone`; the last lasts to the end."""
    rows = [line.split() for line in transcription.splitlines() if line.strip()]
    phones = np.array([PHONES.index(phone) for _start, _end, phone in rows])
    ends = np.array([int(end) for _start, end, _phone in rows])
    return np.asarray(phones[np.minimum(np.searchsorted(ends, centres, side="right"), len(phones) - 1)])


@dataclass(frozen=True)
class Timit(StepTask, Licensed):
    """39 features of 10 ms frames in, one of 61 phones asked at every frame.

    Training has the TRAIN folder without its SA sentences (3,696), validation Halberstadt's development speakers (400),
    test the core test set (192).

    Args:
        folder: Holds TRAIN and TEST; upper or lower case.

    Source: Greff et al. 2017, section IV.A. They print the sizes 3696, 400, 192 as "training, testing, and validation";
    the core test set has 192 sentences and Halberstadt's 400, so the last two are read the other way round. They state
    no criterion: their best error, 29.6 %, is asked here. A frame has the phone of its middle sample.
    """

    folder: Path
    name = "timit"
    input_size = FEATURES
    output_size = len(PHONES)
    loss = "cross_entropy"
    lower_is_better = True
    criterion = Criterion(192, wrong=None, score=0.296)
    source = "TIMIT (LDC93S1); Greff et al. 2017, section IV.A"

    @property
    def metric(self) -> str:
        """What `score` measures, in words."""
        return _("share of frames wrong")

    def score(self, outputs: Floats, batch: Batch) -> float:
        """Share of the frames whose most active output is not their phone."""
        return 1.0 - super().score(outputs, batch)

    def load(self) -> Parts:
        """Every sentence of the three parts, in order of name."""
        found: dict[Split, list[tuple[NDArray[np.float64], NDArray[np.int64]]]] = {split: [] for split in SPLITS}
        for path in sorted(path for path in Path(self.folder).rglob("*") if path.suffix.lower() == ".phn"):
            split = part_of(path)
            if split:
                samples, rate = read_sound(_sound_beside(path).read_bytes())
                phones = spoken_phones(path.read_text(), frame_centres(len(samples), rate))
                found[split].append((features(samples, rate), phones))
        if not all(found.values()):
            raise absent(_("TIMIT's training, development and core test sentences"), Path(self.folder), LAYOUT)
        scaled = standardised({split: [x for x, _phones in pairs] for split, pairs in found.items()})
        return {
            split: [Sequence(x, phones) for x, (_x, phones) in zip(scaled[split], found[split], strict=True)]
            for split in SPLITS
        }


def part_of(path: Path) -> Split | None:
    """The part of a transcription, from its place `.../TRAIN or TEST/region/speaker/sentence.PHN`; None for none."""
    group, _region, speaker, sentence = (part.lower() for part in path.parts[-4:])
    if sentence.startswith("sa"):
        return None
    if group == "train":
        return "train"
    return "test" if speaker in CORE_TEST else "valid" if speaker in DEVELOPMENT else None


def _sound_beside(path: Path) -> Path:
    for sibling in sorted(path.parent.iterdir()):
        if sibling.name.lower() == path.stem.lower() + ".wav":
            return sibling
    raise absent(_("the sound of {name}").format(name=path.name), path.parent, LAYOUT)
