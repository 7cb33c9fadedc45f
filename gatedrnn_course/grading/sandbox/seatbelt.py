"""The sandbox of macOS: a spawned process under `sandbox-exec`. Written from its documentation and *not run here*.

Source: `sandbox-exec(1)` of macOS; profiles in the manner of those in `/System/Library/Sandbox/Profiles`.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from typing import get_args

from gatedrnn_course.text import _

from .launch import WORKER, library_path, plain_command
from .process import ProcessSandbox
from .protocol import Guarantee, Level

__all__ = ["SeatbeltSandbox", "profile"]

SYSTEM = ("/usr/lib", "/System/Library", "/usr/share", "/private/var/db/dyld", "/dev")
KEPT: frozenset[Guarantee] = frozenset({"filesystem", "network", "processes", "leftovers"})


def profile(folder: str) -> str:
    """What a child may do: read the system's libraries and its own, write into its folder, and nothing else.

    Args:
        folder: Its folder.
    """
    grading = WORKER.resolve().parents[2]
    code = (str(grading / "exchange"), str(grading / "sandbox" / "child"))
    readable = (*SYSTEM, os.path.realpath(sys.base_prefix), *library_path(), *code, folder)
    course = str(grading.parent)
    subpaths = " ".join(f'(subpath "{path}")' for path in readable)
    return "\n".join(
        (
            "(version 1)",
            "(deny default)",
            "(allow sysctl-read)",
            "(allow signal (target self))",
            "(allow file-read-metadata)",
            f"(allow file-read* {subpaths})",
            f'(deny file-read* (require-all (subpath "{course}") (require-not (subpath "{code[0]}"))'
            f' (require-not (subpath "{code[1]}"))))',
            f'(allow file-write* (subpath "{folder}") (literal "/dev/null"))',
            f'(allow process-exec (literal "{os.path.realpath(sys.executable)}") (literal "{sys.executable}"))',
        )
    )


class SeatbeltSandbox(ProcessSandbox):
    """A spawned process that macOS keeps within its folder, without network and without processes of its own."""

    name = "seatbelt"
    level: Level = "medium"

    def __init__(self) -> None:
        super().__init__()
        self.guarantees |= KEPT
        self.missing = tuple(one for one in get_args(Guarantee) if one not in self.guarantees)

    @staticmethod
    def command(folder: str, options: str) -> list[str]:
        """What runs the worker."""
        return ["/usr/bin/sandbox-exec", "-p", profile(folder), *plain_command(folder, options)]

    @classmethod
    def lacks(cls) -> str:
        """What this system has not got for it, in words; empty if nothing."""
        if platform.system() != "Darwin":
            return _("this is not macOS")
        return "" if shutil.which("sandbox-exec") else _("sandbox-exec is not installed")
