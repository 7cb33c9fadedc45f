"""Google Classroom: `Jane Doe - Homework 3.ipynb`, all with one title, in a Drive folder that is called like it."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from .handin import Entry, Place

__all__ = ["PART_OF_DRIVE", "read"]

_NAME = re.compile(
    r"(?P<name>.+?) - (?:Copy of )?(?P<title>.+?)(?: ?\((?P<again>\d{1,3})\))?(?P<ending>(?:\.\w+)*)", re.DOTALL
)
PART_OF_DRIVE = re.compile(r"(?P<title>.+)-\d{8}T\d{6}Z(?:-\d+)?-\d{3}", re.DOTALL)
"""How Drive calls the archives (without .zip) in which it hands out one folder."""


def read(place: Place) -> list[Entry]:
    """The entries whose title is that of the folder or of another student's file."""
    by_title: dict[str, list[tuple[Path, re.Match[str]]]] = defaultdict(list)
    for path in place.entries:
        if match := _NAME.fullmatch(path.name):
            by_title[match["title"]].append((path, match))
    found = []
    for title, matches in by_title.items():
        if title == place.name or len({match["name"] for _path, match in matches}) > 1:
            found += [
                Entry(path, match["name"], attempt=int(match["again"] or 0) + 1, part=title) for path, match in matches
            ]
    return found
