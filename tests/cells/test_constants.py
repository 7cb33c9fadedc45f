from __future__ import annotations

import pytest

from gatedrnn_course.cells import CellError, parse
from gatedrnn_course.cells.constants import number_of
from gatedrnn_course.cells.language import parse_line


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1 + 2 * 3", 7.0),
        ("-(4 / 8)", -0.5),
        ("sigmoid(0) - 0.5", 0.0),
        ("0 * x", 0.0),
        ("W_h @ (x * 0)", 0.0),
        ("tanh(0 * x)", 0.0),
        ("0 / x", 0.0),
        ("x - x", None),
        ("x + 1", None),
        ("2 * tanh(x)", None),
    ],
)
def test_what_is_always_one_number(text: str, number: float | None) -> None:
    assert number_of(parse_line(f"y = {text}").expr) == number


@pytest.mark.parametrize(
    "text",
    [
        "h = h_prev / 0",
        "h = h_prev / (1 - 1)",
        "h = 1 / 0 + h_prev",
        "h = h_prev / tanh(0 * h_prev)",
        "z = 0 * h_prev\nh = h_prev / z",
        "h = h_prev * (1 / (sigmoid(0) - 0.5))",
    ],
)
def test_a_division_by_zero_is_refused(text: str) -> None:
    with pytest.raises(CellError, match=r"(?s)In the line.*always zero.*Divide by what"):
        parse(text)


def test_a_number_no_engine_can_hold_is_refused() -> None:
    with pytest.raises(CellError, match="too large a number"):
        parse(f"h = h_prev * ({' * '.join(['1000000'] * 9)})")


def test_what_is_zero_without_dividing_is_a_cell() -> None:
    assert parse("h = tanh(0 * h_prev) + 0 / h_prev").states == ("h",)
