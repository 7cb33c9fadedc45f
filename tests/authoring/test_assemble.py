from __future__ import annotations

import ast

import pytest

from gatedrnn_course.authoring.assemble import assemble
from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import language, set_language


@pytest.fixture
def both(project):
    made = assemble(project.source("assignments"))
    return made["exercise"], made["solution"]


def graded(notebook):
    return {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if "nbgrader" in cell.metadata}


def test_the_exercise_has_a_stub_where_the_solution_has_an_answer(both):
    exercise, solution = both
    head, tail = graded(exercise)["linear"].source.rsplit("\n", 1)
    assert tail == "    ...  # your code here"
    assert graded(solution)["linear"].source.startswith(head)
    assert "return x @ p.W_h.T + p.b_h" in graded(solution)["linear"].source
    (function,) = ast.parse(graded(exercise)["linear"].source).body
    assert isinstance(function, ast.FunctionDef)
    assert len(function.body) == 2


def test_what_only_the_solution_has(both):
    exercise, solution = both
    assert "common mistake" in solution.cells[-1].source
    assert not any("common mistake" in cell.source for cell in exercise.cells)
    assert [cell.id for cell in exercise.cells] == [cell.id for cell in solution.cells[:-1]]


def test_nbgraders_metadata(both, unit):
    for notebook in both:
        answer, check = graded(notebook)["linear"].metadata, graded(notebook)["check_linear"].metadata
        assert (answer.nbgrader.solution, answer.nbgrader.grade, answer.nbgrader.locked) == (True, False, False)
        assert (check.nbgrader.solution, check.nbgrader.grade, check.nbgrader.locked) == (False, True, True)
        assert check.nbgrader.points == unit.item("linear").points
        assert "points" not in answer.nbgrader
        assert (answer.deletable, check.deletable, check.editable) == (False, False, False)
        assert answer.nbgrader.schema_version == check.nbgrader.schema_version == 3
        assert len(check.nbgrader.checksum) == 32


def test_no_version_of_python_is_written(both):
    for notebook in both:
        assert notebook.metadata.kernelspec.name == "python3"
        assert notebook.metadata.language_info.version == "3"  # the language's


def test_markdown_is_filled_in(project):
    lesson = assemble(project.source("lessons"))["lesson"]
    assert lesson.cells[0].source.startswith("# 00 Start here\n\nThe cell keeps $c_{t-1}$:\n\n$$f_t = ")


@pytest.mark.parametrize("tag", ["answer", "check", "solution"])
def test_a_lesson_has_no_graded_cells(project, tag):
    with pytest.raises(CourseError, match="cell 1"):
        assemble(project.source("lessons", f'# %% tags=["{tag}"]\ncheck(linear)\n'))


def test_the_readers_language_does_not_matter_and_is_kept(project, both):
    set_language("fr")
    try:
        assert assemble(project.source("assignments"))["exercise"] == both[0]
        assert language() == "fr"
    finally:
        set_language("en")
