"""What an exception says in a learner's terms."""

from __future__ import annotations

import pytest

from gatedrnn_course.grading.judging.errors import sizes_in_words


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
