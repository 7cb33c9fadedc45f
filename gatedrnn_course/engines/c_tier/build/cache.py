"""The folder where compiled kernels are kept, and how one is put there while other processes may do the same."""

from __future__ import annotations

import os
import sys
import tempfile
from functools import cache
from pathlib import Path

__all__ = ["cache_folder", "keep", "kept", "own_folder", "write_whole"]


def cache_folder() -> Path:
    """The folder for compiled kernels: `GATEDRNN_CACHE`, else the user's cache folder, else this process's own.

    The folder exists, belongs to the user and can be written.

    Raises:
        OSError: If there is no such folder.
    """
    for folder in _candidates():
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if os.access(folder, os.W_OK | os.X_OK) and _ours(folder):
                return folder
        except OSError:
            continue
    return own_folder()


def own_folder() -> Path:
    """A folder of this process, removed at its end.

    Raises:
        OSError: If there is no room for one.
    """
    return Path(_own().name)


@cache
def _own() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="gatedrnn-", ignore_cleanup_errors=True)


def kept(name: str) -> bytes | None:
    """What a file of the cache holds; None where there is none that can be read."""
    try:
        return (cache_folder() / name).read_bytes()
    except OSError:
        return None


def keep(name: str, content: bytes) -> None:
    """Put a file in the cache. On a full disk it is not there afterwards: a cache may forget."""
    try:
        write_whole(cache_folder() / name, content)
    except OSError:
        return


def write_whole(wanted: Path, content: bytes) -> None:
    """Put a file where it is wanted, whole or not at all.

    Two processes may build the same kernel at once: both put it there, the second over the first, and what is loaded
    already stays as it is.

    Args:
        wanted: Its place in the cache.
        content: What it holds.

    Raises:
        OSError: If it cannot be put there.
    """
    handle, name = tempfile.mkstemp(dir=wanted.parent, prefix=".new-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        temporary.chmod(0o700)
        temporary.replace(wanted)
    finally:
        temporary.unlink(missing_ok=True)


def _candidates() -> list[Path]:
    chosen = os.environ.get("GATEDRNN_CACHE")
    if chosen:
        return [Path(chosen).expanduser() / "kernels"]
    home = Path.home()
    system = os.environ.get("XDG_CACHE_HOME")
    user = home / "Library" / "Caches" if sys.platform == "darwin" else Path(system) if system else home / ".cache"
    shared = Path(tempfile.gettempdir()) / f"gatedrnn_course-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    return [user / "gatedrnn_course" / "kernels", shared / "kernels"]


def _ours(folder: Path) -> bool:
    """Whether nobody else may have put a library there."""
    if not hasattr(os, "getuid"):
        return True
    about = folder.stat()
    return about.st_uid == os.getuid() and not about.st_mode & 0o022
