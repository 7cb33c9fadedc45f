"""Dates and lengths of time: of files, and as an instructor writes them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["duration", "moment", "since", "when"]

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([wdhm])\s*", re.IGNORECASE)


def when(path: Path) -> datetime:
    """When a file was handed in: when it was last changed, in the time of this place."""
    try:
        return datetime.fromtimestamp(path.lstat().st_mtime).astimezone()
    except (OSError, OverflowError, ValueError):
        return datetime.fromtimestamp(0).astimezone()


def duration(text: str) -> timedelta | None:
    """A length of time such as `90m`, `12h`, `3d`, `2w` or `1d 12h`; None if the text is none."""
    found = _DURATION.findall(text)
    if not found or _DURATION.sub("", text).strip():
        return None
    return sum((timedelta(**{_UNITS[unit.lower()]: float(count)}) for count, unit in found), timedelta())


def moment(text: str) -> datetime | None:
    """A date, or date and time, as ISO 8601 writes it; without a zone it is the time of this place."""
    try:
        return datetime.fromisoformat(text.strip()).astimezone()
    except ValueError:
        return None


def since(text: str) -> datetime:
    """The moment that `--since` means: a date, or so long ago.

    Raises:
        CourseError: If it is neither.
    """
    ago = duration(text)
    found = moment(text) if ago is None else datetime.now().astimezone() - ago
    if found is None:
        raise CourseError(
            _("Work handed in since {text}.").format(text=text),
            _("That is no date and no length of time."),
            _("A date is 2026-11-20 or 2026-11-20T18:00, a length of time 90m, 12h, 3d or 2w."),
        )
    return found
