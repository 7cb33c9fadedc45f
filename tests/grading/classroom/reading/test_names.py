"""Whose work a file is, by its name and its beginning."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from students import find_submissions, left_out

from gatedrnn_course.grading.classroom.reading import is_export, is_notebook_name, without_endings
from gatedrnn_course.grading.classroom.submission import read_submission

NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": "def f(x): return x"}], "metadata": {}})


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("ada.ipynb", "ada"),
        ("Ada.IPYNB", "Ada"),
        ("ada.l.ipynb.txt", "ada.l"),
        ("ada.ipynb (1)", "ada"),
        ("ada.ipynb(2)", "ada"),
        ("ada.ipynb.json", "ada"),
        ("ada.ipynb.download", "ada"),
        ("ada.ipynb copy", "ada"),
        ("ada.ipynb.gz", "ada"),
        ("ada (1).ipynb", "ada (1)"),
    ],
)
def test_a_notebook_under_the_names_that_browsers_and_mail_give(name: str, student: str) -> None:
    assert is_notebook_name(name) and without_endings(name) == student


@pytest.mark.parametrize("name", ["ada.txt", "notes.md", "ipynb", "ada.ipynb.png", "ada.pynb", "a.ipynb.zip"])
def test_other_names_are_none(name: str) -> None:
    assert not is_notebook_name(name) and without_endings(name) == name


@pytest.mark.parametrize(
    ("name", "content", "marked", "alone"),
    [
        ("a.json", NOTEBOOK, True, True),
        ("a.json", '{"a": 1}', False, False),
        ("a.py", "# %%\nx = 1", True, True),
        ("a.py", "# In[3]:\nx = 1", True, True),
        ("a.py", "def f(x):\n    return x", False, True),
        ("a.py", "x = 1", False, False),
        ("a.py", NOTEBOOK, False, False),
        ("a.html", '<div class="jp-Cell">', True, True),
        ("a.htm", '<div class="input_area">', True, True),
        ("a.html", "<p>text</p>", False, False),
        ("a.txt", NOTEBOOK, False, False),
    ],
)
def test_an_export_is_known_by_its_beginning(
    tmp_path: Path, name: str, content: str, marked: bool, alone: bool
) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    assert (is_export(path, False), is_export(path, True)) == (marked, alone)
    path.write_text(content, "utf-16")
    assert is_export(path, False) == marked
    assert not is_export(tmp_path / "gone.py", True) and not is_export(tmp_path, True)


def test_a_class_of_many_formats(tmp_path: Path) -> None:
    script = "# In[1]:\ndef f(x): return x"
    files = {"a.ipynb.txt": NOTEBOOK, "b.json": NOTEBOOK, "c.ipynb (1)": NOTEBOOK, "d.py": script, "e/x.py": script}
    more = {
        "f/x.ipynb": NOTEBOOK,
        "f/helpers.py": script,
        "notes.txt": NOTEBOOK,
        "package.json": "{}",
        "tool.py": "x = 1",
    }
    for name, content in {**files, **more}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    found = {name: read_submission(name, paths, ["f"]) for name, paths in find_submissions(tmp_path)}
    assert {name: (one.problem, one.written(), one.handed_in) for name, one in found.items()} == {
        name: ("", {"f"}, 1) for name in "abcdef"
    }
    assert left_out(tmp_path) == ["notes.txt", "package.json", "tool.py"]
