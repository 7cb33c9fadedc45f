"""The start of a file that anybody may have put there."""

from __future__ import annotations

import stat
from pathlib import Path

__all__ = ["start_of"]


def start_of(path: Path, longest: int) -> str:
    """The first bytes of a plain file as text; empty for a link, a pipe, or what cannot be read."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):  # opening a named pipe would wait for ever
            return ""
        with path.open("rb") as file:
            return file.read(longest).decode("utf-8-sig", "replace")
    except OSError:
        return ""
