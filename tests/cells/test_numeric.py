from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatedrnn_course.cells import Params, catalogue, sigmoid
from gatedrnn_course.cells.activations import relu, step
from gatedrnn_course.cells.expr import MatMul, Name, NumpyMatMul, Outer, Transpose
from gatedrnn_course.cells.gradients import summed
from gatedrnn_course.cells.language import Line, parse_line, parse_lines
from gatedrnn_course.cells.numeric import (
    NUMPY_FUNCTIONS,
    batch_sum,
    compiled,
    outer,
    python_of,
    to_python,
)


@given(st.floats(-700, 700))
def test_sigmoid_is_the_logistic_function(a: float) -> None:
    np.testing.assert_allclose(sigmoid(a), 1 / (1 + np.exp(-a)), rtol=1e-12, atol=1e-15)


def test_sigmoid_never_overflows() -> None:
    np.testing.assert_array_equal(sigmoid(np.array([-np.inf, -1e308, 0, 1e308, np.inf])), [0, 0, 0.5, 1, 1])


def test_complex_step_gives_the_slopes_of_the_activations() -> None:
    a = np.linspace(-3, 3, 8)
    slopes = {"sigmoid": sigmoid(a) * (1 - sigmoid(a)), "tanh": 1 - np.tanh(a) ** 2, "relu": (a > 0) * 1.0}
    for name, slope in slopes.items():
        np.testing.assert_allclose(NUMPY_FUNCTIONS[name](a + 1e-30j).imag / 1e-30, slope, rtol=1e-13)
    np.testing.assert_array_equal(NUMPY_FUNCTIONS["step"](a), slopes["relu"])


def test_relu_is_zero_below_zero() -> None:
    np.testing.assert_array_equal(relu(np.array([-2.0, 0.0, 3.0])), [0, 0, 3])


@pytest.mark.parametrize("batch", [(), (4,), (4, 5)], ids=str)
def test_sums_over_a_batch_run_over_every_leading_axis(batch: tuple[int, ...]) -> None:
    a, b = np.random.default_rng(0).normal(size=(*batch, 2)), np.random.default_rng(1).normal(size=(*batch, 3))
    np.testing.assert_allclose(outer(a, b), np.einsum("km,kn->mn", a.reshape(-1, 2), b.reshape(-1, 3)))
    np.testing.assert_allclose(batch_sum(a), a.reshape(-1, 2).sum(0))


def test_a_constant_beside_a_batch_counts_once_for_each_example() -> None:
    a, b = np.ones((4, 2)), np.arange(3.0)
    np.testing.assert_allclose(outer(a, b), np.broadcast_to(4 * b, (2, 3)))


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("W_f @ x", "(x @ p.W_f.T)"),
        ("W_f @ x + b_f", "((x @ p.W_f.T) + p.b_f)"),
        ("-h_prev * 2", "((-h_prev) * 2.0)"),
        ("sigmoid(a / b)", "sigmoid((a / b))"),
    ],
)
def test_an_equation_is_the_numpy_a_person_would_write(text: str, python: str) -> None:
    assert python_of(parse_line(f"y = {text}").expr) == python


def test_nodes_of_backward_programs_and_of_mistakes_have_their_numpy() -> None:
    W, x = Name("W_f"), Name("x")
    assert python_of(MatMul(Transpose(W), x)) == "(x @ p.W_f)"
    assert python_of(NumpyMatMul(W, x)) == "(p.W_f @ x)"
    assert python_of(Outer(x, x)) == "outer(x, x)"


def test_a_function_has_the_names_it_is_given() -> None:
    lines = parse_lines("f = sigmoid(W_f @ x)\nc = f * c_prev")
    assert to_python(lines, ("x", "c_prev"), ("c", "f"), "cell").splitlines() == [
        "def cell(x, c_prev, p):",
        "    f = sigmoid((x @ p.W_f.T))",
        "    c = (f * c_prev)",
        "    return (c, f,)",
    ]


def test_gradients_of_vectors_every_example_shares_are_summed() -> None:
    lines = tuple(summed(Line(f"d_{name}", Name("a"), "")) for name in ("P_f", "b_f", "c"))
    d_P, d_b, d_c = compiled(lines, ("a",), ("d_P_f", "d_b_f", "d_c"))(np.ones((5, 2)), Params())
    assert (d_P.shape, d_b.shape, d_c.shape) == ((2,), (2,), (5, 2))


def test_the_same_lines_are_compiled_once() -> None:
    lines = catalogue["LSTM"].lines
    assert compiled(lines, ("x", "h_prev", "c_prev"), ("h",)) is compiled(lines, ("x", "h_prev", "c_prev"), ("h",))


def test_a_line_may_have_the_name_of_a_builtin() -> None:
    lines = parse_lines("print = tanh(x)\nmatch = print * 2\ntype = match + print")
    (value,) = compiled(lines, ("x",), ("type",))(np.ones(2), Params())
    np.testing.assert_allclose(value, 3 * np.tanh(1))


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_the_slope_of_relu_at_zero_is_zero(zero: float) -> None:
    """relu has no derivative at 0; as in torch, the course takes the one from the left."""
    np.testing.assert_array_equal(step(np.array([np.nextafter(0, -1), zero, np.nextafter(0, 1)])), [0, 0, 1])
    assert relu(np.array([zero + 1e-30j])).imag.item() == 0.0
