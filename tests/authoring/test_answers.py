from __future__ import annotations

import ast
import dataclasses
import inspect

import pytest

from gatedrnn_course.authoring.answers import answer_text, graded_name, refuse_shared_names, refuse_unless_complete
from gatedrnn_course.authoring.source import SourceCell
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.units import UNITS, load

BODY = "    # BEGIN SOLUTION\n    return x\n    # END SOLUTION"
ITEMS = [item for number in UNITS for item in load(number).items]


def cell(text, *tags, number=1):
    return SourceCell("course/assignments/00_start_here.py", number, "code", text, tags)


def answer(head="linear(x, p)", number=1, keyword="def"):
    return cell(f"{keyword} {head}:\n{BODY}", "answer", number=number)


def check(name="linear", number=2):
    return cell(f"check({name})", "check", number=number)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_the_docstring_is_the_items(item):
    tree = ast.parse(answer_text(answer(item.signature(), keyword="class" if item.base else "def"), item))
    (function,) = tree.body
    assert isinstance(function, ast.ClassDef if item.base else ast.FunctionDef)
    assert inspect.cleandoc(ast.get_docstring(function, clean=False) or "") == item.docstring()


def test_the_docstring_stands_right_below_the_def_line(unit):
    lines = answer_text(answer(), unit.item("linear")).split("\n")
    assert lines[0] == "def linear(x, p):"
    assert lines[1].startswith('    """')
    assert lines[-3:] == BODY.split("\n")
    assert lines[-4] == '    """'


@pytest.mark.parametrize("head", ["linear(x)", "linear(p, x)", "linear(x, p, b)", "linear(x, p=None)", "linear(x, *p)"])
def test_other_arguments_than_the_items_are_refused(unit, head):
    with pytest.raises(CourseError, match=r"linear\(x, p\)"):
        answer_text(answer(head), unit.item("linear"))


@pytest.mark.parametrize("head", ["def LSTM(input_size, hidden_size)", "class LSTM", "class LSTM(nn.LSTM)"])
def test_a_class_must_derive_from_what_the_item_says(head):
    with pytest.raises(CourseError, match=r"LSTM\(nn.Module\)"):
        answer_text(cell(f"{head}:\n{BODY}", "answer"), load("06").item("LSTM"))


@pytest.mark.parametrize(
    "text",
    [
        "x = 1",
        "def linear(x, p):\n    return x",
        'def linear(x, p):\n    """Words."""\n' + BODY,
        f"def linear(x, p):\n{BODY}\n    return x",
        f"def linear(x, p):\n{BODY}\n{BODY}",
        f"import numpy\ndef linear(x, p):\n{BODY}",
        f"@cache\ndef linear(x, p):\n{BODY}",
        "def linear(x, p):\n    # BEGIN SOLUTION\n    return x",
        "def linear(x, p:\n    # BEGIN SOLUTION\n    return x\n    # END SOLUTION",
    ],
)
def test_an_answer_cell_of_another_form_is_refused(text):
    with pytest.raises(CourseError, match=r"course/assignments/00_start_here\.py, cell 1"):
        graded_name(cell(text, "answer"))


@pytest.mark.parametrize(
    "text", ["check(linear)\nx = 1", "check('linear')", "linear(1)", "check(linear, 3)", "check(linear)  # now"]
)
def test_a_check_cell_of_another_form_is_refused(text):
    with pytest.raises(CourseError, match="cell 1"):
        graded_name(cell(text, "check"))


def test_a_solution_outside_an_answer_is_refused():
    with pytest.raises(CourseError, match="no answer"):
        graded_name(cell(f"def helper(x):\n{BODY}"))


def test_other_cells_have_no_name():
    assert graded_name(cell("import numpy as np")) == ""


def test_one_answer_and_one_check_for_each_item_are_enough(unit):
    refuse_unless_complete([answer(), check()], unit, "00")


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ([], "no answer cell"),
        ([answer()], "no check cell"),
        ([check()], "above the answer"),
        ([check(), answer()], "above the answer"),
        ([answer(), answer(), check()], "already"),
        ([answer(), check(), check()], "already"),
        ([answer("lstm_step(x, p)"), check()], "grades no `lstm_step`"),
        ([answer(), check(), check("lstm_step")], "grades no `lstm_step`"),
    ],
)
def test_a_missing_doubled_or_foreign_cell_is_refused(unit, cells, says):
    with pytest.raises(CourseError, match=says):
        refuse_unless_complete(cells, unit, "course/assignments/00_start_here.py")


def test_names_are_unique_in_the_whole_course():
    units = [load(number) for number in sorted(UNITS)]
    refuse_shared_names(units)
    later = dataclasses.replace(load("03"), number="07", name="gru", items=(load("03").item("candidate"),))
    with pytest.raises(CourseError, match=r"unit 07(?s:.*)`candidate` is already a function of unit 03\."):
        refuse_shared_names([*units, later])
