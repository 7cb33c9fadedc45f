"""Which files can still be opened, tried in a process that can lose the others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gatedrnn_course.grading.sandbox.child.walls import landlock

if not sys.platform.startswith("linux") or landlock.abi() == 0:
    pytest.skip("there is no Landlock here", allow_module_level=True)

HEAD = """
import os, sys
from gatedrnn_course.grading.sandbox.child.walls import landlock
from gatedrnn_course.grading.sandbox.child.walls.system import prctl
def tried(road):
    try:
        road()
        return 1
    except OSError:
        return 0
os.chdir(sys.argv[1])
rules = landlock.ruleset()
landlock.allow(rules, "list", ["lists", "missing"])
landlock.allow(rules, "read", ["reads", "lists/one"])
landlock.allow(rules, "all", ["all"])
prctl(38, 1)
landlock.restrict(rules)
"""


def test_each_kind_of_access(tmp_path: Path) -> None:
    for name in ("lists", "reads", "all", "none"):
        (tmp_path / name).mkdir()
        for file in ("one", "two"):
            (tmp_path / name / file).write_text("x")
    roads = [
        ("os.listdir('lists')", 1),
        ("open('lists/one')", 1),
        ("open('lists/two')", 0),
        ("open('lists/one', 'w')", 0),
        ("open('reads/two')", 1),
        ("open('reads/two', 'w')", 0),
        ("open('reads/new', 'w')", 0),
        ("os.unlink('reads/two')", 0),
        ("open('all/new', 'w').write('x')", 1),
        ("os.mkdir('all/folder')", 1),
        ("os.rename('all/one', 'all/three')", 1),
        ("os.rename('all/two', 'reads/three')", 0),
        ("os.link('reads/one', 'all/four')", 0),
        ("os.listdir('none')", 0),
        ("open('none/one')", 0),
        ("open('reads/../none/one')", 0),
        ("os.posix_spawn('/bin/true', ['true'], {})", 0),
    ]
    body = "".join(f"print(tried(lambda: {road}))\n" for road, _expected in roads)
    asked = [sys.executable, "-W", "ignore", "-c", HEAD + body, str(tmp_path)]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == [str(expected) for _road, expected in roads], done.stderr


def test_without_the_promise_to_gain_nothing_it_is_refused() -> None:
    body = (
        "import os\nfrom gatedrnn_course.grading.sandbox.child.walls import landlock, system\n"
        "if os.getuid() == 0: system.drop_capabilities()\n"
        "try:\n    landlock.restrict(landlock.ruleset())\nexcept PermissionError as error:\n    print('refused', error)"
    )
    done = subprocess.run([sys.executable, "-c", body], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.startswith("refused"), done.stderr
