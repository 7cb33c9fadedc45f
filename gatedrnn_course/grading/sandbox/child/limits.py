"""What the child takes away from itself before any answer runs. Standard library only: it comes before NumPy."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Mapping

__all__ = ["apply"]

PR_SET_PDEATHSIG = 1


def apply(limits: Mapping[str, int], parent: int) -> list[str]:
    """Set every limit that this system knows, hard and soft alike, and end with the parent where Linux can do that.

    Args:
        limits: Name of an `RLIMIT_*` to its value, such as `{"AS": 4 << 30}`.
        parent: Process id of the parent. If it is gone already, the process ends here.

    Returns:
        The names of the limits now in force.
    """
    if sys.platform.startswith("linux"):
        _end_with_the_parent(parent)
    return [name for name, value in limits.items() if _limit(name, value)]


def _limit(name: str, value: int) -> bool:
    number = getattr(resource, "RLIMIT_" + name, None)
    if number is None:
        return False
    ceiling = resource.getrlimit(number)[1]
    if ceiling != resource.RLIM_INFINITY:
        value = min(value, ceiling)
    try:
        resource.setrlimit(number, (value, value))
    except (OSError, ValueError):
        return False
    return True


def _end_with_the_parent(parent: int) -> None:
    import ctypes  # only here: macOS has no use for it

    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before the line above
        os._exit(1)
