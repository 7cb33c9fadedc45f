"""Children of a grader who is root run as nobody in particular, where that user can read the libraries."""

from __future__ import annotations

import os
from collections.abc import Sequence

__all__ = ["SPARE", "leave_root"]

SPARE = 60001
"""A number that no distribution gives to anybody."""


def leave_root(path: Sequence[str], must: bool) -> int:
    """Become the spare user for good if this process is root's.

    Where the interpreter lies in a folder that only root may enter, root is kept, and loses its capabilities later.

    Args:
        path: Folders that have to stay readable, beside the standard library.
        must: Whether to become it whatever can be read.

    Returns:
        The user's number from now on.

    Raises:
        OSError: If it must and cannot.
    """
    if os.getuid() != 0 or not (must or _can_read([os.path.dirname(os.__file__), *path])):
        return os.getuid()
    os.setgroups([])
    os.setresgid(SPARE, SPARE, SPARE)
    os.setresuid(SPARE, SPARE, SPARE)
    return SPARE


def _can_read(folders: Sequence[str]) -> bool:
    try:
        os.setegid(SPARE)
        os.seteuid(SPARE)
    except OSError:
        os.setegid(0)
        return False
    try:
        return all(os.access(folder, os.R_OK | os.X_OK, effective_ids=True) for folder in folders)
    finally:
        os.seteuid(0)
        os.setegid(0)
