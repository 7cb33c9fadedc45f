from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from students import find_submissions, left_out

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.reading.handed_in import LARGEST
from gatedrnn_course.grading.classroom.submission import read_submission

NAMES = ("forget_gate", "lstm_step")
STUBS = ('def forget_gate(x):\n    """Text."""\n    ...', "def lstm_step(x): pass")
SOLVED = ("def forget_gate(x): return x", "def lstm_step(x):\n    y = x\n    return y")
pytestmark_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="This system has no named pipes.")


def notebook(path: Path, *cells: str, **metadata: Any) -> Path:
    rows = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": cell} for cell in cells
    ]
    rows.append({"cell_type": "markdown", "metadata": {}, "source": "def lstm_step(): no code"})
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"cells": rows, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


NOTHING = "No notebook was found in this folder."
LINK = "This is a link, not a notebook."


def aged(path: Path, seconds: int) -> Path:
    os.utime(path, (seconds, seconds))
    return path


def read_all(folder: Path) -> dict[str, Any]:
    return {name: read_submission(name, paths, NAMES) for name, paths in find_submissions(folder)}


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
    found = find_submissions(tmp_path)
    assert [(name, len(paths)) for name, paths in found] == [("Ada Lovelace", 2), ("bob", 1), ("eve", 1)]
    assert [read_submission(*student, NAMES).problem for student in found] == ["", NOTHING, NOTHING]


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
    assert read(path).notes == (
        "`lstm_step` is defined 3 times; the last written one counts, unless only an earlier one is right.",
    )


def test_of_several_notebooks_the_fullest_is_graded(tmp_path: Path) -> None:
    empty, full = notebook(tmp_path / "a.ipynb", *STUBS), notebook(tmp_path / "b.ipynb", SOLVED[1])
    broken = tmp_path / "c.ipynb"
    broken.write_text("{", encoding="utf-8")
    found = read(empty, full, broken)
    assert found.path == full
    assert found.notes == ("3 notebooks were handed in; b.ipynb was graded, as it holds most answers.",)


@pytest.mark.parametrize("blank", ["03_gates.ipynb", "zz.ipynb"])
def test_stubs_are_no_answers(tmp_path: Path, blank: str) -> None:
    aged(notebook(tmp_path / "eve" / blank, *STUBS), 2_000)
    full = aged(notebook(tmp_path / "eve" / "03_gates_final.ipynb", *STUBS, *SOLVED), 1_000)
    found = read_all(tmp_path)["eve"]
    assert (found.path, found.handed_in) == (full, 2)
    assert found.notes[0] == "2 notebooks were handed in; 03_gates_final.ipynb was graded, as it holds most answers."
    assert "`forget_gate` is defined 2 times" in found.notes[1]


def test_a_file_and_a_folder_of_one_name_are_one_student(tmp_path: Path) -> None:
    aged(notebook(tmp_path / "Ada.ipynb", *STUBS), 2_000)
    full = aged(notebook(tmp_path / "Ada" / "x.ipynb", *SOLVED), 1_000)
    assert read_all(tmp_path)["Ada"].path == full


@pytest.mark.parametrize("newest", ["a.ipynb", "b.ipynb"])
def test_of_equally_full_notebooks_the_newest_is_graded(tmp_path: Path, newest: str) -> None:
    for name in ("a.ipynb", "b.ipynb"):
        aged(notebook(tmp_path / "eve" / name, *SOLVED), 2_000 if name == newest else 1_000)
    found = read_all(tmp_path)["eve"]
    assert found.path.name == newest
    assert found.notes == (f"2 notebooks were handed in; {newest} was graded, the newest of those with most answers.",)


@pytest.mark.parametrize("body", ["'Text.'", "...", "pass", "return", "return None", "raise NotImplementedError"])
def test_what_is_blank_is_not_written(tmp_path: Path, body: str) -> None:
    found = read(notebook(tmp_path / "a.ipynb", f"def forget_gate(x): {body}", SOLVED[1], STUBS[1]))
    assert found.written() == {"lstm_step"}


@pytestmark_pipes
@pytest.mark.parametrize("name", ["pipe.ipynb", "ada/pipe.ipynb"])
def test_a_named_pipe_is_not_waited_for(tmp_path: Path, name: str) -> None:
    (tmp_path / "ada").mkdir()
    os.mkfifo(tmp_path / name)
    notebook(tmp_path / "bob.ipynb", *SOLVED)
    found = read_all(tmp_path)
    assert found[name.removesuffix(".ipynb").split("/")[0]].problem == "It is no file."
    assert found["bob"].problem == ""


def test_links_are_not_followed(tmp_path: Path) -> None:
    ada = notebook(tmp_path / "Ada.ipynb", *SOLVED)
    (tmp_path / "linked.ipynb").symlink_to(ada)
    (tmp_path / "loopdir").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "dangling.ipynb").symlink_to(tmp_path / "nowhere")
    (tmp_path / "notes.txt").symlink_to(ada)
    found = read_all(tmp_path)
    assert {name: one.problem for name, one in found.items()} == {
        "Ada": "",
        "linked": LINK,
        "loopdir": LINK,
        "dangling": LINK,
    }
    assert not found["linked"].cells
    assert left_out(tmp_path) == ["notes.txt"]


def test_links_in_a_students_folder_are_left_out_and_told(tmp_path: Path) -> None:
    ada = notebook(tmp_path / "Ada.ipynb", *SOLVED)
    own = notebook(tmp_path / "eve" / "own.ipynb", STUBS[0])
    for student in ("eve", "zoe"):
        (tmp_path / student).mkdir(exist_ok=True)
        (tmp_path / student / "copied.ipynb").symlink_to(ada)
        (tmp_path / student / "up").symlink_to(tmp_path, target_is_directory=True)
    found = read_all(tmp_path)
    told = ("Links are not followed; left out: copied.ipynb, up.",)
    assert (found["eve"].path, found["eve"].handed_in, found["eve"].notes) == (own, 1, told)
    assert (found["zoe"].problem, found["zoe"].notes) == (NOTHING, told)


def test_files_that_are_nobodys_are_named(tmp_path: Path) -> None:
    notebook(tmp_path / "Ada.ipynb")
    for name in ("py_student.py", ".DS_Store", "Notes.TXT"):
        (tmp_path / name).touch()
    (tmp_path / ".ipynb_checkpoints").mkdir()
    assert left_out(tmp_path) == ["Notes.TXT", "py_student.py"]
    assert list(read_all(tmp_path)) == ["Ada"]


def test_what_may_not_be_opened_is_told(tmp_path: Path) -> None:
    if sys.platform == "win32" or os.geteuid() == 0:
        pytest.skip("Nothing is forbidden to the administrator.")
    notebook(tmp_path / "bob" / "a.ipynb", *SOLVED)
    closed = [tmp_path / "ada", tmp_path / "bob" / "more"]
    for folder in closed:
        folder.mkdir(parents=True)
        folder.chmod(0)
    try:
        found = read_all(tmp_path)
        assert found["ada"].problem == "This folder cannot be opened: Permission denied."
        assert (found["bob"].problem, len(found["bob"].cells)) == ("", 2)
        assert found["bob"].notes == ("The folder more cannot be opened: Permission denied.",)
        tmp_path.chmod(0)
        with pytest.raises(CourseError, match=r"This folder cannot be opened: Permission denied\."):
            find_submissions(tmp_path)
    finally:
        tmp_path.chmod(0o700)
        for folder in closed:
            folder.chmod(0o700)


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
