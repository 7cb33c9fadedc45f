from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.cells import BackwardProgram, Params, backward_of, backward_step, catalogue, whole_step
from gatedrnn_course.cells.expr import Name, Outer, OverAxes, to_text
from gatedrnn_course.cells.jacobian import JacobianProgram
from gatedrnn_course.cells.language import Line
from gatedrnn_course.cells.numeric import NUMPY_FUNCTIONS, python_of
from gatedrnn_course.cells.shapes import shape_of
from gatedrnn_course.errors import CellError, CourseError

SIZES = {"D": 3, "H": 4}


@pytest.mark.parametrize("name", catalogue)
def test_a_derivative_has_the_shape_of_what_it_belongs_to(name: str) -> None:
    program = backward_step(catalogue[name])
    for line in program.lines:
        base = line.name.removeprefix("d_")
        known = (*program.forward.inputs, *program.cell.shapes)
        assert base.startswith("a_") or program.shape(line.name) == program.forward.shape(base), line.name
        assert base.startswith("a_") or base in known


@pytest.mark.parametrize("name", catalogue)
def test_it_computes_what_the_derived_backward_does(name: str) -> None:
    program = backward_step(catalogue[name])
    inputs, p = program.draw(np.random.default_rng(0), SIZES, (2,))
    theirs = backward_of(catalogue[name]).function(*inputs, p)
    for one, other in zip(program.function(*inputs, p), theirs, strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_every_example_shares_is_summed_in_the_text() -> None:
    program = backward_step(catalogue["peephole LSTM"])
    assert to_text(program.line("d_b_f").expr) == "batch_sum(d_a_f)"
    assert to_text(program.line("d_P_f").expr) == "batch_sum(d_a_f * c_prev)"
    assert to_text(program.line("d_W_f").expr) == "outer(d_a_f, x)"


def test_a_draw_is_a_forward_pass() -> None:
    program = backward_step(catalogue["LSTM"])
    inputs, p = program.draw(np.random.default_rng(1), SIZES, (5,))
    named = dict(zip(program.inputs, inputs, strict=True))
    h, c = whole_step(catalogue["LSTM"]).function(named["x"], named["h_prev"], named["c_prev"], p)
    np.testing.assert_array_equal(named["h"], h)
    np.testing.assert_array_equal(named["c"], c)
    assert named["d_h_next"].shape == named["d_c_next"].shape == (5, 4)


def test_only_the_lines_that_the_outputs_need() -> None:
    program = BackwardProgram(whole_step(catalogue["LSTM"]), ("d_c_prev",))
    assert [line.name for line in program.lines] == ["d_h", "d_c", "d_c_prev"]
    assert program.parameters == ()
    with pytest.raises(CourseError, match="d_W_f"):
        program.line("d_W_f")


def test_words_say_what_arrives() -> None:
    program = backward_step(catalogue["LSTM"])
    assert program.words("d_c_next") == "derivative of the loss with respect to c, from outside this step"
    assert program.words("d_W_f") == "derivative of the loss with respect to W_f"
    assert program.words("f") == "forget gate"


def test_sizes_that_contradict_each_other_are_refused() -> None:
    program = backward_step(catalogue["LSTM"])
    wrong = Line("d_x", program.line("d_h_prev").expr, "d_x")
    shapes = {name: program.shape(name) for name in (*program.inputs, *program.parameters, "d_a_f", "d_a_i", "d_a_o")}
    shapes |= {"d_a_c_tilde": ("D",)}
    with pytest.raises(CellError, match="contradict"):
        shape_of(wrong, shapes)


@pytest.mark.parametrize(
    ("function", "shape"), [("batch_sum", (4,)), ("batch_mean", (4,)), ("unit_sum", (5,)), ("swapped", (4, 5))]
)
def test_functions_of_a_whole_array(function: str, shape: tuple[int, ...]) -> None:
    a = np.random.default_rng(0).normal(size=(5, 4))
    assert eval(python_of(OverAxes(function, Name("a"))), NUMPY_FUNCTIONS, {"a": a}).shape == shape
    mean = eval(python_of(Outer(Name("a"), Name("a"), "outer_mean")), NUMPY_FUNCTIONS, {"a": a})
    each = eval(python_of(Outer(Name("a"), Name("a"), "outer_each")), NUMPY_FUNCTIONS, {"a": a})
    np.testing.assert_allclose(mean, each.mean(0))


def test_the_jacobian_is_one_line_of_the_backward() -> None:
    program = JacobianProgram(catalogue["RNN"])
    assert to_text(program.line("J").expr) == "U_h.T @ (d_h_next * (1 - h * h))"
    assert program.inputs == ("h", "d_h_next") and program.shape("J") == ("H", "H")
    h, U = np.array([[0.5, -0.2]]), np.array([[1.0, 2.0], [3.0, 4.0]])
    (J,) = program.function(*program.rows([h]), Params({"U_h": U}))
    np.testing.assert_allclose(J[0], (1 - h.T**2) * U)
