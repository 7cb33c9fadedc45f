"""What is kept of one graded submission: a small JSON file that every report is made from."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.verdict import Outcome
from gatedrnn_course.text import _

__all__ = ["ItemRecord", "Record", "SandboxRecord", "file_stem", "read_record", "write_atomically"]

FORMAT = 1
LONGEST_STEM = 180  # bytes; file systems allow 255 for a name, with its ending


class ItemRecord(BaseModel):
    """The verdict on one item; the fields of `Verdict`."""

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


class SandboxRecord(BaseModel):
    """Where the answers ran, and what that place does not guarantee."""

    backend: str
    level: str
    missing: tuple[str, ...]


class Record(BaseModel):
    """One graded submission.

    `status` is `graded`; `unreadable` for a file that is no notebook (0 points, said so); or `not graded` when the
    grader itself failed, which is never 0 points and is tried again on the next run.
    """

    model_config = ConfigDict(extra="forbid")

    format: int = FORMAT
    student: str
    file: str
    unit: str
    status: Literal["graded", "unreadable", "not graded"]
    fingerprint: str
    rubric: str
    seed: int
    points: int
    out_of: int
    items: tuple[ItemRecord, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""
    sandbox: SandboxRecord
    versions: dict[str, str]
    seconds: float


def file_stem(student: str) -> str:
    """The name of a student's files: the student's, shortened and with a hash where that is too long for a file."""
    raw = student.encode()
    if len(raw) <= LONGEST_STEM:
        return student
    return f"{raw[:LONGEST_STEM].decode(errors='ignore')}-{hashlib.sha256(raw).hexdigest()[:8]}"


def read_record(path: Path) -> Record | None:
    """A record from its file; None if it is missing, of another format or damaged, so that it is made anew."""
    try:
        data: Any = json.loads(path.read_text("utf-8"))
        return Record.model_validate(data) if data.get("format") == FORMAT else None
    except (OSError, ValueError, AttributeError):
        return None


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that a kill at any moment leaves the old one or the new one, whole.

    Raises:
        CourseError: If the file cannot be written: no space left, no permission.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CourseError(
            _("Writing the file {path}.").format(path=path),
            _("The system refuses: {why}.").format(why=error.strerror),
            do=_("Mend that, or name another folder."),
        ) from error
