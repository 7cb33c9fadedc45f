from __future__ import annotations

import ast

import pytest

from gatedrnn_course.authoring.assemble import assemble
from gatedrnn_course.authoring.reveals import folded_reveal, is_reveal
from gatedrnn_course.authoring.source import SourceCell
from gatedrnn_course.errors import CourseError


def cell(text):
    return SourceCell("course/lessons/03_gates.py", 3, "code", text)


@pytest.mark.parametrize(
    "text",
    [
        'reveal("keep", "It keeps", "f is 1.")',
        'reveal("keep", "It keeps", because="σ, (f) is 1.")',
        'reveal("keep", \'say "yes"\')',
        'reveal(\n    "keep",\n    "It keeps",\n    "f "\n    "is 1.",\n)\n',
    ],
)
def test_the_first_line_tells_nothing_and_the_call_is_the_same(text):
    folded = folded_reveal(cell(text))
    assert folded.split("\n")[0] == "reveal("
    assert ast.dump(ast.parse(folded)) == ast.dump(ast.parse(text))
    assert folded_reveal(cell(folded)) == folded


@pytest.mark.parametrize("text", ['reveal("a", "b")\nx = 1', 'reveal("a", "b").show()', 'reveal("a", "b"'])
def test_a_cell_with_more_than_the_call_is_refused(text):
    with pytest.raises(CourseError, match="cell 3"):
        folded_reveal(cell(text))


def test_other_cells_are_no_reveal():
    assert not is_reveal(cell('predict("a", "b", ["c", "d"])'))
    assert not is_reveal(SourceCell("x.py", 1, "markdown", "reveal( is a function"))


def test_a_built_reveal_is_hidden_and_its_source_stays(project):
    source = project.source("lessons", '# %%\nreveal("a", "b", "c")\n')
    (built,) = assemble(source)["lesson"].cells
    assert built.source == 'reveal(\n    "a",\n    "b",\n    "c",\n)'
    assert built.metadata.jupyter.source_hidden is True
    assert 'reveal("a", "b", "c")' in source.path.read_text(encoding="utf-8")
