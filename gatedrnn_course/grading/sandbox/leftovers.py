"""Find and end what a child left running after its group was killed. Linux only; elsewhere it finds nothing."""

from __future__ import annotations

import contextlib
import os
import select
import signal
from collections.abc import Iterator
from pathlib import Path

__all__ = ["end_leftovers"]

PROC = Path("/proc")
PASSES = 50  # a fork bomb has to be outrun; each pass ends whatever existed when it began
GONE_MS = 1000


def end_leftovers(marker: str, folder: str) -> None:
    """Kill every process of this user that began with `marker` in its environment, or whose folder lies in `folder`.

    A process that starts another program with an empty environment in another folder is not found.

    Args:
        marker: An entry such as `"NAME=value"`.
        folder: Absolute path.
    """
    if not hasattr(os, "pidfd_open") or not PROC.is_dir():
        return
    for _ in range(PASSES):
        found = list(_marked(marker, folder))
        if not found:
            return
        for process in found:
            _end(process, marker, folder)


def _marked(marker: str, folder: str) -> Iterator[Path]:
    for process in PROC.iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid() and _is_marked(process, marker, folder):
            yield process


def _is_marked(process: Path, marker: str, folder: str) -> bool:
    with contextlib.suppress(OSError):
        if process.stat().st_uid != os.getuid():
            return False
        if marker.encode() in (process / "environ").read_bytes().split(b"\0"):
            return True
    with contextlib.suppress(OSError):
        where = os.readlink(process / "cwd")
        return where == folder or where.startswith((folder + "/", folder + " "))  # " (deleted)"
    return False


def _end(process: Path, marker: str, folder: str) -> None:
    """Kill one process and wait until it is gone. The descriptor keeps its number from meaning another one."""
    try:
        fd = os.pidfd_open(int(process.name))
    except OSError:
        return
    try:
        if _is_marked(process, marker, folder):
            signal.pidfd_send_signal(fd, signal.SIGKILL)
            waiting = select.poll()
            waiting.register(fd, select.POLLIN)
            waiting.poll(GONE_MS)
    except ProcessLookupError:
        pass
    finally:
        os.close(fd)
