"""Files that come with a notebook are found beside it or inside it, and never given to somebody else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from students import find_submissions

from gatedrnn_course.grading.classroom.enclosed import enclosed, handed_in_files, link_to
from gatedrnn_course.grading.classroom.submission import read_submission


def notebook(*html: object) -> bytes:
    outputs = [{"output_type": "display_data", "metadata": {}, "data": {"text/html": one}} for one in html]
    cell = {"cell_type": "code", "source": "x = 1", "metadata": {}, "execution_count": 1, "outputs": outputs}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


def link(content: bytes, name: str = "Adder.npz") -> str:
    return f"<div>{link_to(name, content, 'save')}</div>"


def test_a_file_inside_is_found_and_the_last_one_counts() -> None:
    assert enclosed(notebook(link(b"old"), link(b"\x00new"))) == {"Adder.npz": b"\x00new"}
    assert enclosed(notebook(link(b"a").splitlines(keepends=True))) == {"Adder.npz": b"a"}


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"[]", b"null", b"{", b'{"cells": 3}', b'{"cells": [{"outputs": [{"data": 3}]}]}', b"[" * 100_000),
        *(notebook(3), notebook(None), notebook(link(b"abc").replace("YWJj", "YWJ"))),
    ],
)
def test_what_is_no_notebook_holds_nothing(content: bytes) -> None:
    assert enclosed(content) == {}


def test_in_a_folder_of_ones_own_the_file_beside_the_notebook_counts(tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "06.ipynb").write_bytes(notebook(link(b"inside")))
    (tmp_path / "ada" / "Adder.npz").write_bytes(b"beside")
    ((name, paths),) = find_submissions(tmp_path)
    assert read_submission(name, paths, [], ["Adder.npz"]).files == {"Adder.npz": b"beside"}
    (tmp_path / "ada" / "Adder.npz").unlink()
    assert read_submission(name, paths, [], ["Adder.npz"]).files == {"Adder.npz": b"inside"}


def test_a_file_beside_the_notebooks_of_several_is_nobodys(tmp_path: Path) -> None:
    for name in ("ada", "bob"):
        (tmp_path / f"{name}.ipynb").write_bytes(notebook(*([link(b"mine")] if name == "bob" else [])))
    (tmp_path / "Adder.npz").write_bytes(b"whose?")
    found = {name: read_submission(name, paths, [], ["Adder.npz"]).files for name, paths in find_submissions(tmp_path)}
    assert found == {"ada": {}, "bob": {"Adder.npz": b"mine"}}


def test_another_file_is_another_submission(tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    path = tmp_path / "ada" / "06.ipynb"
    path.write_bytes(notebook())
    prints = [read_submission("ada", [path], [], ["Adder.npz"]).fingerprint]
    for content in (b"one", b"two"):
        (tmp_path / "ada" / "Adder.npz").write_bytes(content)
        prints.append(read_submission("ada", [path], [], ["Adder.npz"]).fingerprint)
    assert len(set(prints)) == 3
    assert read_submission("ada", [path], []).fingerprint == prints[0]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_links_pipes_and_large_files_are_no_files(tmp_path: Path) -> None:
    path = tmp_path / "06.ipynb"
    path.write_bytes(notebook())
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "a.npz").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "b.npz")
    (tmp_path / "c.npz").mkdir()
    with (tmp_path / "d.npz").open("wb") as file:
        file.truncate(1 << 30)
    assert handed_in_files(path, ["a.npz", "b.npz", "c.npz", "d.npz", "e.npz"], own_folder=True) == {}
