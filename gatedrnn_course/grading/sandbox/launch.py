"""Start one child: its folder, its environment, its limits, its command line."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from gatedrnn_course.text import _

from .channel import Channel
from .protocol import Limits, SandboxUnavailable

__all__ = ["MARKER", "Child", "launch", "remove"]

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


@dataclass(frozen=True)
class Child:
    """A started child: the process, the way to talk to it, and its folder."""

    process: subprocess.Popen[bytes]
    channel: Channel
    folder: str
    marker: str


def launch(limits: Limits, seed: int, files: Mapping[str, bytes]) -> Child:
    """Start a child in a fresh folder that holds only `files`.

    Raises:
        SandboxUnavailable: If the system refuses.
        ValueError: If a file's name leads out of the folder.
    """
    folder = os.path.realpath(tempfile.mkdtemp(prefix="gatedrnn-"))
    try:
        _write(Path(folder), files)
        return _start(folder, limits, seed)
    except OSError as error:
        remove(folder)
        raise SandboxUnavailable(_("A process to run answers in was asked for."), str(error)) from error
    except BaseException:
        remove(folder)
        raise


def _start(folder: str, limits: Limits, seed: int) -> Child:
    marker = secrets.token_hex(16)
    ours, theirs = socket.socketpair()
    reading, writing = os.pipe()
    try:
        process = subprocess.Popen(
            [sys.executable, "-S", "-s", "-P", str(WORKER), _options(theirs.fileno(), limits, seed)],
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            cwd=folder,
            env=_environment(folder, marker),
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
    except BaseException:
        ours.close()
        os.close(reading)
        raise
    finally:
        theirs.close()
        os.close(writing)
    return Child(process, Channel(ours, reading, limits), folder, f"{MARKER}={marker}")


def _environment(folder: str, marker: str) -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {**FIXED, **passed_on, "HOME": folder, "TMPDIR": folder, MARKER: marker}


def _options(fd: int, limits: Limits, seed: int) -> str:
    return json.dumps(
        {
            "fd": fd,
            "parent": os.getpid(),
            "seed": seed,
            "path": _library_path(),
            "frame_bytes": limits.frame_bytes,
            "limits": _rlimits(limits),
        }
    )


def _library_path() -> list[str]:
    """Folders of installed libraries; the child leaves `site` out, so that no working copy is importable."""
    installed = [entry for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")]
    numpy = str(Path(np.__file__).parents[1])
    return installed if numpy in installed else [numpy, *installed]


def _rlimits(limits: Limits) -> dict[str, int]:
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


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise ValueError(f"{name!r} leads out of the folder")
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


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
