"""The grader's end of a template: a process with the libraries loaded, from which children are forked."""

from __future__ import annotations

import array
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gatedrnn_course.text import _

from .launch import environment, library_path
from .protocol import SandboxUnavailable
from .surroundings import hidden

__all__ = ["Command", "Template", "TemplateDied"]

START_S = 120.0
ANSWER_S = 60.0
END_S = 10.0
MESSAGE = 1 << 16
Meta = dict[str, Any]
Command = Callable[[str], list[str]]
"""A command line that runs the worker with these options."""


class TemplateDied(Exception):
    """The template is gone, or cannot fork any more. Never a fault of an answer."""


class Template:
    """A running template. For several threads at once.

    It ends when this process does, however that comes, and its children with it.

    Args:
        command: What starts it.
        namespaces: Whether each child gets its own.
        warm: The libraries beside NumPy that it loads.

    Attributes:
        forked: How many children it has started.
        living: How many of them have not been waited for.
        uid: The user its children run as.
        own_s: Seconds of processor time it had taken when it last told.

    Raises:
        SandboxUnavailable: If it does not start.
    """

    def __init__(self, command: Command, namespaces: bool, warm: Sequence[str]) -> None:
        self.warm = tuple(warm)
        self.forked = self.living = 0
        self.own_s = 0.0
        self._lock = threading.Lock()
        self._retired = False
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        options = {
            "control": theirs.fileno(),
            "path": library_path(),
            "hidden": [] if namespaces else hidden(),  # else they are covered, for all children at once
            "warm": self.warm,
            "namespaces": namespaces,
        }
        self._control = ours
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `_end`
        try:
            self._process = subprocess.Popen(
                command(json.dumps(options)),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                cwd="/",
                env=environment(tempfile.gettempdir()),
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            self._errors.close()
            raise _unavailable(str(error)) from error
        finally:
            theirs.close()
        try:
            told = self._receive(START_S)[0]
            if "ready" not in told:
                raise TemplateDied(told.get("failed", ""))
            self.uid = int(told["uid"])
        except BaseException as error:
            self._end()
            if isinstance(error, TemplateDied):
                raise _unavailable(str(error)) from error
            raise

    def spawn(self, asked: Mapping[str, Any], channel: int, output: int) -> tuple[int, int]:
        """Fork a child.

        Args:
            asked: What it may use; see `child.walls.order.confine`.
            channel: Its end of the socket for frames.
            output: Where it prints.

        Returns:
            Its process id as the template sees it, and a descriptor of the process (pidfd).

        Raises:
            TemplateDied: If it cannot.
        """
        with self._lock:
            told, fds = self._ask({**asked, "do": "spawn"}, [channel, output])
            if "pid" not in told or len(fds) != 1:
                raise TemplateDied(told.get("failed", "no process"))
            self.forked += 1
            self.living += 1
            return int(told["pid"]), fds[0]

    def wait(self, pid: int) -> tuple[int, float]:
        """How a child ended, and the seconds of processor time it took. Ask when it has ended.

        Raises:
            TemplateDied: If nobody knows.
        """
        with self._lock:
            try:
                told, _fds = self._ask({"do": "wait", "pid": pid}, [])
                if "code" not in told:
                    raise TemplateDied(told.get("failed", ""))
                self.own_s = float(told["own_s"])
                return int(told["code"]), float(told["cpu_s"])
            finally:
                self.living -= 1
                if self._retired and self.living == 0:
                    self._end()

    def retire(self) -> None:
        """End it as soon as its last child has ended."""
        with self._lock:
            self._retired = True
            if self.living == 0:
                self._end()

    def end(self) -> None:
        """End it now."""
        with self._lock:
            self._retired = True
            self._end()

    def abandon(self) -> None:
        """Let go of it without a word: it belongs to the process that this one was forked from."""
        self._control.close()
        self._errors.close()

    @property
    def pid(self) -> int:
        """Process id here of the program that was started; bubblewrap's where that was one."""
        return self._process.pid

    def wait_for_end(self) -> None:
        """Wait until it has ended by itself."""
        self._process.wait()

    @property
    def alive(self) -> bool:
        """Whether it can be asked for children."""
        return self._control.fileno() >= 0 and self._process.poll() is None

    def _ask(self, asked: Meta, fds: list[int]) -> tuple[Meta, list[int]]:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        try:
            self._control.sendmsg([json.dumps(asked).encode()], rights)
        except OSError as error:
            raise TemplateDied(self._said() or str(error)) from error
        return self._receive(ANSWER_S)

    def _receive(self, seconds: float) -> tuple[Meta, list[int]]:
        fds = array.array("i")
        waiting = select.poll()
        waiting.register(self._control, select.POLLIN)
        if not waiting.poll(seconds * 1000):
            raise TemplateDied(_("There was no answer within {seconds:g} s.").format(seconds=seconds))
        try:
            data, ancillary, _flags, _address = self._control.recvmsg(
                MESSAGE, socket.CMSG_SPACE(fds.itemsize), socket.MSG_CMSG_CLOEXEC
            )
        except OSError as error:
            raise TemplateDied(str(error)) from error
        for _level, _kind, content in ancillary:
            fds.frombytes(content[: len(content) - len(content) % fds.itemsize])
        if not data:
            raise TemplateDied(self._said() or "it ended")
        return json.loads(data), list(fds)

    def _said(self) -> str:
        """What it, or the program around it, complained of."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_S)
        self._errors.seek(0)
        return self._errors.read(2000).decode(errors="replace").strip()

    def _end(self) -> None:
        """Close the socket, upon which it ends by itself; kill it if not."""
        self._control.close()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._errors.close()


def _unavailable(why: str) -> SandboxUnavailable:
    last = why.strip().splitlines()[-1:] or [_("It ended without a word.")]
    return SandboxUnavailable(_("A process to fork answers from was asked for."), last[0])
