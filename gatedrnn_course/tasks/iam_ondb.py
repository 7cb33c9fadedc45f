"""IAM-OnDB, for those who hold a licence: read lines of handwriting from the movements of a pen on a whiteboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from gatedrnn_course.tasks.batch import Sequence
from gatedrnn_course.tasks.contract import Criterion, Split
from gatedrnn_course.tasks.corpus import Transcription
from gatedrnn_course.tasks.folders import Licensed, absent
from gatedrnn_course.tasks.pen import PEN_FEATURES, Stroke, pen_features
from gatedrnn_course.tasks.real import Parts
from gatedrnn_course.tasks.symbols import encode
from gatedrnn_course.text import _

__all__ = ["BOARDS", "REMOVED", "IamOnDB", "read_line", "transcripts"]

BOARDS: dict[Split, tuple[str, ...]] = {
    "train": ("trainset.txt",),
    "valid": ("testset_v.txt", "testset_t.txt"),
    "test": ("testset_f.txt",),
}
"""The delivered lists of boards; the paper merges the two validation sets (192 + 216 boards)."""

REMOVED = "a08-551z"
"""A board of eleven percent signs, left out as in the paper."""

LAYOUT = (
    "trainset.txt, testset_v.txt, testset_t.txt, testset_f.txt, ascii/a01/a01-000/a01-000u.txt, "
    "lineStrokes/a01/a01-000/a01-000u-01.xml"
)


def read_line(content: str) -> list[Stroke]:
    """Strokes of one line's XML: `Stroke` elements with `Point` elements of x, y and time in seconds."""
    strokes = (
        np.array([[float(point.get(key, "nan")) for key in ("x", "y", "time")] for point in stroke.iter("Point")])
        for stroke in ElementTree.fromstring(content).iter("Stroke")
    )
    return [stroke for stroke in strokes if len(stroke)]


def transcripts(content: str) -> list[str]:
    """The corrected lines of a board: those after `CSR:`, empty ones dropped."""
    return [line.strip() for line in content.partition("CSR:")[2].splitlines() if line.strip()]


@dataclass(frozen=True)
class IamOnDB(Licensed, Transcription):
    """Pen features of a line in, its characters out without their places in time (CTC); the last output is the blank.

    Args:
        folder: Holds the four lists, `ascii` and `lineStrokes`, as unpacked from what is delivered.

    Source: Greff et al. 2017, section IV.B: 5,355 lines to train, 2,956 to validate, 3,859 to test, 81 characters. They
    state no
    criterion: their best rate, 9.26 %, is asked here.
    """

    folder: Path
    name = "iam_ondb"
    input_size = PEN_FEATURES
    criterion = Criterion(3859, wrong=None, score=0.0926)
    source = "IAM-OnDB, Liwicki & Bunke 2005; Greff et al. 2017, section IV.B"

    @property
    def characters(self) -> str:
        """Every character of the transcripts, in order of code point; output k stands for the k-th."""
        return _characters(self)

    @property
    def output_size(self) -> int:
        """The characters and the blank: 82 on the whole of IAM-OnDB."""
        return len(self.characters) + 1

    def load(self) -> Parts:
        """Every line of the three parts, in the lists' order."""
        return {
            split: [
                Sequence(pen_features(read_line(path.read_text())), encode(text, self.characters))
                for path, text in self.lines(split)
            ]
            for split in BOARDS
        }

    def lines(self, split: Split) -> Iterator[tuple[Path, str]]:
        """Stroke file and transcript of each line of one part; lines that lack one of them are passed over."""
        for name in BOARDS[split]:
            listed = Path(self.folder, name)
            if not listed.is_file():
                raise absent(_("IAM-OnDB's list {name}").format(name=name), Path(self.folder), LAYOUT)
            for board in listed.read_text().split():
                place = Path(board[:3], board[:7])
                written = Path(self.folder, "ascii", place, f"{board}.txt")
                if board == REMOVED or not written.is_file():
                    continue
                for number, text in enumerate(transcripts(written.read_text()), 1):
                    path = Path(self.folder, "lineStrokes", place, f"{board}-{number:02}.xml")
                    if path.is_file():
                        yield path, text


@cache
def _characters(task: IamOnDB) -> str:
    return "".join(sorted({letter for split in BOARDS for _path, text in task.lines(split) for letter in text}))
