"""Both sides of a merge that nobody has resolved."""

from __future__ import annotations

__all__ = ["sides"]

_OURS, _BASE, _THEIRS, _END = "<<<<<<<", "|||||||", "=======", ">>>>>>>"


def sides(text: str) -> tuple[str, str] | None:
    """A text with the first side of every conflict, and with the second.

    Args:
        text: Of a file or a cell.

    Returns:
        Both; None where there is no conflict, or one that does not end.
    """
    if _OURS not in text:
        return None
    ours: list[str] = []
    theirs: list[str] = []
    within, found = "", False
    for line in text.splitlines(keepends=True):
        sign = line[:7]
        if not within and sign == _OURS:
            within, found = _OURS, True
        elif within == _OURS and sign == _BASE:
            within = _BASE
        elif within in (_OURS, _BASE) and line.strip() == _THEIRS:
            within = _THEIRS
        elif within == _THEIRS and sign == _END:
            within = ""
        else:
            if within in ("", _OURS):
                ours.append(line)
            if within in ("", _THEIRS):
                theirs.append(line)
    return ("".join(ours), "".join(theirs)) if found and not within else None
