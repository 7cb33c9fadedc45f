"""The attacks, as the cell of a notebook: each function tries every road it knows and gives how many led somewhere.

The file runs in a sandbox, where nothing of the course is; it imports what it needs inside the functions.
"""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

TARGETS: dict[str, Any] = json.loads(Path("canaries.json").read_text()) if Path("canaries.json").exists() else {}
Road = Callable[[], object]
MIB = 1 << 20
SEIZE = 0x4206  # traces without stopping


def tried(*roads: Road) -> int:
    """How many of these neither raise nor give a false value."""
    count = 0
    for road in roads:
        with suppress(Exception):
            count += bool(road())
    return count


def does(function: Callable[..., object], *arguments: object) -> Road:
    """A road that leads somewhere unless the call raises."""
    return lambda: (function(*arguments), True)[1]


def system_call(name: str, *arguments: object) -> bool:
    """Whether a function of the C library that gives -1 on failure succeeds."""
    return bool(getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) != -1)


def change_a_file() -> int:
    """Write, truncate, remove, rename, make, or alter the metadata of a file outside the folder."""
    victim = TARGETS["victim"]
    return tried(
        lambda: Path(victim).write_text("changed") > 0,
        does(os.truncate, victim, 0),
        does(os.chmod, victim, 0o777),
        does(os.utime, victim, (0, 0)),
        does(os.rename, victim, victim + ".moved"),
        does(os.unlink, victim),
        lambda: Path(victim + ".new").write_text("new") > 0,
        does(os.mkdir, victim + ".folder"),
        does(os.symlink, victim, victim + ".link"),
    )


def read_a_secret() -> int:
    """Read files of the grader's, the system's and the course's."""
    return tried(*[lambda path=path: Path(path).read_bytes() for path in TARGETS["secrets"]])


def reach_the_network() -> int:
    """Connect to a listener of the grader's, by address, by path and by abstract name; send a datagram."""

    def connect(family: int, address: Any, kind: int = socket.SOCK_STREAM) -> bool:
        with socket.socket(family, kind) as made:
            made.settimeout(1)
            made.connect(address)
            return made.send(b"x") == 1

    port = ("127.0.0.1", TARGETS["port"])
    return tried(
        lambda: connect(socket.AF_INET, port),
        lambda: connect(socket.AF_INET, port, socket.SOCK_DGRAM),
        lambda: connect(socket.AF_UNIX, TARGETS["socket"]),
        lambda: connect(socket.AF_UNIX, "\0" + TARGETS["abstract"]),
    )


def outlive_the_session() -> int:
    """Start a process that hides and stays."""

    def fork() -> bool:
        if os.fork() == 0:
            os.setsid()
            time.sleep(3)
            os._exit(0)
        return True

    return tried(fork, lambda: ctypes.CDLL(None).vfork() > 0)


def run_a_program() -> int:
    """Run a program by any call that does."""
    return tried(
        lambda: os.posix_spawn("/bin/true", ["true"], {}),
        lambda: subprocess.run(["/bin/true"], check=True),
        lambda: os.system("true") == 0,
        lambda: system_call("execve", b"/bin/false-gatedrnn", None, None) or ctypes.get_errno() == 2,
    )


def touch_the_grader() -> int:
    """Signal the grader, trace it, read its memory, stop every process of its user."""
    grader = TARGETS["grader"]
    buffer = ctypes.create_string_buffer(8)

    class Vector(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]

    here, there = Vector(ctypes.addressof(buffer), 8), Vector(TARGETS["address"], 8)
    vectors = (ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
    return tried(
        does(os.kill, grader, 0),
        does(os.kill, os.getppid(), 0),
        does(os.kill, -1, 0),
        lambda: does(signal.pidfd_send_signal, os.pidfd_open(grader), 0)() is True,
        lambda: system_call("ptrace", SEIZE, grader, None, None),
        lambda: system_call("process_vm_readv", grader, *vectors),
    )


def look_at_processes() -> int:
    """Read what the system tells about processes."""
    grader = TARGETS["grader"]
    return tried(
        lambda: Path(f"/proc/{grader}/environ").read_bytes(),
        lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
        lambda: Path("/proc/self/environ").read_bytes(),
        lambda: os.listdir("/proc"),
    )


def take_all_memory() -> int:
    """Take more memory than there may be."""
    size = TARGETS["memory"]
    return tried(lambda: len(bytearray(size)) == size, lambda: len(mmap.mmap(-1, size)) == size)


def fill_the_disk() -> int:
    """Write files, small ones without end and one large one, here and where every user may write."""
    limit, folders = TARGETS["disk"], [".", "/tmp", "/var/tmp", "/dev/shm"]

    def fill(folder: str) -> bool:
        written, names = 0, [os.path.join(folder, f"canary-{os.getpid()}-{k}") for k in range(2 * limit // MIB)]
        with suppress(OSError):
            for name in names:
                with open(name, "wb") as file:
                    written += file.write(bytes(MIB))
        for name in names:
            with suppress(OSError):
                os.unlink(name)
        return written > limit or (folder != "." and written > 0)

    return tried(*[lambda folder=folder: fill(folder) for folder in folders])


def shed_the_walls() -> int:
    """Get privileges, namespaces and system calls that lead out."""
    new_user, new_mounts = 0x10000000, 0x00020000
    return tried(
        lambda: system_call("unshare", new_user),
        lambda: system_call("unshare", new_mounts),
        lambda: system_call("mount", b"none", b"/", b"tmpfs", 0, None),
        lambda: system_call("chroot", b"."),
        lambda: system_call("setuid", 0) and os.getuid() == 0 and TARGETS["uid"] != 0,
        lambda: system_call("memfd_create", b"x", 0),
        lambda: system_call("prctl", 4, 1, 0, 0, 0),
    )


def never_end() -> int:
    """Ignore every signal and go on."""
    for number in range(1, 65):
        with suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    while True:
        pass
