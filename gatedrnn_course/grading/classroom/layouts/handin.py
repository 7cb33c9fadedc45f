"""What one name in a download tells, and what one student handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Entry", "HandIn", "Place", "Reader"]


@dataclass(frozen=True)
class Place:
    """Where a download may begin.

    Attributes:
        name: Name of the folder.
        entries: What lies in it and is not hidden, sorted.
        assignment: Name of the assignment, for layouts that hold several.
    """

    name: str
    entries: tuple[Path, ...]
    assignment: str = ""


@dataclass(frozen=True)
class Entry:
    """One file, folder or archive in a download, and what the platform's names say of it.

    Attributes:
        path: The file, folder or archive.
        name: The student's name as the platform writes it.
        id: What the platform knows the student by; empty if it does not tell.
        handed_in_at: When it was handed in, as `YYYY-MM-DDTHH:MM:SS`, with what the platform tells of the time zone;
            empty if it does not tell.
        attempt: Which attempt it is, from 1; 0 if the platform does not tell.
        late: Whether the platform calls it late.
        part: Of two entries of one part the newer one counts, and entries of different parts belong together; where
            every attempt is known by its time, all have the same part.
        file: What the student called it; empty for a folder.
        aside: Whether it only stands for the student where nothing else does, as a typed text beside a file.
    """

    path: Path
    name: str
    id: str = ""
    handed_in_at: str = ""
    attempt: int = 0
    late: bool = False
    part: str = ""
    file: str = ""
    aside: bool = False


Reader = Callable[[Place], list[Entry]]
"""Finds the entries of one platform in a place; none if it does not look like that platform's.

What it leaves out is nobody's, or was put there by hand.
"""


@dataclass(frozen=True)
class HandIn:
    """What one student handed in, as it is graded.

    Attributes:
        student: The student's name, which no other student of the class has.
        paths: Notebooks, links and folders for `read_submission`.
        platform: The platform whose layout it came in; empty for files named by hand.
        id: What the platform knows the student by.
        handed_in_at: When it was handed in, as the platform tells it.
        attempt: Which attempt it is; 0 if the platform does not tell.
        late: Whether the platform calls it late.
        own_folder: Whether all in a notebook's folder is the same student's; None where only the folder's name tells.
        notes: What was done to reach it, such as archives that were not opened.
        earlier: Attempts before it, as the platform tells them apart, the newest first.
    """

    student: str
    paths: tuple[Path, ...]
    platform: str = ""
    id: str = ""
    handed_in_at: str = ""
    attempt: int = 0
    late: bool = False
    own_folder: bool | None = None
    notes: tuple[str, ...] = ()
    earlier: tuple[HandIn, ...] = ()
