"""A handed-in notebook in a real kernel."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

from gatedrnn_course.authoring.in_kernel import KernelCell, run_in_kernel
from gatedrnn_course.errors import CourseError

CELLS = [
    "x = 1",
    "%%time\nassert x == 1",
    "1 / 0",
    "import sys\nprint('not right', file=sys.stderr)",
    "import asyncio\nawait asyncio.sleep(0)\nget_ipython().user_ns['x']",
    "open('made here', 'w').close()",
]


def test_every_cell_runs_and_what_it_says_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": source} for source in CELLS]}), "utf-8")
    ran: list[int] = []
    found = run_in_kernel(path, advance=lambda: ran.append(1))
    assert found == (KernelCell(3, "ZeroDivisionError: division by zero"), KernelCell(4, said="not right"))
    assert len(ran) == len(CELLS) and [one.name for one in tmp_path.iterdir()] == ["a.ipynb"]


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_bytes(b"%PDF-1.7")
    with pytest.raises(CourseError, match="of the kind PDF"):
        run_in_kernel(path)
