"""What a template may see of this computer: the interpreter, the libraries, and nothing of the course."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from .launch import WORKER, library_path

__all__ = ["WORK", "bare", "bubblewrap", "hidden"]

WORK = "/gatedrnn-jail/work"  # a name that no computer has: it covers whatever lies there
JUDGE = "/gatedrnn-jail/course/grading"
COURSE = "gatedrnn"
PACKAGES = ("site-packages", "dist-packages")


def _python() -> str:
    return os.path.realpath(sys.executable)


def bare(options: str) -> list[str]:
    """A template among all the others' processes; its children wall themselves in."""
    return [_python(), "-S", "-s", "-P", str(WORKER), options]


def hidden() -> list[str]:
    """Paths that hold the course: its package and working copy, and what an installation of it leaves behind."""
    package = Path(__file__).resolve().parents[2]
    found = [package]
    if package.parent.name not in PACKAGES:
        found.append(package.parent)
    for folder in (*library_path(), *(os.path.join(os.path.dirname(os.__file__), name) for name in PACKAGES)):
        if os.path.isdir(folder):
            found += [entry for entry in Path(folder).iterdir() if COURSE in entry.name.casefold()]
    return sorted({str(path) for path in found})


def bubblewrap(options: str) -> list[str]:
    """A template in a file system of its own that cannot be written, without network and among no other processes."""
    program = shutil.which("bwrap")
    if program is None:
        raise FileNotFoundError("bwrap (bubblewrap) is not installed")
    grading = WORKER.resolve().parents[2]
    binds = dict(_binds())
    binds[f"{JUDGE}/exchange"] = str(grading / "exchange")
    binds[f"{JUDGE}/sandbox/child"] = str(grading / "sandbox" / "child")
    made = [program, *_capabilities(), "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    made += ["--unshare-cgroup-try", "--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp"]
    for folder in (*_parents(binds), WORK):
        made += ["--perms", "0755", "--dir", folder]
    for target, source in binds.items():
        made += ["--ro-bind", source, target]
    for link in ("/bin", "/lib", "/lib32", "/lib64", "/sbin"):
        if os.path.islink(link):
            made += ["--symlink", os.readlink(link), link]
    for path in hidden():
        if any(path.startswith(target + "/") for target in binds):
            made += ["--tmpfs", path] if os.path.isdir(path) else ["--ro-bind", "/dev/null", path]
    made += ["--remount-ro", "/", "--chdir", "/", "--"]
    return [*made, _python(), "-S", "-s", "-P", f"{JUDGE}/sandbox/child/worker.py", options]


def _capabilities() -> list[str]:
    """Root keeps what it needs to become another user; a namespace of users made for it would be root's."""
    if os.getuid() != 0:
        return ["--unshare-user", "--cap-drop", "ALL"]
    return ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]


def _binds() -> Iterator[tuple[str, str]]:
    """Folders to show at their own place, none inside another."""
    wanted = ["/usr", sys.base_prefix, *library_path()]
    wanted += [path for path in ("/lib", "/lib64") if os.path.isdir(path) and not os.path.islink(path)]
    wanted += [path for path in ("/etc/ld.so.cache", "/etc/localtime") if os.path.exists(path)]
    real = sorted({os.path.realpath(path) for path in wanted})
    for path in real:
        if not any(path.startswith(other + "/") for other in real):
            yield path, path


def _parents(targets: dict[str, str]) -> list[str]:
    """Every folder above these, upper ones first; bubblewrap would make them for root alone."""
    found = {str(parent) for target in targets for parent in Path(target).parents if str(parent) != "/"}
    return sorted(found, key=lambda folder: folder.count("/"))
