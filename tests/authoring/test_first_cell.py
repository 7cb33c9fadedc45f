from __future__ import annotations

import re
import subprocess
import sys

import pytest

from gatedrnn_course.authoring.assemble import assemble
from gatedrnn_course.authoring.first_cell import MARK, first_cell, refuse_other_start
from gatedrnn_course.authoring.source import SourceCell
from gatedrnn_course.errors import CourseError


def test_every_notebook_begins_with_it(project):
    made = {**assemble(project.source("lessons")), **assemble(project.source("assignments"))}
    for notebook in made.values():
        first = next(cell for cell in notebook.cells if cell.cell_type == "code")
        assert first.source.startswith(first_cell() + "\n")
        assert MARK not in first.source


def test_it_fetches_nothing_where_the_course_is():
    before = first_cell().replace("%pip install", "raise RuntimeError #")
    assert subprocess.run([sys.executable, "-c", before], check=True, capture_output=True).stdout == b""


def test_elsewhere_it_comes_from_the_repository(monkeypatch):
    from IPython.core.inputtransformer2 import TransformerManager

    fetched = []
    source = TransformerManager().transform_cell(first_cell())

    names = {}

    class Kernel:
        def run_line_magic(self, name, line):
            fetched.append((name, line.format(**names)))  # as IPython fills in a name of the notebook
            monkeypatch.undo()

    monkeypatch.setitem(sys.modules, "gatedrnn_course", None)
    names["get_ipython"] = Kernel
    exec(source, names)
    ((name, line),) = fetched
    assert name == "pip"
    assert re.fullmatch(r'install --quiet "gatedrnn-course\[lessons\] @ git\+https://\S+"', line)


def test_another_start_is_refused():
    refuse_other_start([SourceCell("x.py", 1, "markdown", "# Title"), SourceCell("x.py", 2, "code", f"{MARK}\nx = 1")])
    with pytest.raises(CourseError, match="first_cell"):
        refuse_other_start([SourceCell("x.py", 1, "code", f"x = 1\n{MARK}")])
