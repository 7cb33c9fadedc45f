"""What an exception says in a learner's terms."""

from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.grading.exchange.values import Problem
from gatedrnn_course.grading.items import Draw
from gatedrnn_course.grading.judging.errors import named_error, sizes_in_words
from gatedrnn_course.grading.units import load


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature "
            "(n?,k),(k,m?)->(n?,m?) (size 5 is different from 4)",
            "the sizes do not fit: a product @ needs 4 and 5 to be equal.",
        ),
        (
            "mat1 and mat2 shapes cannot be multiplied (3x2 and 4x5)",
            "the sizes do not fit: a product @ needs 4 and 2 to be equal.",
        ),
        (
            "operands could not be broadcast together with shapes (3,2) (2,5) ",
            "the shapes (3, 2) and (2, 5) do not fit: + and * go from the last size to the first, and each must be "
            "equal or 1, as in (B, H) and (H,).",
        ),
        ("something else", ""),
    ],
)
def test_sizes_that_do_not_fit_are_told_in_plain_words(message: str, words: str) -> None:
    assert sizes_in_words(message) == words


@pytest.mark.parametrize(
    ("line", "message", "words"),
    [
        (
            "return max(a, 0)",
            "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()",
            "np.maximum",
        ),
        ("return p.U_2 @ np.diag(s) @ p.U_1", "matmul: (size 4 is different from 3)", "makes a matrix of one vector"),
    ],
)
def test_a_slip_of_numpy_is_told_by_what_to_write(line: str, message: str, words: str) -> None:
    item = load("02").item("residual_jacobian")
    told = named_error(item, Draw("batch", (np.zeros((2, 3)), {})), Problem("raised", "ValueError", message, line))
    assert told is not None
    assert words in str(told)
