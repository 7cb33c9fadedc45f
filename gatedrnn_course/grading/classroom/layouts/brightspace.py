"""Brightspace: `12345-67890 - Jane Doe - Oct 12, 2023 1159 PM`, a folder, or with ` - gates.ipynb` added, a file."""

from __future__ import annotations

import re
from datetime import datetime

from .handin import Entry, Place

__all__ = ["read"]

_NAME = re.compile(
    r"(?:(?P<id>\d+)-\d+ - )?(?P<name>.+?) ?- (?P<at>[^-]*\b\d{4}\b[^-]*?)(?: - (?P<file>.+))?", re.DOTALL
)
FORMS = (
    "%b %d %Y %I%M %p",
    "%B %d %Y %I%M %p",
    "%d %B %Y %I%M %p",
    "%d %b %Y %I%M %p",
    "%d %B %Y %H%M",
    "%b %d %Y %H%M",
)


def read(place: Place) -> list[Entry]:
    """The entries of a download of a folder of assignments."""
    matches = ((path, _NAME.fullmatch(path.name)) for path in place.entries)
    return [
        Entry(path, m["name"], m["id"] or "", at, file=m["file"] or "")
        for path, m in matches
        if m and ((at := _time(m["at"])) or m["id"])
    ]


def _time(told: str) -> str:
    """A date in English as ISO 8601; empty in another language."""
    text = " ".join(re.sub(r"[,.:_]", lambda sign: " " if sign[0] == "," else "", told).split())
    for form in FORMS:
        try:
            return datetime.strptime(text, form).isoformat()
        except ValueError:
            continue
    return ""
