"""The strong sandboxes for a grader who is not root, tried by becoming somebody else where root runs the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from gatedrnn_course.grading.sandbox import KINDS, examine

ROOT = Path(__file__).resolve().parents[3]
USER = 60001
EXAMINE = """
from gatedrnn_course.grading.sandbox import BubblewrapSandbox, LandlockSandbox, examine
import os
for kind in (BubblewrapSandbox, LandlockSandbox):
    found = examine(kind)
    with kind().open() as session:
        session.load(["import os\\ndef f(): return os.getuid()"], deadline=60)
        print(os.getuid(), found.name, found.safe, found.why, found.escapes, int(session.call("f", []).value), sep="|")
"""
BECOME = f"""
import os, sys
os.setgroups([])
os.setresgid({USER}, {USER}, {USER})
os.setresuid({USER}, {USER}, {USER})
os.execv(sys.executable, [sys.executable, "-c", sys.argv[1]])
"""


def opened(*paths: Path) -> list[str]:
    """Options of bubblewrap that show the file system, with these paths reachable for everybody."""
    options = ["--dev-bind", "/", "/"]
    for path in paths:
        closed = next((parent for parent in reversed(path.parents) if not parent.stat().st_mode & 0o001), None)
        if closed is not None:
            inner = [parent for parent in reversed(path.parents) if parent.is_relative_to(closed)]
            options += ["--perms", "0755", "--tmpfs", str(closed)]
            options += [word for folder in inner[1:] for word in ("--perms", "0755", "--dir", str(folder))]
            options += ["--ro-bind", str(path), str(path)]
    return options


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux")
@pytest.mark.parametrize("user", [USER, 0], ids=["an ordinary user", "root, whose children are somebody else"])
def test_they_hold_for(user: int) -> None:
    kinds = [kind for kind in KINDS if kind.name in ("bubblewrap", "landlock")]
    if os.getuid() != 0:
        pytest.skip("the tests are an ordinary user's here: every other test of sandboxes is this one")
    if why := " ".join(filter(None, (examine(kind).why for kind in kinds))):
        pytest.skip(f"not both work here: {why}")
    python = [Path(sys.base_prefix).resolve(), Path(sysconfig.get_path("purelib")).resolve(), ROOT]
    view = [shutil.which("bwrap") or "bwrap", *opened(*python), "--chdir", "/"]
    code = [BECOME, EXAMINE] if user else [EXAMINE]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": "/tmp", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [*view, sys.executable, "-W", "error", "-c", *code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=env)
    expected = [f"{user}|{name}|True||()|{USER}" for name in ("bubblewrap", "landlock")]
    assert (done.stdout.splitlines(), done.stderr) == (expected, "")
