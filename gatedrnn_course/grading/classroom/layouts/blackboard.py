"""Blackboard: `Homework 3_jdoe_attempt_2023-10-12-23-58-04_gates.ipynb`, and one such `.txt` that tells the name."""

from __future__ import annotations

import re
from pathlib import Path

from .handin import Entry, Place
from .start import start_of

__all__ = ["read"]

_NAME = re.compile(
    r"(?P<assignment>.+)_(?P<id>[^_]+)_attempt_(?P<at>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)(?:_(?P<file>.+)|(?P<info>\.txt)|)",
    re.DOTALL,
)
_TOLD = re.compile(r"^Name: *(?P<name>.+?) *\((?P<id>[^()\n]+)\)\s*$", re.MULTILINE)
LONGEST_INFO = 1 << 16


def read(place: Place) -> list[Entry]:
    """The entries of a download of an assignment; an info file counts where no other file was handed in."""
    matches = [(path, match) for path in place.entries if (match := _NAME.fullmatch(path.name))]
    told = {_attempt(match): names for path, match in matches if match["info"] and (names := _told(path))}
    found = []
    for path, match in matches:
        day, clock = match["at"][:10], match["at"][11:].replace("-", ":")
        name, known = told.get(_attempt(match), (match["id"], match["id"]))
        at, aside = f"{day}T{clock}", match["info"] is not None
        found.append(Entry(path, name, known, at, file=match["file"] or "", aside=aside))
    return found


def _attempt(match: re.Match[str]) -> tuple[str, str, str]:
    return match["assignment"], match["id"], match["at"]


def _told(path: Path) -> tuple[str, str] | None:
    """Name and user name from an info file."""
    found = _TOLD.search(start_of(path, LONGEST_INFO))
    return (found["name"], found["id"]) if found else None
