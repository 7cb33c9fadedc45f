"""A place of its own for the template and for each child: processes, users, mounts, messages between processes.

Source: `namespaces(7)`, `user_namespaces(7)`, `pid_namespaces(7)`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from pathlib import Path

from .system import mount, prctl, set_namespace, unshare

__all__ = ["enter", "fork", "leave_for_own"]

PDEATHSIG, DUMPABLE = 1, 4
NOSUID, NODEV, NOEXEC = 2, 4, 8


def enter(control: socket.socket) -> int:
    """Go on as the first process of a new namespace of processes, with every capability in a new one of users.

    The process that called it waits for the new one and ends with it.

    Args:
        control: Closed in the one that waits, so that its peer sees the end of the other.

    Returns:
        A descriptor of the new namespace of processes, for `fork`.

    Raises:
        OSError: If the system allows no such namespaces.
    """
    prctl(DUMPABLE, 1)  # a change of user took it away, and the maps of users could not be written
    uid, gid = os.getuid(), os.getgid()
    unshare("user", "pids")
    _map(uid, gid)
    pid = os.fork()
    if pid:
        control.close()
        os.waitpid(pid, 0)
        os._exit(0)
    prctl(PDEATHSIG, signal.SIGKILL)
    return os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)


def _map(uid: int, gid: int) -> None:
    """In the new namespace, users and groups are who they were."""
    own = Path("/proc/self")
    (own / "setgroups").write_text("deny")
    (own / "uid_map").write_text(f"{uid} {uid} 1")
    (own / "gid_map").write_text(f"{gid} {gid} 1")


def fork(own: int) -> int:
    """`os.fork` into a new namespace of processes; the caller's later children start in its own again.

    A second fork for the child's sake would cost as much again as the first.

    Args:
        own: What `enter` gave.
    """
    unshare("pids")
    try:
        pid = os.fork()
    except OSError:
        set_namespace(own, "pids")
        raise
    if pid:
        set_namespace(own, "pids")
    return pid


def leave_for_own(folder: str, disk_mb: int, files: int) -> None:
    """In a child: an own working folder in memory, nothing under /proc, an own count of processes.

    Args:
        folder: An empty folder.
        disk_mb: Size of all files in it, in MiB.
        files: How many files it can hold.

    Raises:
        OSError: If the kernel refuses.
    """
    uid, gid = os.getuid(), os.getgid()
    unshare("user", "mounts", "ipc")
    _map(uid, gid)
    mount("tmpfs", folder, NOSUID | NODEV | NOEXEC, f"size={disk_mb}m,nr_inodes={files},mode=0700")
    with contextlib.suppress(FileNotFoundError):
        mount("tmpfs", "/proc", NOSUID | NODEV | NOEXEC, "size=0,nr_inodes=1,mode=0000")
