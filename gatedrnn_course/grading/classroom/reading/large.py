"""A notebook too large to be read whole: its outputs are left out while it is read."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from pathlib import Path

__all__ = ["without_outputs"]

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]]', re.DOTALL)
_DROPPED = re.compile(rb'"(?:outputs|attachments)"\s*:\s*(?=[\[{])')
MOST_TOKENS = 5_000_000
LARGEST_SCANNED = 1 << 30


def without_outputs(path: Path, most: int) -> bytes | None:
    """The bytes of a notebook with every list of outputs and every attachment emptied.

    Args:
        path: The file.
        most: How many bytes may be left.

    Returns:
        The rest; None if more is left, or the file is too large to be searched.
    """
    if path.stat().st_size > LARGEST_SCANNED:
        return None
    kept = bytearray()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for start, end in _kept(content):
            if len(kept) + end - start > most:
                return None
            kept += content[start:end]
    return bytes(kept)


def _kept(content: mmap.mmap) -> Iterator[tuple[int, int]]:
    """The stretches that stay; an emptied list or mapping keeps its brackets."""
    begin, depth = 0, 0
    dropping = -1  # the depth around the value that is left out
    for count, token in enumerate(_TOKEN.finditer(content)):
        if count > MOST_TOKENS:
            break
        first = content[token.start()]
        if first in b"{[":
            depth += 1
        elif first in b"}]":
            depth -= 1
            if depth == dropping:
                begin, dropping = token.start(), -1
        elif dropping < 0 and (named := _DROPPED.match(content, token.start())):
            yield begin, named.end() + 1
            dropping = depth
    if dropping < 0:
        yield begin, len(content)
