"""nbgrader: `submitted/jdoe/gates/`, or in an exchange `jdoe+gates+2023-10-12 23:58:04 UTC`."""

from __future__ import annotations

import re
from pathlib import Path

from .handin import Entry, Place
from .start import start_of

__all__ = ["SUBMITTED", "read"]

SUBMITTED = "submitted"
STAMP = "timestamp.txt"
_INBOUND = re.compile(
    r"(?P<name>[^+]+)\+(?P<assignment>[^+]+)\+(?P<at>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[^+]*)(?:\+.*)?", re.DOTALL
)
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)\s*(.*)", re.DOTALL)
LONGEST_STAMP = 200


def read(place: Place) -> list[Entry]:
    """The entries of an exchange, or of the folder of submissions of a course."""
    inbound = [(path, match) for path in place.entries if (match := _INBOUND.fullmatch(path.name))]
    if inbound:
        mine = [pair for pair in inbound if pair[1]["assignment"] == place.assignment] or inbound
        return [Entry(path, m["name"], m["name"], _time(m["at"])) for path, m in mine]
    students = [path for path in place.entries if path.is_dir() and not path.is_symlink()]
    handed_in = {student: _assignments(student, place.assignment) for student in students}
    stamped = any((one / STAMP).is_file() for found in handed_in.values() for one in found)
    if not stamped and place.name != SUBMITTED:
        return []
    return [
        Entry(one, student.name, student.name, _stamp(one / STAMP), part=one.name)
        for student, found in handed_in.items()
        for one in found or [student]
    ]


def _assignments(student: Path, assignment: str) -> list[Path]:
    """The folders of a student that hold this assignment; all, if none is called like it or holds its notebook."""
    try:
        folders = sorted(path for path in student.iterdir() if path.is_dir() and not path.is_symlink())
    except OSError:
        return []
    named = [path for path in folders if path.name == assignment]
    return named or [path for path in folders if (path / f"{assignment}.ipynb").is_file()] or folders


def _stamp(path: Path) -> str:
    """The time in a file of its own; a student can write it, so no more than one short line is taken."""
    return _time(start_of(path, LONGEST_STAMP))


def _time(told: str) -> str:
    match = _TIME.match(told.strip())
    if match is None:
        return ""
    zone = " ".join(match[3].split())
    return f"{match[1]}T{match[2]}" + (f" {zone}" if zone else "")
