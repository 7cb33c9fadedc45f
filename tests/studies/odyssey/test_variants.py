"""The nine variants: what each changes, and the parameters that leaves."""

from __future__ import annotations

import pytest

from gatedrnn_course.studies.odyssey.variants import VARIANTS, Change

M, N = 7, 11
A = N * (M + N + 1)
COUNTS = {  # Greff et al. 2017, section III, counted
    "V": 4 * A + 3 * N,
    "NIG": 3 * A + 2 * N,
    "NFG": 3 * A + 2 * N,
    "NOG": 3 * A + 2 * N,
    "NIAF": 4 * A + 3 * N,
    "NOAF": 4 * A + 3 * N,
    "CIFG": 3 * A + 2 * N,
    "NP": 4 * A,
    "FGR": 4 * A + 3 * N + 9 * N**2,
}
LINES = {
    "V": "",
    "CIFG": "f c",
    "FGR": "f i o",
    "NP": "f i o",
    "NOG": "o h",
    "NIAF": "c_tilde",
    "NIG": "i c",
    "NFG": "f c",
    "NOAF": "h",
}


def test_there_are_nine() -> None:
    assert set(VARIANTS) == set(COUNTS)


@pytest.mark.parametrize("name", COUNTS)
def test_parameters(name: str) -> None:
    assert VARIANTS[name].cell.parameter_count(M, N) == COUNTS[name]


@pytest.mark.parametrize("name", LINES)
def test_the_lines_that_change(name: str) -> None:
    assert " ".join(change.line for change in VARIANTS[name].changes) == LINES[name]


def test_a_change_has_both_texts() -> None:
    assert VARIANTS["NIG"].changes == (
        Change("i", "sigmoid(W_i @ x + U_i @ h_prev + P_i * c_prev + b_i)", None),
        Change("c", "f * c_prev + i * c_tilde", "f * c_prev + c_tilde"),
    )
    assert VARIANTS["NOAF"].changes == (Change("h", "o * tanh(c)", "o * c"),)
