"""The process that children are forked from: libraries loaded and warm, one thread, nothing of any answer in it.

It reads requests on a socket, one at a time, and answers each: `spawn` with a descriptor of the new process (pidfd),
`wait` with how a process ended. It never reads what a child sends. When the socket closes it ends, and its children
with it.
"""

from __future__ import annotations

import array
import gc
import importlib
import json
import os
import signal
import socket
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .large_pages import collapse
from .walls import namespaces
from .walls.order import CHANNEL, Readable, confine
from .walls.reachable import carve, shared_libraries
from .walls.user import leave_root
from .warm import park, warm_up

__all__ = ["run"]

MESSAGE = 1 << 16
FDS = 2
FAILED = 70
SYSTEM = ("/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo")
Meta = dict[str, Any]


def run(options: Mapping[str, Any], package: str) -> None:
    """Prepare, tell so, then serve until the socket closes.

    Args:
        options: `control`, the number of the socket; `path`, folders of libraries; `hidden`, paths that no child may
            read; `warm`, libraries to load; `namespaces`, whether each child gets its own.
        package: Name of the package this module lies in.
    """
    control = socket.socket(fileno=options["control"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        uid = leave_root(options["path"], options["namespaces"])
        own = namespaces.enter(control) if options["namespaces"] else None
        sys.path.extend(options["path"])
        importlib.import_module(f"{package}.jail").install()
        serve = importlib.import_module(f"{package}.serve").serve
        before = set(os.environ)
        with tempfile.TemporaryDirectory(prefix="gatedrnn-") as home:  # where libraries keep what they have computed
            os.environ.update(HOME=home, TMPDIR=home)
            tempfile.tempdir = None
            warm_up(options["warm"])
        for name in set(os.environ) - before - {"HOME", "TMPDIR"}:  # torch notes a folder there that is gone by now
            del os.environ[name]
        readable = _readable(options["path"], options["hidden"])
        park(options["warm"])
        gc.collect()
        gc.freeze()
        collapse()
        _one_thread()
    except BaseException:
        control.send(json.dumps({"failed": traceback.format_exc()[-2000:]}).encode())
        return
    control.send(json.dumps({"ready": True, "uid": uid}).encode())
    _Template(control, own, readable, serve).run()


def _readable(path: Sequence[str], hidden: Sequence[str]) -> Readable:
    folders = [os.path.dirname(os.__file__), *path]
    reads = [found for folder in folders for found in carve(folder, hidden)]
    child = os.path.dirname(__file__)
    exchange = os.path.join(os.path.dirname(os.path.dirname(child)), "exchange")
    return Readable(tuple(folders), (*reads, *shared_libraries(hidden), child, exchange, *SYSTEM))


def _one_thread() -> None:
    """A fork copies one thread; a lock that another one holds would stay locked in the child.

    Raises:
        RuntimeError: If there are more.
    """
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        raise RuntimeError(f"{threads} threads, and a fork needs exactly one")


class _Template:
    def __init__(self, control: socket.socket, own: int | None, readable: Readable, serve: Callable[..., None]) -> None:
        self.control, self.own, self.readable, self.serve = control, own, readable, serve

    def run(self) -> None:
        while True:
            asked, fds = self.receive()
            if asked is None:
                return
            try:
                answer, handed = self.spawn(asked, fds) if asked["do"] == "spawn" else (self.wait(asked["pid"]), [])
            except Exception as error:  # one thread too many, no process left: the grader starts another template
                answer, handed = {"failed": repr(error)}, []
            finally:
                for fd in fds:
                    os.close(fd)
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", handed))] if handed else []
            try:
                self.control.sendmsg([json.dumps(answer).encode()], rights)
            except OSError:  # the grader is gone
                return
            for fd in handed:
                os.close(fd)

    def receive(self) -> tuple[Meta | None, list[int]]:
        fds = array.array("i")
        data, ancillary, _flags, _address = self.control.recvmsg(MESSAGE, socket.CMSG_SPACE(FDS * fds.itemsize))
        for _level, _kind, content in ancillary:
            fds.frombytes(content[: len(content) - len(content) % fds.itemsize])
        return (json.loads(data) if data else None), list(fds)

    def spawn(self, asked: Meta, fds: list[int]) -> tuple[Meta, list[int]]:
        _one_thread()
        parent = os.getpid() if self.own is None else 0  # from inside a new namespace the parent has no number
        pid = os.fork() if self.own is None else namespaces.fork(self.own)
        if pid == 0:
            self._be_a_child({**asked, "parent": parent}, *fds)
        return {"pid": pid}, [os.pidfd_open(pid)]

    def _be_a_child(self, asked: Meta, channel: int, output: int) -> None:
        try:
            os.dup2(output, 2)  # so that a failure can be told
            kept = confine(asked, channel, output, self.readable, self.own is not None)
            sys.path.insert(0, os.getcwd())
            self.serve(CHANNEL, kept, asked["seed"], asked["frame_bytes"])
        except BaseException:
            os.write(2, traceback.format_exc()[-2000:].encode())
        finally:
            os._exit(FAILED)

    def wait(self, pid: int) -> Meta:
        """How a child ended; seconds of processor time that it took, and that this process has taken so far."""
        _pid, status, usage = os.wait4(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        return {"code": code, "cpu_s": usage.ru_utime + usage.ru_stime, "own_s": time.process_time()}
