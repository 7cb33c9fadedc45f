"""The sandbox that is a plain process: values only, limits of time, memory and output, and no walls around it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import get_args

from gatedrnn_course.text import _

from .launch import launch, plain_command
from .local import LocalSandbox
from .protocol import Guarantee, Level, Limits, SandboxUnavailable
from .session import ProcessSession

__all__ = ["ProcessSandbox"]

EVERYWHERE: frozenset[Guarantee] = frozenset({"values only", "time", "output", "file size", "environment"})
ON_LINUX: frozenset[Guarantee] = frozenset({"memory", "orphans"})


class ProcessSandbox(LocalSandbox):
    """One fresh Python process for each session. Its level is weak: use it for answers that you trust.

    What it keeps is in `guarantees`, what it does not in `missing`, on this system and for this user. A child runs as
    the user who grades: it can read and write that user's files, use the network, and send signals.
    When a session ends its process group is killed and, on Linux, every process that still carries its mark in the
    environment or stands in its folder. One that has started another program elsewhere with an empty environment
    outlives it. A grader ended by SIGKILL leaves its children's folders; on Linux it leaves no child, elsewhere a child
    in an endless loop goes on until its processor time is used up.
    """

    name: str = "process"
    level: Level = "weak"

    def __init__(self) -> None:
        super().__init__()
        linux = sys.platform.startswith("linux")
        limited: frozenset[Guarantee] = frozenset({"processes"}) if linux and os.getuid() != 0 else frozenset()
        self.guarantees: frozenset[Guarantee] = EVERYWHERE | limited | (ON_LINUX if linux else frozenset())
        self.missing: tuple[Guarantee, ...] = tuple(g for g in get_args(Guarantee) if g not in self.guarantees)

    @staticmethod
    def command(folder: str, options: str) -> list[str]:
        """What runs the worker."""
        return plain_command(folder, options)

    @classmethod
    def lacks(cls) -> str:
        """What this system has not got for it, in words; empty if nothing."""
        return "" if os.name == "posix" else _("this system cannot start a process that is limited")

    def open(
        self, limits: Limits | None = None, *, seed: int = 0, files: Mapping[str, bytes] | None = None
    ) -> ProcessSession:
        """Start a child in an empty folder; see `Sandbox.open`."""
        if os.name != "posix":
            raise SandboxUnavailable(
                _("A process to run answers in was asked for."),
                _("This system cannot start one that is limited."),
                _("Linux or macOS was expected."),
                _("On Windows, use the Windows Subsystem for Linux."),
            )
        limits = limits or Limits()
        session = ProcessSession(launch(limits, seed, files or {}, self.command), limits, self._sessions.discard)
        self._sessions.add(session)
        return session
