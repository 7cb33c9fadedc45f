"""`gatedrnn grade --kernel` runs notebooks in kernels and grades nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

from gatedrnn_course.cli import app


def kernel(folder: Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["grade", str(folder), "--unit", "03", "--kernel", "--out", str(folder / "out")])
    return result.exit_code, result.stdout, result.stderr


def test_it_tells_what_cells_raise_and_grades_nothing(tmp_path: Path) -> None:
    cells = [{"cell_type": "code", "source": source} for source in ("x = 1", "1 / 0")]
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": cells}), "utf-8")
    code, told, _bar = kernel(tmp_path)
    assert (code, "a.ipynb, code cell 2: ZeroDivisionError: division by zero" in told) == (1, True)
    assert "1 notebook ran in a kernel; nothing was graded." in told
    assert [path.name for path in tmp_path.iterdir()] == ["a.ipynb"]


def test_no_notebook_is_told(tmp_path: Path) -> None:
    code, _told, why = kernel(tmp_path)
    assert code == 2 and "It holds no notebook." in why
