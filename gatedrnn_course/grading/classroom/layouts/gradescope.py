"""Gradescope: folders `submission_123`, and `submission_metadata.yml` that tells whose they are.

Where its autograder runs there is one folder `submission`, and `submission_metadata.json`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

from .handin import Entry, Place
from .start import start_of

__all__ = ["TABLES", "read"]

LARGEST = 64 << 20
METADATA = "submission_metadata.yml"
SUBMISSION, ONE = "submission", "submission_metadata.json"
TABLES = (METADATA, ONE)
"""Files that tell of submissions and are none."""
_RUBY = re.compile(r"(?<=: )!ruby/\S+")
"""Types of Ruby's own, whose mappings are all that is needed."""
_NAME = re.compile(r"submission_(?P<id>\d+)(?:\.\w+)?")


def read(place: Place) -> list[Entry]:
    """The entries of an export of submissions; what a group handed in counts for each of its members."""
    here = next((path for path in place.entries if path.name == SUBMISSION and path.is_dir()), None)
    if here is not None and (one := next((path for path in place.entries if path.name == ONE), None)):
        return _only(here, one)
    mine = [(path, match["id"]) for path in place.entries if (match := _NAME.fullmatch(path.name))]
    told = _metadata(place.entries) if mine else {}
    return [entry for path, number in mine for entry in _entries(path, number, told.get(f"submission_{number}"))]


def _only(folder: Path, metadata: Path) -> list[Entry]:
    """The one submission where the autograder runs."""
    try:
        told = json.loads(start_of(metadata, LARGEST))
    except (ValueError, RecursionError):
        told = {}
    values = told if isinstance(told, Mapping) else {}
    users = values.get("users")
    members = [one for one in users if isinstance(one, Mapping) and one.get("name")] if isinstance(users, list) else []
    number, at = str(values.get("id", "")), str(values.get("created_at", ""))
    return [Entry(folder, str(one["name"]), str(one.get("email") or number), at) for one in members] or [
        Entry(folder, SUBMISSION, number, at)
    ]


def _entries(path: Path, number: str, told: Any) -> list[Entry]:
    values = _plain(told)
    at = _time(values.get("created_at"))
    members = values.get("submitters")
    submitters = [one for one in map(_plain, members) if one.get("name")] if isinstance(members, list) else []
    if not submitters:
        return [Entry(path, f"submission_{number}", number, at)]
    return [Entry(path, str(one["name"]), str(one.get("sid") or one.get("email") or number), at) for one in submitters]


def _plain(told: Any) -> Mapping[str, Any]:
    """A mapping whose names are Ruby's symbols, `:name`, with plain ones; empty for anything else."""
    return {str(name).lstrip(":"): value for name, value in told.items()} if isinstance(told, Mapping) else {}


def _time(told: Any) -> str:
    """A time as ISO 8601; Ruby wraps it into an object at times."""
    if isinstance(told, Mapping):
        told = told.get("utc", told.get("time"))
    return told.isoformat() if isinstance(told, datetime) else str(told or "")


def _metadata(entries: Sequence[Path]) -> Mapping[str, Any]:
    """What the file beside the folders tells of each submission; nothing if it is missing."""
    path = next((path for path in entries if path.name == METADATA), None)
    if path is None:
        return {}
    import yaml

    try:
        read = yaml.safe_load(_RUBY.sub("", start_of(path, LARGEST)))
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise CourseError(
            _("The file {file} of an export from Gradescope.").format(file=path),
            _("It cannot be read: {why}.").format(why=" ".join(str(error).split())[:200]),
            do=_("Export the submissions again, or take this file away: folders then stand for names."),
        ) from error
    return read if isinstance(read, Mapping) else {}
