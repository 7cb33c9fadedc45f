"""A host that can be attacked, and the means to attack it from inside a sandbox: what the tests of attacks stand on.

The host has a file nobody may change, a secret nobody may read, listeners nobody may reach, and a process nobody may
touch. An attack is the source of a cell that defines `attack()`; what counts is what it did to the host.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.exchange.values import Problem, Reply
from gatedrnn_course.grading.sandbox import Limits, Sandbox, Session

DECOY = """
import sys
for line in sys.stdin:
    sys.stdout.write("alive\\n")
    sys.stdout.flush()
"""
STAYS_S = 20  # an attack's process ends by itself some time, should nothing else end it
SETTLE_S = 0.1


class Host:
    """What the attacks aim at.

    Args:
        folder: An empty folder that no sandbox is told of.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.token = f"atk{secrets.token_hex(5)}"
        self.secret = f"secret-{secrets.token_hex(16)}"
        self.victim, self.private = folder / "victim.txt", folder / "private.txt"
        self.hits: list[str] = []
        self._sockets = [
            self._listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            self._listen(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            self._listen(socket.AF_UNIX, socket.SOCK_STREAM, str(folder / "socket")),
            self._listen(socket.AF_UNIX, socket.SOCK_DGRAM, f"\0{self.token}"),
        ]
        self.decoy = self._started()
        self._restore()
        assert self._decoy_answers()
        self._before, self._decoys = self._state(), self._decoy_state()

    def _started(self) -> subprocess.Popen[str]:
        environment = {**os.environ, "ATTACK_SECRET": self.secret}
        return subprocess.Popen(
            [sys.executable, "-c", DECOY],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            start_new_session=True,  # a signal to its group is one to nobody else
        )

    def _restore(self) -> None:
        """Put everything back, so that the next attack finds the host as this one did."""
        self.folder.mkdir(exist_ok=True)
        self.folder.chmod(0o700)
        for path in (*self.folder.iterdir(), *self._litter()):
            if path.name != "socket":
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        self.victim.write_text("victim\n")
        self.private.write_text(self.secret)
        os.utime(self.victim, ns=(10**18, 10**18))
        self.hits.clear()
        self._end_decoy()
        self.decoy = self._started()

    def _litter(self) -> list[Path]:
        places = ("/tmp", "/var/tmp", "/dev/shm", "/etc", "/usr", np.__path__[0])
        return [path for place in places if os.path.lexists(path := Path(place, self.token))]

    def close(self) -> None:
        """End the listeners and the decoy."""
        for one in self._sockets:
            one.close()
        self._end_decoy()

    def _end_decoy(self) -> None:
        self.decoy.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):  # one that is traced is its tracer's to bury
            self.decoy.communicate(timeout=2)

    def facts(self, **more: object) -> str:
        """What an attack is told of the host, as Python; no secret is among it."""
        known = {
            "VICTIM": str(self.victim),
            "PRIVATE": str(self.private),
            "PLACE": str(self.folder),
            "TOKEN": self.token,
            "DECOY": self.decoy.pid,
            "GRADER": os.getpid(),
            "TCP": self._sockets[0].getsockname()[1],
            "UDP": self._sockets[1].getsockname()[1],
            "UNIX": str(self.folder / "socket"),
            "PYTHON": sys.executable,
            "STAYS": STAYS_S,
            **more,
        }
        return "".join(f"{name} = {value!r}\n" for name, value in known.items())

    def _listen(self, family: int, kind: int, address: Any) -> socket.socket:
        made = socket.socket(family, kind)
        made.bind(address)
        if kind == socket.SOCK_STREAM:
            made.listen()
        threading.Thread(target=self._hear, args=(made,), daemon=True).start()
        return made

    def _hear(self, listening: socket.socket) -> None:
        name = f"{listening.family.name} {listening.type.name}"
        with contextlib.suppress(OSError):
            while True:
                if listening.type == socket.SOCK_STREAM:
                    listening.accept()[0].close()
                else:
                    listening.recv(100)
                self.hits.append(name)

    def _state(self) -> object:
        found = self.victim.lstat()
        names = sorted(path.name for path in self.folder.iterdir() if path.name != "socket")
        private = (self.private.read_text() == self.secret, oct(self.private.lstat().st_mode))
        what = (found.st_mode, found.st_nlink, found.st_uid, found.st_mtime_ns, os.listxattr(self.victim))
        return self.victim.read_bytes(), what, names, private, oct(self.folder.lstat().st_mode)

    def _decoy_state(self) -> object:
        pid = self.decoy.pid
        limits = Path(f"/proc/{pid}/limits").read_text()
        return os.getpriority(os.PRIO_PROCESS, pid), sorted(os.sched_getaffinity(pid)), limits

    def untouched(self) -> None:
        """Assert that no attack had an effect."""
        try:
            assert self._state() == self._before
            assert self._litter() == []
            assert self._decoy_answers()
            assert self._decoy_state() == self._decoys
            assert self.hits == []
        except BaseException:
            self._restore()
            raise

    def _decoy_answers(self) -> bool:
        """Whether the process is there and does its work: it may have been stopped, and would answer never."""
        if self.decoy.poll() is not None:
            return False
        os.write(self.decoy.stdin.fileno(), b"?\n")  # type: ignore[union-attr]
        pipe = self.decoy.stdout.fileno()  # type: ignore[union-attr]
        return bool(select.select([pipe], [], [], 30)[0]) and os.read(pipe, 100) == b"alive\n"

    def survivors(self) -> list[str]:
        """Processes that an attack started and that are still there: they carry the token somewhere."""
        end = time.monotonic() + 2
        while found := list(self._marked()):
            if time.monotonic() > end:
                return found
            time.sleep(SETTLE_S)
        return []

    def _marked(self) -> Iterator[str]:
        for process in Path("/proc").iterdir():
            if process.name.isdigit() and int(process.name) != os.getpid():
                with contextlib.suppress(OSError):
                    told = (process / "cmdline").read_text(errors="replace") + (process / "comm").read_text()
                    state = (process / "stat").read_text().rpartition(")")[2].split()[0]
                    if self.token in told and state != "Z":
                        yield f"{process.name} {told}"


