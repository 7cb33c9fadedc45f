"""Has the template's memory lie in large pages: a fork copies the table of pages, and ending a child takes it apart.

A page that a child writes to is copied in small pieces as before.

Source: `madvise(2)`, MADV_COLLAPSE.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path

__all__ = ["collapse"]

LARGE = 1 << 21
"""A large page, in bytes."""
MADV_COLLAPSE = 25


def collapse() -> None:
    """Put what is written to and has no file behind it into large pages. A kernel before 6.1 leaves all as it is."""
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for start in _large():
        madvise(start, LARGE, MADV_COLLAPSE)  # refused where a page is locked, say: it stays small then


def _large() -> Iterator[int]:
    """Where large pages would begin."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        span, rights, _offset, _device, inode, *name = line.split(maxsplit=5)
        if rights == "rw-p" and inode == "0" and name in ([], ["[heap]"]):
            begin, end = (int(number, 16) for number in span.split("-"))
            yield from range(-(-begin // LARGE) * LARGE, end - LARGE + 1, LARGE)
