"""Files of a notebook: beside it, or, where nothing can be written there, in the folder of what is kept."""

from __future__ import annotations

import contextlib
from pathlib import Path

from gatedrnn_course.files import write_atomically
from gatedrnn_course.lab.kept import folder

__all__ = ["place_for", "read_file", "write_file"]

_here: dict[str, bytes] = {}
"""What this session wrote, for a machine on which nothing can be written at all."""


def place_for(name: str) -> Path | None:
    """Where a file can be written: in the notebook's folder, which the kernel runs in, else where results are kept.

    Args:
        name: Name of the file.

    Returns:
        Its path; None where neither folder can be written to.
    """
    for place in (Path.cwd() / name, folder() / name):
        with contextlib.suppress(OSError):
            write_atomically(place.with_name(f".{name}.try"), lambda file: file.write(b""))
            place.with_name(f".{name}.try").unlink()
            return place
    return None


def write_file(name: str, content: bytes) -> Path | None:
    """Write a file whole, or leave the old one.

    Args:
        name: Name of the file.
        content: What is in it.

    Returns:
        Where it lies; None where nothing can be written, and this session alone has it.
    """
    _here[name] = content
    place = place_for(name)
    if place is not None:
        write_atomically(place, lambda file: file.write(content))
    return place


def read_file(name: str) -> bytes | None:
    """The content of a file of the notebook; None where there is none."""
    for place in (Path.cwd() / name, folder() / name):
        with contextlib.suppress(OSError):
            return place.read_bytes()
    return _here.get(name)
