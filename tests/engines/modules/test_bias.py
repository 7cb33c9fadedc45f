from __future__ import annotations

import pytest

from gatedrnn_course.cells import CellError, catalogue, parse
from gatedrnn_course.engines.modules.bias import without_bias


@pytest.mark.parametrize("name", catalogue)
def test_no_bias_is_left_and_nothing_else_is_lost(name: str) -> None:
    cell = catalogue[name]
    kept = tuple(n for n in cell.parameters if not n.startswith("b_"))
    assert without_bias(cell).parameters == kept
    assert [line.name for line in without_bias(cell).lines] == [line.name for line in cell.lines]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("h = tanh(W_h @ x - b_h)", "h = tanh(W_h @ x)"),
        ("h = b_h - h_prev", "h = -h_prev"),
        ("h = h_prev * b_h + W_h @ x", "h = W_h @ x"),
        ("h = h_prev + -b_h / 2", "h = h_prev"),
        ("h = h_prev + U_h @ tanh(b_h)", "h = h_prev"),
        ("h = h_prev * sigmoid(b_h)", "h = h_prev * sigmoid(0)"),
        ("h = h_prev - (b_1 + b_2)", "h = h_prev"),
        ("h = h_prev + W_h @ softsign(b_h)", "h = h_prev"),
        ("h = h_prev * exp(b_h)", "h = h_prev * exp(0)"),
    ],
)
def test_zeros_are_left_out(text: str, left: str) -> None:
    assert without_bias(parse(text)).lines[0].expr == parse(left).lines[0].expr


def test_a_line_of_biases_only_is_refused() -> None:
    with pytest.raises(CellError, match="numbers only"):
        without_bias(parse("h = tanh(b_h)"))


def test_a_state_named_b_is_no_bias() -> None:
    cell = parse("b = tanh(W_b @ x + b_prev)\nh = tanh(b + h_prev)")
    assert without_bias(cell) == cell
