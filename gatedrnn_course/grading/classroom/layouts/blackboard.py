"""Blackboard: `Homework 3_jdoe_attempt_2023-10-12-23-58-04_gates.ipynb`, and one such `.txt` that tells the name."""

from __future__ import annotations

import os.path
import re
from pathlib import Path

from .handin import Entry, Place
from .start import start_of

__all__ = ["read"]

_NAME = re.compile(
    r"(?P<head>.+?)_attempt_(?P<at>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)(?:_(?P<file>.+)|(?P<info>\.txt)|)", re.DOTALL
)
_TOLD = re.compile(r"^Name: *(?P<name>.+?) *\((?P<id>[^()\n]+)\)\s*$", re.MULTILINE)
LONGEST_INFO = 1 << 16


def read(place: Place) -> list[Entry]:
    """The entries of a download of an assignment; an info file counts where no other file was handed in."""
    matches = [(path, match) for path in place.entries if (match := _NAME.fullmatch(path.name))]
    told = {(m["head"], m["at"]): names for path, m in matches if m["info"] and (names := _told(path))}
    assignment = _assignment({match["head"] for _path, match in matches})
    found = []
    for path, match in matches:
        day, clock = match["at"][:10], match["at"][11:].replace("-", ":")
        user = match["head"][len(assignment) :]
        name, known = told.get((match["head"], match["at"]), (user, user))
        at, aside = f"{day}T{clock}", match["info"] is not None
        found.append(Entry(path, name, known, at, file=match["file"] or "", aside=aside))
    return found


def _assignment(heads: set[str]) -> str:
    """What stands before the users' names: all that is the same for all, up to an underscore."""
    shared = os.path.commonprefix(sorted(heads)) if len(heads) > 1 else "".join(heads)  # noqa: RUF071 - of characters
    return shared[: shared.rfind("_") + 1]


def _told(path: Path) -> tuple[str, str] | None:
    """Name and user name from an info file."""
    found = _TOLD.search(start_of(path, LONGEST_INFO))
    return (found["name"], found["id"]) if found else None
