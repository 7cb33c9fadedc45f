from __future__ import annotations

import pytest

from gatedrnn_course.authoring.source import SourceCell
from gatedrnn_course.authoring.templates import render
from gatedrnn_course.cells import backward_of, catalogue, cell_latex
from gatedrnn_course.cells.latex import backward_latex, line_latex
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.units import load


def rendered(text, number="03"):
    return render(SourceCell("course/lessons/03_gates.py", 4, "markdown", text), load(number))


def test_an_equation_is_the_one_the_cell_holds():
    assert rendered('<< equation("LSTM", "f") >>') == f"$${line_latex(catalogue['LSTM'].line('f'))}$$"


@pytest.mark.parametrize("name", catalogue)
def test_all_equations_of_every_cell_of_the_catalogue(name):
    assert rendered(f'<< equations("{name}") >>') == f"$$\n{cell_latex(catalogue[name])}\n$$"


def test_numbers_and_names():
    count = catalogue["LSTM"].parameter_count(D=3, H=5)
    assert rendered('<< count("LSTM", D=3, H=5) >>') == str(count)
    assert rendered('<< points("forget_gate") >>') == str(load("03").item("forget_gate").points)
    assert rendered("<< unit.title >>, << unit.number >>") == "Gates, 03"
    assert rendered('<< symbol("c_tilde") >>') == r"$\tilde{c}_t$"
    assert "forget gate f is sigmoid" in rendered('<< describe("LSTM") >>')


def test_latex_and_markdown_stay_as_they_are():
    text = r"$\frac{{a}}{b}$ {{x}} {% y %} {# z #} `x < 1 > 0` <b>1</b> [a](#b) $W_{c}$"
    assert rendered(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "<< unknown >>",
        "<< unit.colour >>",
        '<< equation("LSTM", "q") >>',
        '<< equations("LSTN") >>',
        '<< points("forget") >>',
        '<< count("LSTM") >>',
        '<< equation("LSTM" >>',
        "a << b",
    ],
)
def test_an_expression_that_cannot_be_filled_in_is_told_with_file_and_cell(text):
    with pytest.raises(CourseError) as told:
        rendered(text)
    assert told.value.asked == f"course/lessons/03_gates.py, cell 4: {text}"
    assert "equations" in told.value.expected


def test_backward_equations_are_derived():
    d_c, d_f = rendered('<< gradient("LSTM", "d_c", "d_f") >>').split("\n\n")
    assert d_c.startswith(r"$$\delta c_t = \delta c_t^{\text{next}} + \delta h_t")
    assert d_f == r"$$\delta f_t = \delta c_t \odot c_{t-1}$$"
    assert rendered('<< gradients("GRU") >>') == f"$$\n{backward_latex(backward_of(catalogue['GRU']))}\n$$"


def test_a_backward_equation_that_is_none_is_told_with_those_there_are():
    with pytest.raises(CourseError, match=r"d_z of LSTM"):
        rendered('<< gradient("LSTM", "d_z") >>')
