"""Cell ids that come from what a cell is, so that an edit elsewhere leaves them alone."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

from gatedrnn_course.authoring.answers import graded_name
from gatedrnn_course.authoring.source import SourceCell

__all__ = ["cell_ids", "stable_hex"]


def stable_hex(*parts: object, length: int) -> str:
    """A hexadecimal name for these parts, the same each time."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:length]


def cell_ids(cells: Sequence[SourceCell], stem: str, folder: str) -> tuple[str, ...]:
    """An id for each cell of a source; exercise and solution share them.

    Answer and check cells are known by the function's name. Every other cell is known by its text as written and, where
    the same text stands several times, by which of them it is. So moving a cell keeps its id, and editing one changes
    that one only.

    Args:
        cells: The cells.
        stem: The file's stem.
        folder: `lessons` or `assignments`.

    Returns:
        Ids of sixteen letters, all different.
    """
    ids = []
    times: Counter[tuple[str, str]] = Counter()
    for cell in cells:
        name = graded_name(cell)
        key = ("answer" if "answer" in cell.tags else "check", name) if name else (cell.kind, cell.text)
        ids.append(stable_hex(stem, folder, *key, times[key], length=16))
        times[key] += 1
    return tuple(ids)
