"""Starts a kernel that may read every file and write in the folder for temporary files only: `landlock.py -f FILE`.

Landlock holds for root and for every process the kernel starts, which permissions and Python's own hooks do not.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import struct
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

__all__ = ["has_landlock", "write_only_in"]

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
PATH_BENEATH, NO_NEW_PRIVILEGES = 1, 38
# By version of Landlock: what changes a file or a folder, as bits of `struct landlock_ruleset_attr`.
WRITE_REMOVE_MAKE, REFER, TRUNCATE = 0b1_1111_1111_0010, 1 << 13, 1 << 14


def _call(number: int, *words: object) -> int:
    found: int = ctypes.CDLL(None, use_errno=True).syscall(number, *words)
    return found


def _version() -> int:
    return _call(CREATE_RULESET, None, 0, 1) if sys.platform == "linux" else -1


def has_landlock() -> bool:
    """Whether this system can refuse a process what its user may do."""
    return _version() >= 1


def write_only_in(folders: Iterable[Path]) -> None:
    """From now on this process, and all it starts, change nothing outside these folders.

    Args:
        folders: The folders.

    Raises:
        OSError: If the system refuses.
    """
    version = _version()
    changes = WRITE_REMOVE_MAKE | (REFER if version >= 2 else 0) | (TRUNCATE if version >= 3 else 0)
    rules = _checked(_call(CREATE_RULESET, struct.pack("Q", changes), 8, 0))
    for folder in folders:
        at = os.open(folder, os.O_PATH)
        _checked(_call(ADD_RULE, rules, PATH_BENEATH, struct.pack("=Qi", changes, at), 0))
        os.close(at)
    _checked(ctypes.CDLL(None, use_errno=True).prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _checked(_call(RESTRICT_SELF, rules, 0))
    os.close(rules)


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


if __name__ == "__main__":
    if has_landlock():
        write_only_in([Path(tempfile.gettempdir()), Path("/dev")])
    sys.path.pop(0)  # the folder of this file
    runpy.run_module("ipykernel_launcher", run_name="__main__")
