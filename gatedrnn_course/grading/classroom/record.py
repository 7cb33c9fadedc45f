"""What is kept of one graded submission: a small JSON file that every report is made from."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from gatedrnn_course.errors import CourseError
from gatedrnn_course.files import write_atomically
from gatedrnn_course.grading.judging.verdict import Outcome
from gatedrnn_course.text import _

__all__ = ["Attempt", "ItemRecord", "Judged", "Record", "SandboxRecord", "file_stems", "read_record", "write_text"]

FORMAT = 1
LONGEST_STEM = 180  # bytes; file systems allow 255 for a name, with its ending


class ItemRecord(BaseModel):
    """The verdict on one item; the fields of `Verdict`, and the instructor's word where it changed the points."""

    model_config = ConfigDict(extra="forbid")

    name: str
    outcome: Outcome
    points: int
    out_of: int
    sentence: str
    mistake: str = ""
    details: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    alone: bool = False
    overridden: str = ""


class SandboxRecord(BaseModel):
    """Where the answers ran, and what that place does not guarantee."""

    backend: str
    level: str
    missing: tuple[str, ...]


class Judged(BaseModel):
    """The verdicts on a piece of work, whoever handed it in.

    Attributes:
        rubric: Fingerprint of what was asked and of the code that judged.
        seed: All that was drawn comes from it.
        points: Points earned.
        out_of: Points to be had.
        items: One verdict an item.
        notes: What happened while it ran, for the student.
        sandbox: Where it ran.
        versions: Of the course and of Python.
        seconds: How long it took.
        problem: Why there are none, where the grader itself failed.
    """

    model_config = ConfigDict(extra="forbid")

    rubric: str
    seed: int
    points: int
    out_of: int
    items: tuple[ItemRecord, ...] = ()
    notes: tuple[str, ...] = ()
    sandbox: SandboxRecord
    versions: dict[str, str]
    seconds: float
    problem: str = ""


class Attempt(BaseModel):
    """One of several attempts of a student: its file, when it was handed in, and what it is worth."""

    model_config = ConfigDict(extra="forbid")

    file: str
    handed_in_at: str
    points: int
    late_days: int
    points_after: float


class Record(Judged):
    """One graded submission.

    `status` is `graded`; `unreadable` for a file that is no notebook (0 points, said so); or `not graded` when the
    grader itself failed, which is never 0 points and is tried again on the next run. `handed_in` counts notebooks; of
    more than one, the first note says which was graded.

    Attributes:
        fingerprint: sha256 of the file that was graded and of what came with it.
        content: sha256 of all that the student handed in; the same bytes are not even read again.
        work: Where the cells and files are kept, to be judged again (`gatedrnn replay`).
        graded_from: The student whose equal work was judged, where this verdict is a copy of theirs.
        handed_in_at: When it was handed in.
        late_days: Days after the deadline, begun days whole; 0 where there is none.
        points_after: `points` less what being late costs; None where there is no deadline.
        attempts: All attempts, where the best of several counts.
        platform: The platform whose layout it came in; empty for files named by hand.
        id: What the platform knows the student by, for the export back.
        attempt: Which attempt it is, as the platform counts; 0 if it does not tell.
        marked_late: Whether the platform calls it late.
    """

    format: int = FORMAT
    student: str
    file: str
    unit: str
    status: Literal["graded", "unreadable", "not graded"]
    fingerprint: str
    content: str = ""
    work: str = ""
    graded_from: str = ""
    handed_in: int = 1
    handed_in_at: str = ""
    late_days: int = 0
    points_after: float | None = None
    attempts: tuple[Attempt, ...] = ()
    platform: str = ""
    id: str = ""
    attempt: int = 0
    marked_late: bool = False

    @property
    def worth(self) -> float:
        """The points that count: those left after being late, where there is a deadline."""
        return self.points if self.points_after is None else self.points_after


def file_stems(students: Iterable[str]) -> dict[str, str]:
    """For each student of a class the name of their files, which no other student's equals on any system.

    It is the student's name; with a hash where that is too long for a file or is no plain name of one (it leads into
    another folder, is hidden, or holds what no screen shows), and where a name before it in the alphabet differs only
    in capitals or in how an accent is written: some systems take both for one.
    """
    stems: dict[str, str] = {}
    taken: set[str] = set()
    for student in sorted(set(students)):
        plain = student == _kept(student) and len(student.encode()) <= LONGEST_STEM
        stem = student if plain else _hashed(student, student)
        while _folded(stem) in taken:
            stem = _hashed(student, stem)
        taken.add(_folded(stem))
        stems[student] = stem
    return stems


def _hashed(student: str, told: str) -> str:
    """A student's name, shortened where it is long, with a hash of what is told."""
    start = _kept(student).encode()[:LONGEST_STEM].decode(errors="ignore")
    return f"{start}-{hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def _kept(name: str) -> str:
    """What of a name the name of a file may hold."""
    return "".join(sign if sign.isprintable() and sign not in "/\\" else "_" for sign in name).lstrip(".") or "_"


def _folded(name: str) -> str:
    """What names have in common that a file system may take for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def read_record(path: Path) -> Record | None:
    """A record from its file; None if it is missing, of another format or damaged, so that it is made anew."""
    try:
        data: Any = json.loads(path.read_text("utf-8"))
        return Record.model_validate(data) if data.get("format") == FORMAT else None
    except (OSError, ValueError, AttributeError):
        return None


def write_text(path: Path, text: str, *, lasting: bool = True) -> None:
    """Write a file so that a kill at any moment leaves the old one or the new one, whole.

    Args:
        path: The file.
        text: What it holds.
        lasting: Whether it is to survive a loss of power too.

    Raises:
        CourseError: If the file cannot be written: no space left, no permission.
    """
    try:
        write_atomically(path, lambda file: file.write(text.encode()), lasting=lasting)
    except OSError as error:
        raise CourseError(
            _("Writing the file {path}.").format(path=path),
            _("The system refuses: {why}.").format(why=error.strerror),
            do=_("Mend that, or name another folder."),
        ) from error
