"""What a function returned, as a value that travels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.exchange.convert import NotAValue, from_function
from gatedrnn_course.grading.exchange.trees import MAX_TEXT


@pytest.mark.parametrize(
    ("returned", "value"),
    [
        ("f = sigmoid(a)", "f = sigmoid(a)"),
        (np.str_("text"), "text"),
        (["a", "b"], ("a", "b")),
        ({"h": "a", "c": None}, {"h": "a", "c": None}),
        (("a", ("b",)), ("a", ("b",))),
    ],
)
def test_text_is_a_value(returned: Any, value: Any) -> None:
    assert from_function(returned) == value


def test_a_text_is_no_longer_than_what_travels() -> None:
    assert from_function("x" * MAX_TEXT) == "x" * MAX_TEXT
    with pytest.raises(NotAValue, match=f"text of {MAX_TEXT + 1} characters"):
        from_function("x" * (MAX_TEXT + 1))
