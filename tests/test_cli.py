"""The command: starts at once, tells faults in sentences, and never shows a traceback for them."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gatedrnn_course.cli import app
from gatedrnn_course.grading.classroom import run as classrun
from gatedrnn_course.grading.classroom.grade import Grader
from gatedrnn_course.grading.sandbox import CHOSEN, KINDS, UNSAFE, examine

IMPORTS = "import numpy as np\nfrom gatedrnn_course import check, sigmoid"


def gatedrnn(*words: str) -> Any:
    result = CliRunner().invoke(app, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": IMPORTS}
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "ana.ipynb").write_text(
        json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}), "utf-8"
    )
    return folder


def test_it_loads_nothing_heavy_to_start() -> None:
    asked = "import gatedrnn_course.cli, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True).stdout.split()
    assert not set(loaded) & {"numpy", "torch", "joblib", "pydantic", "nbformat", "jinja2", "matplotlib", "IPython"}


def test_help_lists_every_command() -> None:
    shown = gatedrnn("--help").stdout
    graders = ("grade", "gradebook", "override", "export", "similar", "prove")
    for name in (*graders, "release", "show", "study", "doctor", "version"):
        assert name in shown
        assert gatedrnn(name, "--help").exit_code == 0


def test_version() -> None:
    assert gatedrnn("version").stdout.strip()[0].isdigit()


def test_show_prints_equations_and_counts() -> None:
    shown = gatedrnn("show", "lstm", "--input-size", "3", "--hidden-size", "5").stdout
    assert "f = sigmoid(W_f @ x + U_f @ h_prev + b_f)     # forget gate" in shown
    assert "Parameters with 3 inputs and 5 units: 180" in shown
    assert "The forget gate f is sigmoid of" in shown


def test_show_prints_the_program_the_engines_run() -> None:
    shown = gatedrnn("show", "Peephole lstm", "--program").stdout.splitlines()
    assert "#0, #1, #2, #3 = [W_f, W_i, W_c, W_o] @ x" in shown
    assert "f = sigmoid(a_f)               over #0" in shown and "Backward, round 2" in shown
    asked = "import sys; from gatedrnn_course.engines.program.text import program_text; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"


def test_show_goes_up_to_a_line(tmp_path: Path) -> None:
    result = gatedrnn("show", "LSTM", "--upto", "i", "--svg", str(tmp_path / "lstm.svg"))
    assert result.exit_code == 0
    assert "# input gate" in result.stdout and "# candidate" not in result.stdout
    assert "The input gate i is" in result.stdout and "The candidate" not in result.stdout
    assert "The candidate" not in (tmp_path / "lstm.svg").read_text("utf-8")


def test_show_writes_the_diagram(tmp_path: Path) -> None:
    assert gatedrnn("show", "GRU", "--svg", str(tmp_path / "gru.svg")).exit_code == 0
    assert ET.parse(tmp_path / "gru.svg").getroot().tag.endswith("svg")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show", "LSTN"), ("A cell of the catalogue.", "There is nothing of the name 'LSTN'.", "Near it: LSTM")),
        (("show", "LSTM", "--upto", "c_tild"), ("A line of the cell LSTM.", "Near it: c_tilde")),
        (("show", "LSTM", "--svg", "/nowhere/x.svg"), ("The file /nowhere/x.svg.", "It cannot be written")),
        (("grade", "/nowhere", "--unit", "03"), ("Grading the folder /nowhere.", "There is no such folder.")),
        (("grade", ".", "--unit", "99"), ("Unit 99.", "There are: 00, 01")),
        (("prove", "99"), ("Unit 99.", "There is nothing of the name '99'.")),
        (("release", "99"), ("Unit 99.", "There is nothing of the name '99'.")),
    ],
)
def test_what_a_person_can_mend_is_told_on_stderr(words: tuple[str, ...], told: tuple[str, ...]) -> None:
    result = gatedrnn(*words)
    assert result.exit_code == 2
    assert not result.stdout
    assert all(part in result.stderr for part in told)


def test_doctor_says_what_is_here_and_what_the_sandbox_does_not_keep() -> None:
    result = gatedrnn("doctor")
    assert "compile" in result.stdout.casefold()  # whether kernels can be compiled here
    assert result.exit_code == (0 if any(examine(kind).safe for kind in KINDS) else 1)
    for part in ("Python 3.", "numpy ", "torch ", "PyTorch runs on"):
        assert part in result.stdout
    rows = {line.split("│")[1].strip(): line for line in result.stdout.splitlines() if line.startswith("│")}
    assert set(rows) >= {kind.name for kind in KINDS}
    assert "weak" in rows["process"] and "filesystem" in rows["process"] and "network" in rows["process"]


def test_a_weak_sandbox_is_refused_or_used_with_a_banner(
    handed_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (CHOSEN, UNSAFE):
        monkeypatch.setenv(name, "")  # the command sets them for the processes it starts
    out = tmp_path / "out"
    words = ("grade", str(handed_in), "--unit", "3", "--out", str(out), "--jobs", "1", "--sandbox", "process")
    refused = gatedrnn(*words)
    assert refused.exit_code == 2 and "process is weak" in refused.stderr and not out.exists()
    used = gatedrnn(*words, "--unsafe-sandbox")
    assert used.exit_code == 0 and "UNSAFE" in used.stderr
    for path in (out / "records").glob("*.json"):
        stamp = json.loads(path.read_text("utf-8"))["sandbox"]
        assert stamp["backend"] == "process" and stamp["level"] == "weak" and "network" in stamp["missing"]


def test_grade_prints_the_table_and_writes_everything(handed_in: Path, tmp_path: Path) -> None:
    result = gatedrnn("grade", str(handed_in), "--unit", "3", "--out", str(tmp_path / "out"), "--jobs", "1")
    assert result.exit_code == 0
    assert "│ ana     │      0 │ ? ? ? ? ? ? ? ? ? ? ? │ There is no function `forget_gate`." in result.stdout
    assert "[1/1] ana: 0 of 100 points" in result.stderr
    made = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*")}
    assert made == {"index.html", "grades.csv", "gradebook.db", "students/ana.html", "records/ana.json"}


def grade_here(monkeypatch: pytest.MonkeyPatch, judge: Any) -> None:
    """Let the command judge in this process, and as told."""
    monkeypatch.setattr(classrun, "side_by_side", lambda grade, todo, jobs, lost: map(grade, todo))
    monkeypatch.setattr(Grader, "judge", judge)


def test_a_fault_of_the_grader_is_exit_code_1(handed_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise ZeroDivisionError("in the grader")

    grade_here(monkeypatch, broken)
    result = gatedrnn("grade", str(handed_in), "--unit", "03", "--out", str(tmp_path / "out"), "--jobs", "1")
    assert result.exit_code == 1
    assert "Not graded, by a fault of the grader: ana." in result.stderr
    assert "not graded" in result.stdout


def test_ctrl_c_says_how_to_go_on(handed_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*args: object) -> None:
        raise KeyboardInterrupt

    grade_here(monkeypatch, stopped)
    result = gatedrnn("grade", str(handed_in), "--unit", "03", "--out", str(tmp_path / "out"), "--jobs", "1")
    assert result.exit_code == 130
    assert "0 of 1 are graded and kept. Run the same command again to go on." in result.stderr
