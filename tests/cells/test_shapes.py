from __future__ import annotations

import pytest

from gatedrnn_course.cells import CellError, catalogue, parse

MATRIX = {"W": ("H", "D"), "U": ("H", "H"), "P": ("H",), "b": ("H",)}


@pytest.mark.parametrize("name", catalogue)
def test_the_letter_of_a_parameter_gives_its_shape(name: str) -> None:
    cell = catalogue[name]
    wanted = {p: MATRIX[p[0]] for p in cell.parameters if (name, p[0]) != ("highway layer", "W")}
    assert {p: cell.shape(p) for p in wanted} == wanted


def test_a_layer_over_depth_has_square_matrices() -> None:
    assert catalogue["highway layer"].shape("W_h") == ("H", "H")


@pytest.mark.parametrize(
    ("text", "name", "shape"),
    [
        ("h = tanh(W_a @ (W_b @ x))", "W_b", ("H", "D")),
        ("h = tanh(W_a @ tanh(b_x * x) + b_h)", "b_x", ("D",)),
        ("y = x * P_x\nh = W_y @ y", "y", ("D",)),
        ("h = tanh(W_x @ (x + W_d @ h_prev))", "W_d", ("D", "H")),
        ("h = 2 * tanh(W_h @ x) - 1", "h", ("H",)),
    ],
)
def test_shapes_come_from_use(text: str, name: str, shape: tuple[str, ...]) -> None:
    assert parse(text).shape(name) == shape


def test_mut1_as_printed_needs_a_projection() -> None:
    """Jozefowicz et al. write tanh(x) where only a vector of h's size fits."""
    line = "h_tilde = tanh(U_h @ (r * h_prev) + tanh(x) + b_h)"
    with pytest.raises(CellError) as caught:
        parse(f"z = sigmoid(W_z @ x + b_z)\nr = sigmoid(W_r @ x + U_r @ h_prev + b_r)\n{line}\nh = z * h_tilde")
    assert line in str(caught.value)
    assert "tanh(W_x @ x) for tanh(x)" in caught.value.do


@pytest.mark.parametrize(
    "line",
    [
        "h = x",
        "h = x + h_prev",
        "h = W_h @ x + W_h @ h_prev",
        "h = sigmoid(x) * b_h + h_prev",
        "h = W_h @ (W_h @ x)",
        "h = tanh(x) - tanh(U_h @ h_prev)",
    ],
)
def test_sizes_that_contradict_each_other_quote_the_line(line: str) -> None:
    with pytest.raises(CellError, match="x's size D and one of h's size H") as caught:
        parse(line)
    assert f"`{line}`" in str(caught.value)
    assert "with a matrix" in caught.value.do


def test_a_contradiction_between_lines_quotes_the_later_one() -> None:
    with pytest.raises(CellError, match=r"`h = y \+ h_prev`"):
        parse("y = x * b_y\nh = y + h_prev")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("h = W_h", "stands alone"),
        ("h = W_h * x", "stands alone"),
        ("h = tanh(U_h + b_h)", "stands alone"),
        ("h = W_h @ 2", "multiplies a matrix with a number"),
        ("h = W_h @ (1 - 0.5)", "multiplies a matrix with a number"),
        ("h = 1", "numbers only"),
        ("h = tanh(2 - 1)", "numbers only"),
    ],
)
def test_what_has_no_shape_is_a_cell_error(text: str, said: str) -> None:
    with pytest.raises(CellError, match=said) as caught:
        parse(text)
    assert f"`{text}`" in str(caught.value)
