"""CONTRIBUTING.md, "Add a unit", followed to the letter in a copy of the project: it lands at the first try."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("course", "docs", "etc", "exercises", "gatedrnn_course", "notebooks", "solutions", "tests")
UNIT = "gatedrnn_course/grading/units/u12_mgu.py"
LESSON, ASSIGNMENT = "course/lessons/12_mgu.py", "course/assignments/12_mgu.py"

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="`prove` needs the process sandbox")]


class Tree:
    """A copy of the project in which commands run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in COPIED:
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        for file in (*ROOT.glob("*.toml"), *ROOT.glob("*.md"), ROOT / "constraints.txt"):
            shutil.copy2(file, root)

    def write(self, path: str, text: str) -> None:
        (self.root / path).write_text(text, "utf-8")

    def change(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text("utf-8")
        assert old in text, (path, old)
        self.write(path, text.replace(old, new, 1))

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a module of Python on this copy."""
        env = {**os.environ, "PYTHONPATH": str(self.root)}
        command = [sys.executable, "-m", *words]
        return subprocess.run(command, cwd=self.root, env=env, check=False, capture_output=True, text=True)

    def passes(self, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"
        return done.stdout


def texts() -> dict[str, str]:
    """The files that CONTRIBUTING.md gives, by their path."""
    steps = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("## Add a unit")[1]
    blocks = re.findall(r"`([\w/]+\.py)`[^`]*?:\n\n   ```python\n(.*?)   ```\n", steps, re.DOTALL)
    return {path: dedent(text) for path, text in blocks}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """The project with the unit of CONTRIBUTING.md, up to step 5."""
    made = Tree(tmp_path_factory.mktemp("project"))
    for path, text in texts().items():
        made.write(path, text)
    made.change("gatedrnn_course/grading/units/__init__.py", "UNITS = {", 'UNITS = {"12": "u12_mgu", ')
    if shutil.which("ruff"):
        made.passes("ruff", "format", UNIT, LESSON, ASSIGNMENT)
    made.passes("gatedrnn_course.authoring", "12", "--execute")
    return made


def test_contributing_gives_the_three_files() -> None:
    assert set(texts()) == {UNIT, LESSON, ASSIGNMENT}


def test_the_check_says_what_is_missing_before_any_test_does(tree: Tree) -> None:
    told = tree.run("gatedrnn_course.authoring", "12", "--check")
    assert told.returncode == 1
    assert "gatedrnn prove 12 --page docs/kill_matrix_12.md" in told.stderr
    assert "README.md: The table of units has no row of its own for unit 12." in told.stderr


def test_the_unit_passes_every_check_and_its_tests(tree: Tree) -> None:
    tree.passes("gatedrnn_course.cli", "prove", "12", "--page", "docs/kill_matrix_12.md")
    tree.change("README.md", "| 03 ", "| 12 MGU | lesson and assignment |\n| 03 ")
    tree.passes("gatedrnn_course.authoring", "12", "--check")
    if shutil.which("ruff"):
        tree.passes("ruff", "format", "--check", UNIT, LESSON, ASSIGNMENT)
        tree.passes("ruff", "check", UNIT, LESSON, ASSIGNMENT)
    tests = ("tests/grading/units", "tests/grading/test_products.py", "tests/lab/test_example.py")
    tree.passes(
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-m",
        "not browser",
        "-k",
        "12 or mgu_gate or mgu_step or unique",
        *tests,
    )
