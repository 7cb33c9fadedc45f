"""A project of one lesson and one assignment, small enough to build and run in seconds."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gatedrnn_course.authoring.build import build
from gatedrnn_course.authoring.places import SourceFile, find_sources
from gatedrnn_course.grading.units import load

LESSON = """\
# %% [markdown]
# # << unit.number >> << unit.title >>
#
# The cell keeps << symbol("c_prev") >>:
#
# << equation("LSTM", "f") >>

# %%
# << first_cell >>
import numpy as np
from gatedrnn_course import explore_gates

# %%
x = np.linspace(0, 1, 3)
print(x.round(2))

# %% tags=["raises-exception"]
np.zeros(2) @ np.zeros(3)

# %%
explore_gates("LSTM")
"""

ASSIGNMENT = """\
# %% [markdown]
# # << unit.title >>
#
# Write `linear`, worth << points("linear") >> points.

# %%
# << first_cell >>
from gatedrnn_course import check

# %% tags=["answer"]
def linear(x, p):
    # BEGIN SOLUTION
    return x @ p.W_h.T + p.b_h
    # END SOLUTION

# %% tags=["check"]
check(linear)

# %% [markdown] tags=["solution"]
# A common mistake is `p.W_h @ x`, which multiplies from the wrong side.
"""


class Project:
    """A folder laid out as the course is."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("lessons", LESSON)
        self.write("assignments", ASSIGNMENT)
        (root / "docs").mkdir()
        (root / "docs" / "kill_matrix_00.md").write_text("| `linear` | 100 | all caught |\n", "utf-8")
        (root / "README.md").write_text("| 00 start here | lesson and assignment |\n", "utf-8")

    def write(self, folder: str, text: str, stem: str = "00_start_here") -> Path:
        path = self.root / "course" / folder / f"{stem}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def source(self, folder: str, text: str | None = None) -> SourceFile:
        if text is not None:
            self.write(folder, text)
        return next(one for one in find_sources(self.root) if one.path.parent.name == folder)

    def product(self, folder: str) -> Path:
        return self.root / folder / "en" / "00_start_here.ipynb"

    def bytes(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in sorted(self.root.glob("*/en/*.ipynb"))}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def unit():
    return load("00")


@pytest.fixture
def change() -> Callable[[Path, str, str], None]:
    def replace(path: Path, old: str, new: str) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project built and run once; copy it, never change it."""
    project = Project(tmp_path_factory.mktemp("ran"))
    build(project.root, run=True)
    return project.root


@pytest.fixture
def executed(ran: Path, project: Project) -> Project:
    """A project built and run: nothing is wrong with it."""
    shutil.copytree(ran, project.root, dirs_exist_ok=True)
    return project
