"""Whether anything that a student handed in has changed: told by the files alone, without making sense of them."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Sequence
from pathlib import Path

from gatedrnn_course.grading.classroom.dates import when

__all__ = ["content_of"]


def content_of(paths: Sequence[Path], files: Sequence[str], more: str = "") -> str:
    """A fingerprint of all that a student handed in: names, bytes, and which of several is the newest.

    Args:
        paths: Notebooks, and whatever stands in the place of one.
        files: Names of files that are looked for beside them.
        more: What else decides which of them is graded.

    Returns:
        64 hexadecimal digits.
    """
    digest = hashlib.sha256(more.encode())
    for path in sorted(paths, key=lambda path: (when(path), os.fsencode(path))):
        for one in (path, *(path.parent / name for name in files)):
            digest.update(os.fsencode(one.name) + b"\0" + _bytes_of(one) + b"\0")
    return digest.hexdigest()


def _bytes_of(path: Path) -> bytes:
    """A fingerprint of what a file holds, or of why it has nothing to be read."""
    try:
        mode = path.lstat().st_mode
        if not stat.S_ISREG(mode):  # opening a named pipe would wait for ever
            return str(stat.S_IFMT(mode)).encode()
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        return str(error.errno).encode()
