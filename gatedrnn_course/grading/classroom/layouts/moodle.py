"""Moodle: `Jane Doe_123456_assignsubmission_file_`, a folder, or with the file's name behind it, a file.

Source: mod/assign/locallib.php of Moodle, where downloads are packed. A name's own underscores become spaces there.
"""

from __future__ import annotations

import re

from .handin import Entry, Place

__all__ = ["read"]

_NAME = re.compile(r"(?P<name>[^_]+)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?", re.DOTALL)


def read(place: Place) -> list[Entry]:
    """The entries of a download of all submissions; a typed text counts where no file was handed in."""
    matches = ((path, _NAME.fullmatch(path.name)) for path in place.entries)
    found = [
        Entry(path, m["name"], m["id"], part=m["file"] or "", file=m["file"] or "", aside=m["kind"] != "file")
        for path, m in matches
        if m
    ]
    return found
