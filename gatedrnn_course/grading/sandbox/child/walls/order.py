"""All walls around one child, in the one order in which each can still be built. If any fails, the child ends."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import limits
from . import landlock
from .namespaces import leave_for_own
from .seccomp import take_away_system_calls
from .system import close_range, drop_capabilities, prctl

__all__ = ["CHANNEL", "Readable", "confine"]

CHANNEL, RULES = 3, 4
NO_NEW_PRIVILEGES = 38
FREE = 10


@dataclass(frozen=True)
class Readable:
    """What every child may open, the same for all children of a template.

    Attributes:
        lists: Folders whose names it may list.
        reads: Files and folders it may read.
    """

    lists: tuple[str, ...]
    reads: tuple[str, ...]


DEVICES = ("/dev/null", "/dev/zero")
RANDOM = ("/dev/random", "/dev/urandom")


def confine(asked: Mapping[str, Any], channel: int, output: int, readable: Readable, namespaces: bool) -> list[str]:
    """Build every wall around the process that calls.

    Args:
        asked: `folder`, `limits`, `disk_mb`, `files`, and `parent`, the process id of the parent as seen from here.
        channel: The socket for frames; it becomes number 3.
        output: Where printing goes.
        readable: What may be opened.
        namespaces: Whether the folder is covered by one in memory that may be written; else it can be read only.

    Returns:
        The names of the limits in force.

    Raises:
        OSError: If the kernel refuses anything.
        RuntimeError: If a limit cannot be set.
    """
    folder, wanted = asked["folder"], asked["limits"]
    if "AS" in wanted and wanted["AS"] <= _address_space():
        raise RuntimeError("the limit of memory is below what an empty process has")
    if namespaces:
        leave_for_own(folder, asked["disk_mb"], asked["files"])
    rules = landlock.ruleset()
    landlock.allow(rules, "all" if namespaces else "read", [folder])
    landlock.allow(rules, "list", readable.lists)
    landlock.allow(rules, "read", (*readable.reads, *RANDOM))
    landlock.allow(rules, "device", DEVICES)
    _descriptors(channel, output, rules)
    os.chdir(folder)
    os.environ.update(HOME=folder, TMPDIR=folder)
    tempfile.tempdir = folder  # looking for one would try to write
    kept = limits.apply(wanted, asked["parent"])
    if missing := set(wanted) - set(kept):
        raise RuntimeError(f"limits that cannot be set: {missing}")
    os.setsid()
    drop_capabilities()
    prctl(NO_NEW_PRIVILEGES, 1)
    landlock.restrict(RULES)
    os.close(RULES)
    take_away_system_calls()
    return kept


def _address_space() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _descriptors(channel: int, output: int, rules: int) -> None:
    """Leave open nothing but 0 to 4."""
    given = (os.open("/dev/null", os.O_RDONLY), output, output, channel, rules)
    above = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, FREE) for fd in given]  # none is overwritten before it is copied
    for number, fd in enumerate(above):
        os.dup2(fd, number)
    close_range(RULES + 1)
