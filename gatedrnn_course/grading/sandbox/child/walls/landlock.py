"""Which files a child can still open: a list of paths, everything else being refused by the kernel (Landlock).

Landlock says nothing about looking up metadata, about changing modes or times, nor, in its first versions, about
truncating by path and signals: the filter of system calls refuses those.

Source: `landlock(7)`, `linux/landlock.h`.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
from collections.abc import Iterable

from .system import syscall

__all__ = ["abi", "allow", "restrict", "ruleset"]

CREATE, ADD_RULE, RESTRICT = 444, 445, 446
VERSION, PATH_BENEATH = 1, 1
WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
FIRST_ALL, REFER, TRUNCATE, IOCTL_DEV = (1 << 13) - 1, 1 << 13, 1 << 14, 1 << 15
MAKE = FIRST_ALL & ~1 & ~(1 << 6 | 1 << 11)  # all of the first version but to execute and to make devices
NETWORK, SCOPES = 0b11, 0b11
ACCESS = {"list": READ_DIR, "read": READ_DIR | READ_FILE, "device": READ_FILE | WRITE_FILE, "all": MAKE | TRUNCATE}
ON_FILES = READ_FILE | WRITE_FILE | TRUNCATE


def abi() -> int:
    """The version of Landlock here; 0 if there is none."""
    try:
        return syscall(CREATE, None, 0, VERSION)
    except OSError:
        return 0


def _handled(version: int) -> int:
    newer = {2: REFER, 3: TRUNCATE, 5: IOCTL_DEV}
    return FIRST_ALL | sum(bit for since, bit in newer.items() if version >= since)


def ruleset() -> int:
    """A descriptor of an empty list, which would refuse everything this version knows of.

    Raises:
        OSError: If there is no Landlock.
    """
    version = abi()
    attributes = (ctypes.c_uint64 * 3)(_handled(version), NETWORK if version >= 4 else 0, SCOPES if version >= 6 else 0)
    return syscall(CREATE, attributes, 8 if version < 4 else 16 if version < 6 else 24, 0)


def allow(rules: int, access: str, paths: Iterable[str]) -> None:
    """Add paths, with all below them, to a list; those that do not exist are left out.

    Args:
        rules: What `ruleset` gave.
        access: `list` (names in folders), `read`, `device` (read and write, make nothing) or `all`.
        paths: Files and folders.

    Raises:
        OSError: If the kernel refuses.
    """
    handled = _handled(abi())
    for path in paths:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
            try:
                folder = stat.S_ISDIR(os.fstat(fd).st_mode)
                rights = ACCESS[access] & handled & (-1 if folder else ON_FILES)
                rule = rights.to_bytes(8, "little") + fd.to_bytes(4, "little")
                syscall(ADD_RULE, rules, PATH_BENEATH, rule, 0)
            finally:
                os.close(fd)


def restrict(rules: int) -> None:
    """Put a list in force for this process and all it becomes. It needs `no_new_privs`.

    Raises:
        OSError: If the kernel refuses.
    """
    syscall(RESTRICT, rules, 0)
