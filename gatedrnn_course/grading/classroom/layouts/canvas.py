"""Canvas: `doejane_LATE_1234_56789_homework-1.ipynb`.

The name is the sortable one in small letters without spaces, the numbers those of the student and of the file; a file
of the same name handed in again ends in `-1`, `-2` and so on. A gradebook (.csv) beside the files tells full names.
"""

from __future__ import annotations

import re
from pathlib import Path

from .handin import Entry, Place

__all__ = ["read"]

_NAME = re.compile(r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<id>\d+)_(?P<upload>\d+)_(?P<file>.+)", re.DOTALL)
_AGAIN = re.compile(r"(?P<stem>.+?)(?:-(?P<again>\d{1,3}))?(?P<ending>(?:\.\w+)*)", re.DOTALL)


def read(place: Place) -> list[Entry]:
    """The entries of a download of all submissions."""
    return [entry for path in place.entries if (entry := _entry(path))]


def _entry(path: Path) -> Entry | None:
    match = _NAME.fullmatch(path.name)
    if match is None:
        return None
    again = _AGAIN.fullmatch(match["file"])
    stem, number = (again["stem"] + again["ending"], int(again["again"] or 0)) if again else (match["file"], 0)
    return Entry(
        path,
        match["name"],
        match["id"],
        attempt=number + 1,
        late=match["late"] is not None,
        part=stem,
        file=stem,
        aside=stem == "text.html",
    )
