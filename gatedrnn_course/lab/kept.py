"""What a learner has got right, on disk: it outlives a restart and is shared by the notebooks of the course."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from gatedrnn_course.files import write_atomically
from gatedrnn_course.text import _

__all__ = ["Kept", "folder", "keep", "kept", "let_go"]

HOME = "GATEDRNN_HOME"
"""The environment variable that names another folder."""
FILE = "passed.json"

_told: set[Path] = set()

Kept = Mapping[str, str]
"""Of a function that passed: `fingerprint`, and `source`: Python that defines it, with all it needs."""


def folder() -> Path:
    """Where it is kept: `.gatedrnn_course` in the home folder, or the folder that GATEDRNN_HOME names."""
    return Path(os.environ.get(HOME) or Path.home() / ".gatedrnn_course")


def kept() -> dict[str, Kept]:
    """What has passed, by the name of the function. A file that cannot be read counts as none."""
    try:
        told = json.loads((folder() / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(told, dict):
        return {}
    return {
        name: row for name, row in told.items() if isinstance(row, dict) and isinstance(row.get("fingerprint"), str)
    }


def keep(name: str, fingerprint: str, source: str) -> str:
    """Keep a function that passed. Where nothing can be written the session goes on without.

    Returns:
        The sentence about that, the first time in a session that nothing can be written; else an empty one.
    """
    if _write({**kept(), name: {"fingerprint": fingerprint, "source": source}}) or folder() in _told:
        return ""
    _told.add(folder())
    words = _(
        "What passes counts in this session only: nothing can be kept in `{folder}`. To keep it, name another folder "
        "in the environment variable `{variable}`."
    )
    return words.format(folder=folder(), variable=HOME)


def let_go(name: str) -> None:
    """Drop a function that no longer passes."""
    rows = kept()
    if rows.pop(name, None) is not None:
        _write(rows)


def _write(rows: Mapping[str, Kept]) -> bool:
    try:
        write_atomically(folder() / FILE, lambda file: file.write(json.dumps(rows, indent=1).encode()))
    except OSError:
        return False
    return True
