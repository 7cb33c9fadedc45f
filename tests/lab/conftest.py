"""Every test starts as a fresh kernel would: nothing passed, no hint shown, nothing predicted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbformat
import pytest

from gatedrnn_course.lab import earlier, hint, passed, predict


@pytest.fixture(autouse=True)
def fresh_kernel(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(passed, "_passed", {})
    monkeypatch.setenv("GATEDRNN_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(earlier, "_proven", {})
    monkeypatch.setattr(hint, "_shown", {})
    monkeypatch.setattr(predict, "_asked", {})


@pytest.fixture
def run_cells(tmp_path: Any) -> Callable[..., list[Any]]:
    """Runs code cells in a real kernel and returns the outputs of each; errors do not stop it."""
    from nbclient import NotebookClient

    def run(*sources: str) -> list[Any]:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
        resources = {"metadata": {"path": str(tmp_path)}}
        NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True, resources=resources).execute()
        return [cell.outputs for cell in notebook.cells]

    return run
