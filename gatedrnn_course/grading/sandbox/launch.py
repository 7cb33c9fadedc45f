"""Start one child: its folder, its environment, its limits, its command line."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from gatedrnn_course.text import _

from .channel import Channel, open_channel
from .leftovers import end_leftovers
from .protocol import Limits, SandboxUnavailable

__all__ = [
    "MARKER",
    "WORKER",
    "Command",
    "Spawned",
    "environment",
    "inside",
    "launch",
    "library_path",
    "make_folder",
    "plain_command",
    "remove",
    "rlimits",
]

MARKER = "GATEDRNN_SESSION"
WORKER = Path(__file__).parent / "child" / "worker.py"
PASSED_ON = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # some machines need them, or NumPy does not start
FIXED = {
    "PATH": "/usr/bin:/bin",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "PYTHONIOENCODING": "utf-8:backslashreplace",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",  # answers are judged on the CPU, and a limit on address space breaks CUDA
    "MPLBACKEND": "Agg",
}


Command = Callable[[str, str], list[str]]
"""A command line that runs the worker, from its folder and its options."""


def plain_command(folder: str, options: str) -> list[str]:
    """Python itself."""
    return [sys.executable, "-S", "-s", "-P", str(WORKER), options]


@dataclass(frozen=True)
class Spawned:
    """A child that was started as a program: the process, the way to talk to it, and its folder."""

    process: subprocess.Popen[bytes]
    channel: Channel
    folder: str
    marker: str

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def end(self) -> int:
        """Kill it, its group and what hides elsewhere; returns the exit code.

        The leader is reaped last, so that its number means nobody else until then.
        """
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: a group of zombies
            os.killpg(self.pid, signal.SIGKILL)
        code = self.process.wait()
        end_leftovers(self.marker, self.folder)
        return code

    def remove(self) -> None:
        """Remove its folder."""
        remove(self.folder)


def launch(limits: Limits, seed: int, files: Mapping[str, bytes], command: Command = plain_command) -> Spawned:
    """Start a child in a fresh folder that holds only `files`.

    Args:
        limits: What it may use.
        seed: Its seed.
        files: By name what its folder holds.
        command: What runs the worker.

    Raises:
        SandboxUnavailable: If the system refuses.
        ValueError: If a file's name leads out of the folder.
    """
    folder = make_folder(files)
    try:
        return _start(folder, limits, seed, command)
    except OSError as error:
        remove(folder)
        raise SandboxUnavailable(_("A process to run answers in was asked for."), str(error)) from error
    except BaseException:
        remove(folder)
        raise


def make_folder(files: Mapping[str, bytes]) -> str:
    """A fresh folder that holds only `files`.

    Raises:
        SandboxUnavailable: If it cannot be made.
        ValueError: If a file's name leads out of it.
    """
    for name in files:
        inside(name)
    try:
        folder = os.path.realpath(tempfile.mkdtemp(prefix="gatedrnn-"))
        try:
            for name, content in files.items():
                target = Path(folder) / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        except BaseException:
            remove(folder)
            raise
    except OSError as error:
        raise SandboxUnavailable(_("A folder to run answers in was asked for."), str(error)) from error
    return folder


def inside(name: str) -> str:
    """The name of a file, if it stays in the folder.

    Raises:
        ValueError: If not.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(f"{name!r} leads out of the folder")
    return name


def _start(folder: str, limits: Limits, seed: int, command: Command) -> Spawned:
    marker = secrets.token_hex(16)
    with open_channel(limits) as (channel, theirs, output):
        process = subprocess.Popen(
            command(folder, _options(theirs, limits, seed)),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            env=_environment(folder, marker),
            pass_fds=[theirs],
            start_new_session=True,
        )
    return Spawned(process, channel, folder, f"{MARKER}={marker}")


def environment(folder: str) -> dict[str, str]:
    """All variables of a child whose folder this is."""
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {**FIXED, **passed_on, "HOME": folder, "TMPDIR": folder}


def _environment(folder: str, marker: str) -> dict[str, str]:
    return {**environment(folder), MARKER: marker}


def _options(fd: int, limits: Limits, seed: int) -> str:
    return json.dumps(
        {
            "fd": fd,
            "parent": os.getpid(),
            "seed": seed,
            "path": library_path(),
            "frame_bytes": limits.frame_bytes,
            "limits": rlimits(limits),
        }
    )


def library_path() -> list[str]:
    """Folders of installed libraries; the child leaves `site` out, so that no working copy is importable."""
    installed = [entry for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")]
    numpy = str(Path(np.__file__).parents[1])
    return installed if numpy in installed else [numpy, *installed]


def rlimits(limits: Limits) -> dict[str, int]:
    """The values of `RLIMIT_*` for a child."""
    values = {
        "AS": limits.mem_mb << 20,
        "CPU": limits.cpu_s,
        "FSIZE": limits.file_mb << 20,
        "NOFILE": limits.open_files,
        "CORE": 0,
    }
    if os.getuid() != 0 and sys.platform.startswith(
        "linux"
    ):  # it counts all threads of the user, and never those of root
        values["NPROC"] = _threads_of_user() + limits.processes
    return values


def _threads_of_user() -> int:
    count = 0
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and process.stat().st_uid == os.getuid():
                count += len(os.listdir(process / "task"))
        except OSError:  # it ended meanwhile
            continue
    return count


def remove(folder: str) -> None:
    """Remove a child's folder, also one in which it took the permission to do so away."""
    with contextlib.suppress(OSError):
        os.chmod(folder, 0o700)
    for root, names, _files in os.walk(folder):
        for path in (os.path.join(root, name) for name in names):
            with contextlib.suppress(OSError):
                if not os.path.islink(path):
                    os.chmod(path, 0o700)
    shutil.rmtree(folder, ignore_errors=True)
