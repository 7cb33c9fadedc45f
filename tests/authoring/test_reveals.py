from __future__ import annotations

import json

import pytest

from gatedrnn_course.authoring.assemble import assemble
from gatedrnn_course.authoring.reveals import answers_of, answers_text, is_reveal, refuse_open_questions, sealed
from gatedrnn_course.authoring.source import SourceCell
from gatedrnn_course.errors import CourseError
from gatedrnn_course.lab.answers import Answer

ASKS = 'predict("keep", "What does it do?", ["It keeps", "It drops"])'
ANSWERS = 'with reveal("keep", "It keeps", "f is 1."):\n    print(1.0 * c)'
START = "# %%\n# << first_cell >>\nc = 2.0\n\n# %%\n"


def cell(text, kind="code"):
    return SourceCell("course/lessons/03_gates.py", 3, kind, text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('reveal("keep", "It keeps", "f is 1.")', 'reveal("keep")'),
        ('reveal("keep", "It keeps", because="σ, (f) is 1.")', 'reveal("keep")'),
        ('reveal(\n    "keep",\n    "It keeps",\n    "f "\n    "is 1.",\n)\n', 'reveal("keep")\n'),
        (ANSWERS, 'with reveal("keep"):\n    print(1.0 * c)'),
        ('with reveal(\n    "keep", "It keeps"\n):\n    plot({"σ": c})', 'with reveal("keep"):\n    plot({"σ": c})'),
    ],
)
def test_the_notebook_gets_the_name_and_the_evidence_only(text, left):
    assert sealed(cell(text)) == left


def test_the_package_gets_the_answers():
    found = answers_of([cell(ASKS), cell(ANSWERS), cell('reveal("b", "say \\"σ\\"")')])
    assert found == {"keep": Answer("It keeps", "f is 1."), "b": Answer('say "σ"')}
    assert json.loads(answers_text(found)) == {"keep": ["It keeps", "f is 1."], "b": ['say "σ"', ""]}
    assert answers_text({}) == ""


@pytest.mark.parametrize(
    "text",
    [
        'reveal("a", "b")\nx = 1',
        'reveal("a", "b").show()',
        'reveal("a", "b"',
        'with reveal("a", "b") as x:\n    pass',
        'with reveal("a", "b"), other():\n    pass',
    ],
)
def test_a_cell_of_another_form_is_refused(text):
    with pytest.raises(CourseError, match="cell 3"):
        sealed(cell(text))


@pytest.mark.parametrize("text", ['reveal("a")', 'reveal("a", 3)', 'reveal("a", answer)', 'reveal("a", "b", "c", "d")'])
def test_an_answer_is_text(text):
    with pytest.raises(CourseError, match="texts in quotes"):
        answers_of([cell(text)])


def test_other_cells_are_no_reveal():
    assert not is_reveal(cell(ASKS))
    assert not is_reveal(cell("reveal( is a function", "markdown"))


def test_markdown_may_stand_between_question_and_answer():
    refuse_open_questions([cell("x = 1"), cell(ASKS), cell("Think.", "markdown"), cell(ANSWERS), cell("x = 2")])


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ([ASKS], "would answer the question"),
        ([ASKS, "print(1.0 * c)", ANSWERS], "would answer the question"),
        ([ASKS, ASKS.replace("keep", "other"), ANSWERS], "would answer the question"),
        ([ANSWERS], "does not ask"),
        ([ASKS.replace("keep", "other"), ANSWERS], "does not ask"),
        ([ASKS, ANSWERS, "x = 1", ANSWERS], "does not ask"),
        ([ASKS, ANSWERS.replace("It keeps", "It stays")], "none of the choices"),
        (["predict(name, words, choices)", ANSWERS], "all texts in quotes"),
    ],
)
def test_nothing_answers_a_question_before_the_reader(cells, says):
    with pytest.raises(CourseError, match=says):
        refuse_open_questions([cell(text) for text in cells])


def test_a_built_reveal_tells_nothing_and_its_source_stays(project):
    source = project.source("lessons", f"{START}{ASKS}\n\n# %%\n{ANSWERS}\n")
    built = assemble(source)["lesson"].cells[-1]
    assert built.source == 'with reveal("keep"):\n    print(1.0 * c)'
    assert ANSWERS in source.path.read_text(encoding="utf-8")


def test_a_built_lesson_with_an_open_question_is_refused(project):
    with pytest.raises(CourseError, match="would answer"):
        assemble(project.source("lessons", f"{START}{ASKS}\n\n# %%\nprint(c)\n\n# %%\n{ANSWERS}\n"))
