"""Files that are either the old ones or the new ones, never halves."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

__all__ = ["write_atomically"]


def write_atomically(path: Path, write: Callable[[IO[bytes]], object], *, lasting: bool = True) -> None:
    """Let `write` fill a file beside `path`, then put it in its place in one move, whatever stops the process.

    Args:
        path: The file.
        write: Given the file beside it, open for bytes.
        lasting: Whether it waits until the disk has it, so that it survives a loss of power too.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            write(file)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
