"""Verdicts that are used again, by what was judged: the same cells and files, asked the same, by the same judge."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from gatedrnn_course.grading.classroom.record import Judged, write_text
from gatedrnn_course.grading.classroom.submission import Submission
from gatedrnn_course.text import language

__all__ = ["Kept", "Store", "work_key"]


class Kept(BaseModel):
    """A piece of work and the verdicts on it: all that is needed to judge it once more.

    Attributes:
        unit: The unit's number.
        student: In whose name it was judged first.
        cells: Sources of the code cells.
        files: What came with them, by name, in base64.
        judged: The verdicts.
    """

    model_config = ConfigDict(extra="forbid")

    unit: str
    student: str
    cells: tuple[str, ...]
    files: dict[str, str]
    judged: Judged

    def submission(self) -> Submission:
        """The work, as it was read."""
        files = {name: base64.b64decode(coded) for name, coded in self.files.items()}
        return Submission(self.student, Path(self.student), self.cells, files=files)


class Store:
    """A folder of judged work, one file a piece. Several runs may use one at the same time.

    Args:
        folder: Made when it is first needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, key: str) -> Kept | None:
        """What is kept under a key; None if nothing is, or it is damaged."""
        try:
            return Kept.model_validate_json((self._folder / key).read_bytes())
        except (OSError, ValueError):
            return None

    def keep(self, key: str, unit: str, submission: Submission, judged: Judged) -> None:
        """Keep the verdicts on a piece of work.

        Raises:
            CourseError: If the file cannot be written.
        """
        files = {name: base64.b64encode(raw).decode() for name, raw in submission.files.items()}
        kept = Kept(unit=unit, student=submission.student, cells=submission.cells, files=files, judged=judged)
        write_text(self._folder / key, kept.model_dump_json(), lasting=False)  # else it is judged again


def work_key(unit: str, rubric: str, submission: Submission) -> str:
    """The key of a piece of work: nothing that could change a verdict or its words may be left out.

    Args:
        unit: The unit's number.
        rubric: Fingerprint of what is asked and of the code that judges.
        submission: What was handed in; whose it is and what its file is called do not count.
    """
    files = {name: hashlib.sha256(raw).hexdigest() for name, raw in sorted(submission.files.items())}
    told = json.dumps([unit, rubric, language(), submission.cells, files])
    return hashlib.sha256(told.encode()).hexdigest()
