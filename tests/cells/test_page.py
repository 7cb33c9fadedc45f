from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from gatedrnn_course.cells import catalogue, describe
from gatedrnn_course.cells.diagram.page import files, write

PAGE = Path(__file__).parents[2] / "docs" / "cells.md"


def test_the_page_and_its_pictures_are_those_of_today() -> None:
    made = files(catalogue.values(), PAGE)
    for path, text in made.items():
        assert path.read_bytes() == text.encode(), f"{path.name}: write the page again"
    assert set((PAGE.parent / "images" / "cells").iterdir()) == set(made) - {PAGE}


@pytest.mark.parametrize("name", catalogue)
def test_every_cell_has_its_picture_equations_and_source(name: str) -> None:
    cell = catalogue[name]
    (part,) = re.findall(rf"^## {re.escape(name)}\n(.*?)(?=^## |\Z)", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    ((alt, picture),) = re.findall(r"!\[(.*)\]\((.*)\)", part)
    assert alt == describe(cell)
    assert (PAGE.parent / picture).is_file()
    assert cell.text in part
    assert cell.source in part


def test_the_command_writes_it_and_removes_what_is_no_more(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "cells.md"
    old = page.parent / "images" / "cells" / "old.svg"
    old.parent.mkdir(parents=True)
    old.touch()
    subprocess.run([sys.executable, "-m", "gatedrnn_course.cells.diagram", "--page", str(page)], check=True)
    assert not old.exists()
    assert page.read_bytes() == PAGE.read_bytes()


def test_names_of_cells_give_different_files() -> None:
    assert len(files(catalogue.values(), PAGE)) == len(catalogue) + 1


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    page = tmp_path / "cells.md"
    write([catalogue["LSTM"]], page)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    write([catalogue["LSTM"]], page)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
