"""Both sides of a merge that nobody has resolved."""

from __future__ import annotations

import re

__all__ = ["sides"]

_CONFLICT = re.compile(
    r"^<{7}(?:[ \t][^\n]*)?\n(?P<ours>.*?)(?:^\|{7}[^\n]*\n.*?)?^={7}[ \t]*\r?\n(?P<theirs>.*?)^>{7}[^\n]*(?:\n|\Z)",
    re.MULTILINE | re.DOTALL,
)


def sides(text: str) -> tuple[str, str] | None:
    """A text with the first side of every conflict, and with the second.

    Args:
        text: Of a file or a cell.

    Returns:
        Both; None where there is no conflict.
    """
    if "<<<<<<<" not in text or not _CONFLICT.search(text):
        return None
    ours, theirs = (_CONFLICT.sub(lambda found, side=side: found[side], text) for side in ("ours", "theirs"))  # type: ignore[misc]
    return ours, theirs
