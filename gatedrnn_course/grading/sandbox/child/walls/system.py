"""The few calls of Linux that Python has no function for."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from functools import cache
from typing import Any

__all__ = ["NEW", "close_range", "drop_capabilities", "mount", "prctl", "set_namespace", "syscall", "unshare"]

NEW = {"mounts": 0x00020000, "ipc": 0x08000000, "user": 0x10000000, "pids": 0x20000000}
CLOSE_RANGE = 436  # the same number on every processor, as for all calls since Linux 5.1
CAPABILITY_VERSION = 0x20080522
LAST = 0xFFFFFFFF
Argument = int | bytes | Any | None


@cache
def _function(name: str) -> Callable[..., int]:
    found: Callable[..., int] = getattr(ctypes.CDLL(None, use_errno=True), name)
    return found


def _checked(name: str, *arguments: Argument) -> int:
    """Call a function of the C library.

    Raises:
        OSError: If it tells a failure.
    """
    given = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    result = _function(name)(*given)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def syscall(number: int, *arguments: Argument) -> int:
    """A system call by its number; raises OSError."""
    return _checked("syscall", number, *arguments)


def prctl(option: int, *arguments: Argument) -> int:
    """`prctl(2)`, the arguments left out being 0; raises OSError."""
    return _checked("prctl", option, *arguments, *[0] * (4 - len(arguments)))


def unshare(*kinds: str) -> None:
    """Leave namespaces for new ones, by the names of `NEW`; raises OSError."""
    _checked("unshare", sum(NEW[kind] for kind in kinds))


def set_namespace(fd: int, kind: str) -> None:
    """Enter the namespace that a descriptor stands for; raises OSError."""
    _checked("setns", fd, NEW[kind])


def mount(kind: str, target: str, flags: int, options: str) -> None:
    """Mount an empty file system of a kind; raises OSError."""
    _checked("mount", kind.encode(), target.encode(), kind.encode(), flags, options.encode())


def close_range(first: int) -> None:
    """Close every descriptor from `first` on; raises OSError."""
    syscall(CLOSE_RANGE, first, LAST, 0)


def drop_capabilities() -> None:
    """Give up every capability for good; raises OSError."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    _checked("capset", header, (ctypes.c_uint32 * 6)())
