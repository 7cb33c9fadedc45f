"""Canvas: `doejane_LATE_1234_56789_homework-1.ipynb`.

The name is the sortable one in small letters without spaces, the numbers those of the student and of the file; a file
of the same name handed in again ends in `-1`, `-2` and so on. A gradebook (.csv) beside the files tells full names.
"""

from __future__ import annotations

import re
from pathlib import Path

from .handin import Entry, Place

__all__ = ["read"]

_WHO = (
    r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<id>\d+)",
    r"(?P<name>anon(?:ymous)?)_(?P<id>[A-Za-z0-9]{4,10})(?P<late>_LATE)?",  # graded without names
    r"(?P<name>[^_\d]+)(?P<id>\d+)(?P<late>_LATE)?_question_\d+",  # a file handed in within a quiz
)
_NAMES = tuple(re.compile(rf"{who}_(?P<upload>\d+)_(?P<file>.+)", re.DOTALL) for who in _WHO)
_AGAIN = re.compile(r"(?P<stem>.+?)(?:-(?P<again>\d{1,3}))?(?P<ending>(?:\.\w+)*)", re.DOTALL)


def read(place: Place) -> list[Entry]:
    """The entries of a download of all submissions."""
    return [entry for path in place.entries if (entry := _entry(path))]


def _entry(path: Path) -> Entry | None:
    match = next(filter(None, (form.fullmatch(path.name) for form in _NAMES)), None)
    if match is None:
        return None
    name = f"{match['name']} {match['id']}" if match["name"].startswith("anon") else match["name"]
    again = _AGAIN.fullmatch(match["file"])
    stem, number = (again["stem"] + again["ending"], int(again["again"] or 0)) if again else (match["file"], 0)
    return Entry(
        path,
        name,
        match["id"],
        attempt=number + 1,
        late=match["late"] is not None,
        part=stem,
        file=stem,
        aside=stem == "text.html",
    )
