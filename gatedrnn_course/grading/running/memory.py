"""A limit on the memory that a call in this very process may take."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["memory_limit"]

STATM = Path("/proc/self/statm")
A_THREAD = 160 << 20
"""Address space of one thread that a library may start meanwhile: its stack, and a heap of its own."""


@contextmanager
def memory_limit(most: int) -> Iterator[None]:
    """Let an allocation in the body fail, with a `MemoryError`, where it would take the process too far.

    On Linux only: elsewhere the body runs without a limit. It holds for all threads of the process.

    Args:
        most: Bytes that the body may take beyond what the process has; for the threads of libraries there is room
            beside them.
    """
    if not (sys.platform.startswith("linux") and STATM.exists()):
        yield
        return
    import resource  # Windows has none

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    has = int(STATM.read_text().split()[0]) * resource.getpagesize()
    bound = has + most + A_THREAD * (os.cpu_count() or 1)
    if resource.RLIM_INFINITY not in (soft, bound):
        bound = min(bound, soft)
    resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