class Attacker:
    """Runs attacks in one session after another; a new one is opened where the last was brought down.

    Args:
        sandbox: Where.
        host: At whom.
        limits: What a session may use.
    """

    def __init__(self, sandbox: Sandbox, host: Host, limits: Limits | None = None) -> None:
        self.sandbox, self.host = sandbox, host
        self._limits = limits
        self._session: Session | None = None
        self._sibling: Session | None = None

    def promised(self, *guarantees: str) -> None:
        """Skip the test where the sandbox says itself that it does not keep this."""
        missing = [one for one in guarantees if one in self.sandbox.missing]
        if missing:
            pytest.skip(f"the sandbox `{self.sandbox.name}` does not promise: {', '.join(missing)}")

    @property
    def session(self) -> Session:
        """A live session with the tools of attacks in it."""
        if self._session is None or not self._session.alive:
            self.close()
            self._session = self.sandbox.open(self._limits)
            self._session.load([TOOLS], deadline=60)
        return self._session

    def run(self, source: str, *, cells: Sequence[str] = (), deadline: float = 10.0) -> Reply:
        """Run cells, then `attack()` of the last; the host's sibling must answer afterwards."""
        facts = self.host.facts(SIBLING=getattr(self._sibling, "pid", 0))
        report = self.session.load([facts, *cells, source], deadline=deadline)
        if report.problem is not None:
            reply = Reply(problem=report.problem)
        else:
            assert not report.faults, report.faults
            reply = self.session.call("attack", [], deadline=deadline)
        self.sibling_answers()
        return reply

    def sibling_answers(self) -> None:
        """Assert that another session is as it was."""
        if self._sibling is None:
            self._sibling = self.sandbox.open()
            self._sibling.load(["kept = [1.0]\ndef f(x): return 2 * x + len(kept)"], deadline=60)
        came = self._sibling.call("f", [np.arange(3.0)]).value
        assert isinstance(came, np.ndarray) and came.tolist() == [1.0, 3.0, 5.0]

    def close(self) -> None:
        """End the session under attack."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def close_all(self) -> None:
        """End both sessions."""
        self.close()
        if self._sibling is not None:
            self._sibling.close()


TOOLS = """
import ctypes, os, sys, time
import numpy as np
libc = ctypes.CDLL(None, use_errno=True)
for name in ("mmap", "shmat"):
    getattr(libc, name).restype = ctypes.c_void_p

def marked():
    "Carry the token, cut every tie, and stay for a while."
    libc.prctl(15, TOKEN.encode(), 0, 0, 0)
    for fd in range(256):
        try: os.close(fd)
        except OSError: pass
    try: os.chdir("/")
    except OSError: pass
    time.sleep(STAYS)
    os._exit(0)

def bytes_of(text):
    return np.frombuffer(text if isinstance(text, bytes) else str(text).encode("utf-8", "replace"), np.uint8)

def tried(*ways):
    "What each way gives: its value, or the exception's name."
    found = []
    for way in ways:
        try: found.append(str(way()))
        except BaseException as error: found.append(type(error).__name__)
    return bytes_of(" ".join(found))
"""


def text_of(reply: Reply) -> str:
    """What an attack handed back, as text; what it raised otherwise."""
    if isinstance(reply.value, np.ndarray):
        return reply.value.astype(np.uint8).tobytes().decode("utf-8", "replace")
    problem = reply.problem or Problem("raised")
    return f"{problem.type}: {problem.message} {reply.value or ''}"
