"""The commands `grade` and `replay`: what their options do, and their exit codes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gatedrnn_course.cli import app
from gatedrnn_course.grading.classroom import run

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the process sandbox needs a POSIX system")
CELL = "from gatedrnn_course import sigmoid\ndef forget_gate(x, h_prev, p):\n    return sigmoid(x)"
TABLE = "student,due,percent_a_day\n*,2020-01-01,1\n"


@pytest.fixture
def handed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(run, "side_by_side", lambda grade, todo, jobs, lost: map(grade, todo))
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": CELL}
    (tmp_path / "class").mkdir()
    text = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
    (tmp_path / "class" / "ana.ipynb").write_text(text, "utf-8")
    return tmp_path / "class"


def gatedrnn(*words: object) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_a_verdict_is_replayed_and_a_changed_one_is_told(handed_in: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert gatedrnn("grade", handed_in, "--unit", "03", "--out", out, "--seed", "7").exit_code == 0
    path = out / "records" / "ana.json"
    again = gatedrnn("replay", path, "--item", "forget_gate")
    assert again.exit_code == 0 and again.stdout.startswith("forget_gate: the same.")
    told = json.loads(path.read_text("utf-8"))
    told["items"][0]["points"] = 10
    path.write_text(json.dumps(told), "utf-8")
    again = gatedrnn("replay", path)
    assert again.exit_code == 1
    assert "forget_gate: another verdict.\n  then: 10 points." in again.stdout and "  now: 0 points." in again.stdout


def test_options_reach_the_run(handed_in: Path, tmp_path: Path) -> None:
    out, table = tmp_path / "out", tmp_path / "deadlines.csv"
    table.write_text(TABLE, "utf-8")
    asked = ("grade", handed_in, "--unit", "03", "--out", out, "--cache", tmp_path / "shared")
    assert gatedrnn(*asked, "--deadlines", table, "--since", "1d").exit_code == 0
    record = json.loads((out / "records" / "ana.json").read_text("utf-8"))
    assert record["late_days"] > 1000 and len(list((tmp_path / "shared").iterdir())) == 1
    later = gatedrnn(*asked, "--since", "2999-01-01")
    assert later.exit_code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--since", "soon"), "no date and no length of time"),
        (("--deadlines", "nowhere.csv"), "It cannot be read"),
    ],
)
def test_what_cannot_be_done_is_exit_code_2(handed_in: Path, words: tuple[str, ...], told: str) -> None:
    result = gatedrnn("grade", handed_in, "--unit", "03", *words)
    assert (result.exit_code, told in result.stderr) == (2, True)
