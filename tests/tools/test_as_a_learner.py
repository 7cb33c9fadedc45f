"""The environment in which every notebook runs: what the extra `lab` brings, no home, nothing to write in."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from as_a_learner import KERNEL, ROOT, environment, installed_for, kernel
from landlock import has_landlock

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links to installed packages need rights on Windows")


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What cells print in such a kernel, by the cell; an error is told by its name."""
    from nbclient import NotebookClient
    from nbformat.v4 import new_code_cell, new_notebook

    folder = tmp_path_factory.mktemp("learner")
    notebook = new_notebook(cells=[new_code_cell(text) for text in CELLS.values()])
    with pytest.MonkeyPatch.context() as patch:
        for name, value in kernel(environment(folder / "venv"), folder).items():
            patch.setenv(name, value)
        for name in ("GATEDRNN_HOME", "GATEDRNN_CACHE", "PYTHONPATH"):
            patch.delenv(name, raising=False)
        resources = {"metadata": {"path": str(ROOT / "notebooks" / "en")}}
        NotebookClient(notebook, timeout=60, kernel_name=KERNEL, allow_errors=True, resources=resources).execute()
    shown = [
        [out.get("ename") or out.get("text") or out.data["text/plain"] for out in c.outputs] for c in notebook.cells
    ]
    return {name: "".join(texts) for name, texts in zip(CELLS, shown, strict=True)}


ANSWER = "def forget_gate(x, h_prev, p):\n    return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"
CELLS = {
    "where": "import gatedrnn_course; print(gatedrnn_course.__file__)",
    "brought": "import ipykernel, mido, optuna, sklearn, scipy, torch; print('all')",
    "nbval": "import nbval",
    "pytest": "import pytest",
    "hypothesis": "import hypothesis",
    "distributed": "import distributed",
    "beside": "open('of_mine.txt', 'w')",
    "new folder": "import os; os.mkdir('mine')",
    "child": "import subprocess; print(subprocess.run(['touch', 'of_mine.txt'], capture_output=True).returncode)",
    "remove": "os.remove('00_start_here.ipynb')",
    "read": "print(len(open('00_start_here.ipynb').read()) > 100)",
    "home": "from pathlib import Path; print(Path.home().exists())",
    "temporary": "import tempfile; print(tempfile.TemporaryFile().write(b'here'))",
    "right": f"from gatedrnn_course import check, sigmoid\n{ANSWER}\ncheck(forget_gate)",
    "again": "check(forget_gate)",
}


def test_it_has_the_course_of_this_folder_and_what_lab_brings(said: dict[str, str]) -> None:
    assert Path(said["where"].strip()) == ROOT / "gatedrnn_course" / "__init__.py"
    assert said["brought"] == "all\n"


@pytest.mark.parametrize("name", ["nbval", "pytest", "hypothesis", "distributed"])
def test_it_has_nothing_else(name: str, said: dict[str, str]) -> None:
    assert said[name] == "ModuleNotFoundError"


@pytest.mark.skipif(not has_landlock(), reason="needs Landlock, of Linux 5.13 and later")
@pytest.mark.parametrize("name", ["beside", "new folder", "remove"])
def test_the_folder_of_the_notebook_is_read_only(name: str, said: dict[str, str]) -> None:
    assert said[name] == "PermissionError"


@pytest.mark.skipif(not has_landlock(), reason="needs Landlock, of Linux 5.13 and later")
def test_a_program_that_a_cell_starts_cannot_write_there_either(said: dict[str, str]) -> None:
    assert said["child"] == "1\n"


def test_files_are_read_and_temporary_ones_written(said: dict[str, str]) -> None:
    assert said["read"] == "True\n" and said["temporary"] == "4\n"


def test_the_home_is_missing_and_the_first_right_answer_says_what_that_means(said: dict[str, str]) -> None:
    assert said["home"] == "False\n"
    assert re.search(
        r"counts in this session only: .*`/dev/null/none/\.gatedrnn_course`.*`GATEDRNN_HOME`", said["right"]
    )
    assert "is right." in said["again"] and "session only" not in said["again"]


def test_extras_are_followed_to_the_end() -> None:
    core, lab = installed_for(()), installed_for(("lab",))
    assert core.keys() < lab.keys()
    assert {"torch", "sympy", "mpmath", "matplotlib", "pillow"} <= core.keys()  # what a dependency needs in turn
    assert {"jupyterlab", "tornado", "mido", "sqlalchemy"} <= lab.keys() - core.keys()
    assert not {"pytest", "nbval", "distributed", "pooch"} & lab.keys()


def test_every_folder_of_notebooks_runs_so() -> None:
    text = (ROOT / "course.py").read_text("utf-8")
    assert 'PRODUCTS = ("notebooks", "exercises", "solutions")' in text
    assert "tests/tools/as_a_learner.py" in text
