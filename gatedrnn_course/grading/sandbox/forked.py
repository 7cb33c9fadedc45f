"""A child forked from a template, and the sandboxes that have such children."""

from __future__ import annotations

import contextlib
import os
import platform
import select
import signal
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, get_args

from gatedrnn_course.text import _

from .channel import Channel, open_channel
from .child.walls import landlock
from .child.walls.seccomp import ARCHITECTURES
from .child.warm import LIBRARIES
from .launch import inside, make_folder, remove, rlimits
from .local import LocalSandbox
from .protocol import Guarantee, Level, Limits, SandboxUnavailable
from .session import ProcessSession
from .surroundings import WORK, bare, bubblewrap
from .template import Template, TemplateDied
from .templates import Templates

__all__ = ["BubblewrapSandbox", "Forked", "ForkingSandbox", "LandlockSandbox"]

GONE_MS = 30_000
ATTEMPTS = 2


@dataclass(frozen=True)
class Forked:
    """A child that a template was asked for.

    Attributes:
        template: Its template.
        number: Its process id as the template sees it.
        pidfd: What it is killed and waited for by: a number could mean another process by then.
        folder: Its folder as the parent sees it; empty where only the child sees it.
    """

    template: Template
    number: int
    pidfd: int
    channel: Channel
    folder: str
    cpu_s: list[float]
    """Once it has ended: the seconds of processor time it took."""

    @property
    def pid(self) -> int:
        """Its process id here."""
        lines = Path(f"/proc/self/fdinfo/{self.pidfd}").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("Pid:")).split()[1])

    def end(self) -> int:
        """Kill it and wait until it is gone; all it could have started are threads of its own."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        waiting = select.poll()
        waiting.register(self.pidfd, select.POLLIN)
        waiting.poll(GONE_MS)
        os.close(self.pidfd)
        try:
            code, seconds = self.template.wait(self.number)
        except TemplateDied:
            return -signal.SIGKILL
        self.cpu_s.append(seconds)
        return code

    def remove(self) -> None:
        """Remove its folder."""
        if self.folder:
            remove(self.folder)


class ForkingSandbox(LocalSandbox):
    """Children forked from a warm template, each behind walls of its own; see `child.walls.order`."""

    name: str
    level: Level = "strong"
    namespaces: ClassVar[bool]
    templates: ClassVar[Templates]

    def __init__(self) -> None:
        super().__init__()
        self.guarantees: frozenset[Guarantee] = frozenset(get_args(Guarantee))
        self.missing: tuple[Guarantee, ...] = ()

    @classmethod
    def lacks(cls) -> str:
        """What this system has not got for it, in words; empty if nothing."""
        if not sys.platform.startswith("linux"):
            return _("this is not Linux")
        if platform.machine() not in ARCHITECTURES:
            return _("there is no table of system calls for this processor")
        if landlock.abi() == 0:
            return _("the kernel has no Landlock")
        return ""

    def open(
        self, limits: Limits | None = None, *, seed: int = 0, files: Mapping[str, bytes] | None = None
    ) -> ProcessSession:
        """Fork a child; see `Sandbox.open`."""
        limits, files = limits or Limits(), files or {}
        for name in files:
            inside(name)
        session = ProcessSession(self._child(limits, seed, files), limits, self._closed)
        self._sessions.add(session)
        if self.namespaces:
            for name, content in files.items():
                session.put(name, content)
        return session

    def expect(self, libraries: Iterable[str]) -> None:
        """Have the next template load them; see `Sandbox.expect`."""
        self.templates.learn(libraries)

    def _closed(self, session: ProcessSession) -> None:
        self._sessions.discard(session)
        self.templates.learn(session.used)

    def _child(self, limits: Limits, seed: int, files: Mapping[str, bytes]) -> Forked:
        """A child of the template at hand, or of a new one if that has just died."""
        for attempt in range(ATTEMPTS):
            template = self.templates.current()
            folder = "" if self.namespaces else make_folder(files)
            try:
                return self._fork(template, folder, limits, seed)
            except BaseException as error:
                if folder:
                    remove(folder)
                if not isinstance(error, (TemplateDied, OSError)):
                    raise
                template.retire()
                if attempt + 1 == ATTEMPTS:
                    raise SandboxUnavailable(_("A process to run answers in was asked for."), str(error)) from error
        raise AssertionError

    def _fork(self, template: Template, folder: str, limits: Limits, seed: int) -> Forked:
        if folder and template.uid != os.getuid():
            _give(folder, template.uid)
        asked = {
            "folder": folder or WORK,
            "limits": self._rlimits(limits),
            "disk_mb": limits.disk_mb,
            "files": limits.files,
            "seed": seed,
            "frame_bytes": limits.frame_bytes,
        }
        with open_channel(limits) as (channel, theirs, output):
            number, pidfd = template.spawn(asked, theirs, output)
        return Forked(template, number, pidfd, channel, folder, [])

    def _rlimits(self, limits: Limits) -> dict[str, int]:
        own = {"NPROC": limits.processes} if self.namespaces else {}  # counted by user in each namespace of users
        return {**rlimits(limits), **own, "MEMLOCK": 0}


def _give(folder: str, uid: int) -> None:
    """Let the user that the child runs as read its folder."""
    for root, _folders, names in os.walk(folder):
        for path in (root, *(os.path.join(root, name) for name in names)):
            os.chown(path, uid, uid)


class BubblewrapSandbox(ForkingSandbox):
    """Namespaces within bubblewrap, Landlock and a list of system calls; each child has a disk of its own in memory."""

    name = "bubblewrap"
    namespaces = True
    templates = Templates(bubblewrap, True)


class LandlockSandbox(ForkingSandbox):
    """Landlock and a list of system calls, where namespaces are refused: the child can write no file at all.

    Some libraries write files when they are loaded, so its template loads them all.
    """

    name = "landlock"
    namespaces = False
    templates = Templates(bare, False, LIBRARIES)
