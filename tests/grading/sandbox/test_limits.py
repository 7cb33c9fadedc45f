"""What the child takes away from itself, tried in a process that can lose it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

if os.name != "posix":
    pytest.skip("the process sandbox needs a POSIX system", allow_module_level=True)

HEAD = "import json, os, resource\nfrom gatedrnn_course.grading.sandbox.child.limits import apply\n"


def run(body: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", HEAD + body], capture_output=True, text=True, timeout=60, check=False)


def test_the_limits_that_hold_are_told_and_hard() -> None:
    done = run(
        "kept = apply({'NOFILE': 64, 'CORE': 0, 'NOTHING': 1}, os.getppid())\n"
        "limits = [resource.getrlimit(number) for number in (resource.RLIMIT_NOFILE, resource.RLIMIT_CORE)]\n"
        "print(json.dumps([kept, *limits]))"
    )
    assert json.loads(done.stdout) == [["NOFILE", "CORE"], [64, 64], [0, 0]], done.stderr


def test_a_limit_is_never_raised_above_one_in_force() -> None:
    done = run(
        "resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))\napply({'NOFILE': 64}, os.getppid())\n"
        "print(resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    assert done.stdout == "(32, 32)\n", done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ends a child with its parent")
def test_where_the_parent_is_gone_already_the_child_ends() -> None:
    done = run("apply({}, 1 if os.getppid() != 1 else 2)\nprint('still here')")
    assert (done.returncode, done.stdout) == (1, "")
