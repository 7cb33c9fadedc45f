"""Runs the attacks in one session of a sandbox and looks at what they should have changed."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import secrets
import socket
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gatedrnn_course.text import _, mark

from ..protocol import Limits, Sandbox, Session
from ..session import ProcessSession

__all__ = ["CANARIES", "Canary", "got_through"]

CELL = Path(__file__).with_name("attacks.py")
LIMITS = Limits(wall_s=20.0, disk_mb=4, file_mb=1)
ENDLESS_S = 0.05
SHORT = "/tmp"
"""The path of a socket must fit 100 characters, which a folder for temporary things need not."""


@dataclass
class _Targets:
    """What is attacked: made for this, so that only a sandbox keeps an answer from it, never a permission."""

    folder: Path
    victim: Path
    secret: str
    listeners: list[socket.socket]
    told: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Canary:
    """One attack.

    Attributes:
        attack: The function of the cell.
        words: What it would mean, completing "an answer can ...".
        effect: Looks for what it changed out here.
    """

    attack: str
    words: str
    effect: Callable[[_Targets], bool] = lambda _targets: False


def _changed(targets: _Targets) -> bool:
    if [entry.name for entry in targets.folder.iterdir() if entry.name.startswith("victim")] != ["victim"]:
        return True
    state = targets.victim.stat()
    return (targets.victim.read_text(), state.st_mode & 0o777, state.st_mtime > 0) != (targets.secret, 0o666, True)


def _reached(targets: _Targets) -> bool:
    for listener in targets.listeners:
        with contextlib.suppress(BlockingIOError):
            if listener.type == socket.SOCK_DGRAM:
                listener.recv(1)
            else:
                listener.accept()[0].close()
            return True
    return False


CANARIES = (
    Canary("change_a_file", mark("change files outside its folder"), _changed),
    Canary("read_a_secret", mark("read files of whoever grades")),
    Canary("reach_the_network", mark("use the network"), _reached),
    Canary("outlive_the_session", mark("start a process that outlives it")),
    Canary("run_a_program", mark("run a program")),
    Canary("touch_the_grader", mark("signal or read the grader's process")),
    Canary("look_at_processes", mark("look at other processes")),
    Canary("take_all_memory", mark("take all memory")),
    Canary("fill_the_disk", mark("fill the disk")),
    Canary("shed_the_walls", mark("leave its sandbox")),
)
ENDLESS = mark("run on after its time is up")


def got_through(sandbox: Sandbox) -> list[str]:
    """Try every attack; what those that had an effect mean, in words.

    Args:
        sandbox: Where.

    Returns:
        Words completing "an answer can ..."; empty if every attack failed.

    Raises:
        SandboxUnavailable: If nothing can be run there at all.
    """
    with _targets() as targets:
        told = json.dumps(targets.told).encode()
        with sandbox.open(LIMITS, files={"canaries.json": told}) as session:
            names = [canary.attack for canary in CANARIES]
            loaded = session.load([CELL.read_text("utf-8")], names=names)
            if loaded.faults or loaded.problem is not None:
                return [_("make the attacks themselves fail: {what}").format(what=loaded.faults or loaded.problem)]
            found = [_(canary.words) for canary in CANARIES if _worked(canary, session, targets)]
            if not _ends(session):
                found.append(_(ENDLESS))
    return found


def _worked(canary: Canary, session: Session, targets: _Targets) -> bool:
    """Whether an attack had an effect; one that ended the session without an answer counts as one that had."""
    reply = session.call(canary.attack, [])
    return reply.value != 0 or canary.effect(targets)


def _ends(session: Session) -> bool:
    if not isinstance(session, ProcessSession):
        return True
    pid = session.pid
    problem = session.call("never_end", [], deadline=ENDLESS_S).problem
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return problem is not None and problem.kind == "timeout"
    except PermissionError:
        pass
    return False


@contextlib.contextmanager
def _targets() -> Iterator[_Targets]:
    """Files that everybody may read and write, and listeners that everybody may reach."""
    secret = secrets.token_hex(16)
    held = ctypes.create_string_buffer(secret.encode())
    with tempfile.TemporaryDirectory(prefix="gatedrnn-", dir=SHORT) as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o777)
        victim = folder / "victim"
        victim.write_text(secret)
        victim.chmod(0o666)
        inet, datagrams, path, abstract = listeners = [
            stack.enter_context(socket.socket(socket.AF_INET)),
            stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)),
            stack.enter_context(socket.socket(socket.AF_UNIX)),
            stack.enter_context(socket.socket(socket.AF_UNIX)),
        ]
        inet.bind(("127.0.0.1", 0))
        datagrams.bind(inet.getsockname())
        path.bind(str(folder / "listener"))
        (folder / "listener").chmod(0o777)
        abstract.bind("\0" + secret)
        for listener in listeners:
            listener.setblocking(False)
            if listener.type == socket.SOCK_STREAM:
                listener.listen()
        targets = _Targets(folder, victim, secret, listeners)
        targets.told = {
            "victim": str(victim),
            "secrets": [str(victim), "/etc/shadow", "/etc/passwd", *map(str, _of_the_course())],
            "port": inet.getsockname()[1],
            "socket": str(folder / "listener"),
            "abstract": secret,
            "grader": os.getpid(),
            "address": ctypes.addressof(held),
            "uid": os.getuid(),
            "memory": (LIMITS.mem_mb << 20) + 1,
            "disk": LIMITS.disk_mb << 20,
        }
        yield targets


def _of_the_course() -> list[Path]:
    """Files of the course's own package that hold what an answer is."""
    package = Path(__file__).resolve().parents[3]
    return [package / "cells" / "__init__.py", package / "cells" / "catalogue.py", package / "__init__.py"]
