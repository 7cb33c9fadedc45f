from __future__ import annotations

import ast
import subprocess
import sys

import numpy as np
import pytest

from gatedrnn_course.cells import CellError, catalogue, cell_latex, describe, parse, whole_step
from gatedrnn_course.cells.activations import ACTIVATIONS, EXCHANGED, FUNCTIONS, step
from gatedrnn_course.cells.edits.single import single_edits
from gatedrnn_course.cells.gradients import backward_of

SPOTS = np.array([-30.0, -3.0, -1.0, -1e-3, 0.0, 1e-3, 0.5, 2.0, 30.0])
every = pytest.mark.parametrize("name", ACTIVATIONS)


def slope(name: str) -> np.ndarray:
    """The slope that derived equations use."""
    cell = parse(f"h = {name}(h_prev)")
    program = backward_of(cell)
    (h,) = whole_step(cell).function(SPOTS, None)
    return dict(zip(program.outputs, program.function(SPOTS, h, np.ones_like(SPOTS), None), strict=True))["d_h_prev"]


@every
def test_the_slope_is_what_a_complex_step_gives(name: str) -> None:
    by_step = ACTIVATIONS[name].numpy(SPOTS + 1e-30j).imag / 1e-30
    np.testing.assert_allclose(slope(name), by_step, rtol=1e-12, atol=1e-15)


@every
def test_the_slope_is_that_of_the_values(name: str) -> None:
    away, d = SPOTS[SPOTS != 0], 1e-6
    by_values = (ACTIVATIONS[name].numpy(away + d) - ACTIVATIONS[name].numpy(away - d)) / (2 * d)
    np.testing.assert_allclose(slope(name)[SPOTS != 0], by_values, rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize(
    ("name", "at", "value"),
    [
        ("sigmoid", 1.0, 0.7310585786300049),
        ("tanh", 0.5, 0.46211715726000973),
        ("relu", 2.5, 2.5),
        ("relu", -2.5, 0.0),
        ("exp", 1.0, 2.718281828459045),
        ("softplus", 0.0, 0.6931471805599453),
        ("softplus", -700.0, np.exp(-700.0)),
        ("softplus", 1000.0, 1000.0),
        ("softsign", 3.0, 0.75),
        ("softsign", -3.0, -0.75),
    ],
)
def test_values(name: str, at: float, value: float) -> None:
    np.testing.assert_allclose(ACTIVATIONS[name].numpy(np.array(at)), value, rtol=1e-14)


def test_the_slope_of_relu_at_zero_is_zero() -> None:
    assert step(np.array(0.0)) == 0 and slope("relu")[SPOTS == 0] == 0


def test_relu_of_infinities_and_of_what_is_no_number() -> None:
    odd = np.array([-np.inf, np.inf, np.nan])
    np.testing.assert_array_equal(ACTIVATIONS["relu"].numpy(odd), [0, np.inf, np.nan])


@every
def test_values_lie_where_the_record_says(name: str) -> None:
    record, values = ACTIVATIONS[name], ACTIVATIONS[name].numpy(SPOTS)
    if record.values:
        assert record.values[0] <= values.min() and values.max() <= record.values[1]


@every
def test_it_is_read_written_and_spoken(name: str) -> None:
    cell = parse(f"h = {name}(W_h @ x + h_prev)")
    assert parse(cell.text) == cell
    assert ACTIVATIONS[name].latex in cell_latex(cell)
    assert f"{ACTIVATIONS[name].words} of" in describe(cell)
    with pytest.raises(CellError, match="cannot be defined"):
        parse(f"{name} = tanh(x)\nh = tanh(W_h @ x)")


def test_torch_texts_are_calls_of_torch() -> None:
    for record in FUNCTIONS.values():
        tree = ast.parse(record.torch.format(a="a", out=", out=b"), mode="eval")
        assert isinstance(tree.body, ast.Call)
        assert {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} <= {"torch", "a", "b"}


def test_the_search_for_mistakes_exchanges_what_is_taken_for_one_another() -> None:
    assert EXCHANGED == ("sigmoid", "tanh", "relu")
    words = " ".join(str(edit) for edit in single_edits(whole_step(catalogue["RNN"])))
    assert "sigmoid" in words and "softplus" not in words


def test_records_need_only_numpy() -> None:
    code = "import sys, gatedrnn_course.cells.activations; assert not {'torch', 'scipy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
