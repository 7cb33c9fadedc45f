"""Outputs of another form: which is missing, what came instead."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.judging.forms import another_form, outputs_of, read_outputs

H, C, F = (np.arange(6.0).reshape(2, 3) + k for k in range(3))
NAMES = ("h", "c")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "`step` returns nothing: `return h, c` is missing at its end."),
        ("h, c", "`step` returns a str, expected is an array of numbers."),
        (H, "`step` returns only `h`: `c` is missing. Return all: `return h, c`."),
        (C, "`step` returns only `c`: `h` is missing. Return all: `return h, c`."),
        (F, "`step` returns one array where 2 are wanted: `return h, c`."),
        ((H, C, F), "`step` returns 3 values where 2 are wanted. Leave the others out: `return h, c`."),
        ((H,), "`step` returns 1 values where 2 are wanted, and `c` is missing: `return h, c`."),
        (
            (H, (H, C)),
            "`step` returns its values nested, one inside the other. Return them side by side: `return h, c`.",
        ),
        ((H, None), "`step` returns None in place of `c`."),
        (("h", C), "`step` returns a str in place of `h`."),
        ({"h": H, "C": C}, "`step` returns values by name, and `c` is missing: the names are h, C; h, c are wanted."),
        ({"h": H, "c": None}, "`step` returns `c` by name, and it is no array of numbers."),
    ],
)
def test_two_outputs(value: Any, words: str) -> None:
    assert read_outputs(value, (H, C), NAMES) is None
    assert str(another_form("step", value, (H, C), NAMES)) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ((H[0], H[1]), "returns its rows one by one"),
        ((H[0], H[1][:2]), "returns rows of different lengths"),
        ((C, H), "returns 2 values; only `h` is wanted, which is number 2 of them."),
        ((C, F), "returns 2 values where one array is wanted, h."),
        ({"f": H}, "and `h` is missing: the names are f"),
    ],
)
def test_one_output(value: Any, words: str) -> None:
    assert read_outputs(value, H, ("h",)) is None
    assert words in str(another_form("gate", value, H, ("h",)))


def test_what_is_printed_and_not_returned() -> None:
    assert "prints, but returns nothing" in str(another_form("step", None, (H, C), NAMES, printed=True))


def test_parts_that_say_their_names_are_found_by_them() -> None:
    h, c = outputs_of(({"c": C}, {"h": H}), NAMES) or ()
    assert h is H and c is C
    hidden, cell = outputs_of(({"hidden": H}, {"cell": C}), NAMES) or ()
    assert hidden is H and cell is C
