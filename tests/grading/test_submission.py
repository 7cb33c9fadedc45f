from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.submission import LARGEST, find_submissions, read_submission

NAMES = ("forget_gate", "lstm_step")


def notebook(path: Path, *cells: str, **metadata: Any) -> Path:
    rows = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": cell} for cell in cells
    ]
    rows.append({"cell_type": "markdown", "metadata": {}, "source": "def lstm_step(): no code"})
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"cells": rows, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def read(path: Path, *more: Path) -> Any:
    return read_submission("ada", [path, *more], NAMES)


def test_one_notebook_a_student(tmp_path: Path) -> None:
    for name in ("zoe.ipynb", "ada.ipynb", ".hidden.ipynb", "notes.txt", "__pycache__/x.ipynb"):
        notebook(tmp_path / name)
    assert find_submissions(tmp_path) == [("ada", [tmp_path / "ada.ipynb"]), ("zoe", [tmp_path / "zoe.ipynb"])]


def test_one_folder_a_student(tmp_path: Path) -> None:
    ada, bob = ("Ada Lovelace/03.ipynb", "Ada Lovelace/sub/other.ipynb"), "bob/.ipynb_checkpoints/03.ipynb"
    for name in (*ada, bob, "eve/a.py"):
        notebook(tmp_path / name)
    assert [(name, len(paths)) for name, paths in find_submissions(tmp_path)] == [("Ada Lovelace", 2)]


def test_a_missing_or_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="no such folder"):
        find_submissions(tmp_path / "none")
    with pytest.raises(CourseError, match="holds no notebook"):
        find_submissions(tmp_path)


def test_code_cells_are_read_whatever_the_kernel(tmp_path: Path) -> None:
    foreign = {"name": "ir", "display_name": "R"}
    found = read(notebook(tmp_path / "a.ipynb", "x = 1", "def forget_gate(): ...", kernelspec=foreign))
    assert found.cells == ("x = 1", "def forget_gate(): ...")
    assert (found.problem, found.notes, len(found.fingerprint)) == ("", (), 64)
    assert found.definitions() == {"forget_gate": 1}


def test_magics_become_calls_and_plain_percent_signs_stay(tmp_path: Path) -> None:
    cells = ("%matplotlib inline\nx = 1", "!ls", "%%time\ny = 2", "7 % 2 != 1", "len?", "def broken(: %")
    magic, shell, cell_magic, plain, help_, broken = read(notebook(tmp_path / "a.ipynb", *cells)).cells
    assert "get_ipython().run_line_magic('matplotlib', 'inline')" in magic and "x = 1" in magic
    assert "get_ipython().system('ls')" in shell and "run_cell_magic('time'" in cell_magic
    assert plain.strip() == "7 % 2 != 1" and "pinfo" in help_ and broken.strip() == "def broken(: %"


def test_the_last_of_several_definitions_is_said_to_count(tmp_path: Path) -> None:
    path = notebook(tmp_path / "a.ipynb", *["def lstm_step(): ..."] * 3)
    assert read(path).notes == ("`lstm_step` is defined 3 times; the last written one counts.",)


def test_of_several_notebooks_the_fullest_is_graded(tmp_path: Path) -> None:
    empty, full = notebook(tmp_path / "a.ipynb", "x"), notebook(tmp_path / "b.ipynb", "def lstm_step(): ...")
    broken = tmp_path / "c.ipynb"
    broken.write_text("{", encoding="utf-8")
    found = read(empty, full, broken)
    assert found.path == full
    assert found.notes == ("3 notebooks were handed in; b.ipynb was graded, as it holds most answers.",)


BROKEN = [b"", b"{", b"[]", b"null", b"\xff\xfe", b"PK\x03\x04", b'{"cells": 3}', b"\x00" * 100]


@pytest.mark.parametrize("content", BROKEN)
def test_a_file_that_is_no_notebook_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.ipynb"
    path.write_bytes(content)
    assert "no readable notebook" in read(path).problem


@given(st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.ipynb"
    path.write_bytes(content)
    assert read(path).student == "ada"


def test_old_notebooks_and_byte_order_marks_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    cell = {"cell_type": "code", "language": "python", "metadata": {}, "outputs": [], "input": ["x = 1"]}
    sheet = {"cells": [{**cell, "collapsed": False}], "metadata": {}}
    old = {"worksheets": [sheet], "metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0}
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(old).encode())
    assert read(path).cells == ("x = 1",)


def test_a_file_that_is_too_large_or_gone(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    assert "larger than 50 MiB" in read(path).problem
    assert "cannot be opened" in read(tmp_path / "none.ipynb").problem


def test_a_changed_file_has_another_fingerprint(tmp_path: Path) -> None:
    prints: Sequence[str] = [read(notebook(tmp_path / "a.ipynb", cell)).fingerprint for cell in ("x", "y", "x")]
    assert prints[0] == prints[2] != prints[1]


def test_definitions_in_broken_cells_do_not_count(tmp_path: Path) -> None:
    found = read(notebook(tmp_path / "a.ipynb", "def lstm_step(:", "if True:\n    def lstm_step(): ...\nclass A: ..."))
    assert found.definitions() == {"lstm_step": 1, "A": 1}
