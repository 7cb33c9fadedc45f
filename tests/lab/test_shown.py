from __future__ import annotations

import pytest

from gatedrnn_course.lab.shown import shown


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1.00"), (0.125, "0.13"), (-0.001, "0.00"), (-0.0, "0.00"), (-0.25, "-0.25"), (12.345, "12.35")],
)
def test_two_decimals_a_half_rounded_up_and_no_minus_before_zero(value: float, text: str) -> None:
    assert shown(value) == text
