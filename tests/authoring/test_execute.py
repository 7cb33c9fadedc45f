from __future__ import annotations

import pytest

from gatedrnn_course.authoring.execute import execute
from gatedrnn_course.authoring.notebook import copy, new_cell, new_notebook
from gatedrnn_course.errors import CourseError


def notebook(*texts, tags=()):
    return new_notebook([new_cell("code", text, f"c{k}", {"tags": list(tags)}) for k, text in enumerate(texts)])


def test_it_runs_beside_the_notebook_with_this_package_in_english(tmp_path):
    asked = notebook(
        "from pathlib import Path\nPath.cwd().name",
        "from gatedrnn_course.text import language\nlanguage()",
    )
    before, counted = copy(asked), []
    ran = execute(asked, tmp_path / "lessons" / "a.ipynb", lambda: counted.append(1))
    assert [cell.outputs[0].data["text/plain"] for cell in ran.cells] == ["'lessons'", "'en'"]
    assert len(counted) == 2
    assert asked == before


def test_an_error_quotes_file_and_cell(tmp_path):
    with pytest.raises(CourseError, match=r"ZeroDivisionError") as told:
        execute(notebook("x = 0", "1 / x"), tmp_path / "solutions" / "en" / "03_gates.ipynb")
    assert told.value.asked == "solutions/en/03_gates.ipynb, cell 2: 1 / x"


def test_an_error_that_is_meant_is_an_output(tmp_path):
    ran = execute(notebook("1 / 0", tags=["raises-exception"]), tmp_path / "a.ipynb")
    assert ran.cells[0].outputs[0].ename == "ZeroDivisionError"


def test_a_cell_that_does_not_end_is_stopped(tmp_path):
    with pytest.raises(CourseError, match="1 seconds"):
        execute(notebook("while True:\n    pass"), tmp_path / "a.ipynb", timeout=1)


def test_a_kernel_that_ends_is_told(tmp_path):
    with pytest.raises(CourseError, match="kernel ended"):
        execute(notebook("import os", "os._exit(3)"), tmp_path / "a.ipynb")
