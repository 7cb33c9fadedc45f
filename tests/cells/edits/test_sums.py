from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("cut", "text", "words"),
    [
        ("forget gate", "f = sigmoid(W_f @ x + U_f @ h_prev)", "The forget gate has no bias: `b_f` is missing."),
        (
            "forget gate",
            "f = sigmoid(U_f @ h_prev + b_f)",
            "The forget gate does not look at the input: `W_f @ x` is missing.",
        ),
        (
            "forget gate",
            "f = sigmoid(W_f @ x + b_f)",
            "The forget gate does not look at the hidden state: `U_f @ h_prev` is missing.",
        ),
        (
            "output gate",
            "o = sigmoid(W_o @ x + U_o @ h_prev + b_o)",
            "The output gate has no peephole: `P_o * c` is missing.",
        ),
        ("cell state", "c = f * c_prev", "In the cell state, `i * c_tilde` is missing."),
        (
            "forget gate",
            "f = sigmoid(W_f @ x + U_f @ h_prev - b_f)",
            "In the forget gate, `b_f` is subtracted instead of added.",
        ),
        ("mix", "h = z * h_prev + (1 + z) * h_tilde", "In the hidden state, `z` is added instead of subtracted."),
        ("forget gate", "f = sigmoid(W_f @ x + U_f @ h_prev + b_f + b_f)", "In the forget gate, `b_f` counts twice."),
        (
            "cell state",
            "c = f * c_prev * (i * c_tilde)",
            "In the cell state, `f * c_prev` and `i * c_tilde` are multiplied instead of added.",
        ),
        (
            "cell state",
            "c = f * (c_prev + i * c_tilde)",
            "In the cell state, `f` multiplies the whole sum instead of `c_prev` alone: check the brackets.",
        ),
    ],
)
def test_a_mistake_in_a_sum_is_named(cut: str, text: str, words: str, sentence: Any) -> None:
    assert sentence(cut, text) == words


def test_a_difference_is_not_called_a_sum(sentence: Any) -> None:
    """`1 * z` stands where `1 - z` belongs: multiplied instead of subtracted."""
    assert "subtracted" in sentence("mix", "h = z * h_prev + 1 * z * h_tilde")


@pytest.mark.parametrize(
    ("text", "factor", "rest"),
    [
        ("c = f * (c_prev + i * c_tilde)", "f", "c_prev"),
        ("c = c_prev * (f + i * c_tilde)", "c_prev", "f"),
        ("c = i * (f * c_prev + c_tilde)", "i", "c_tilde"),
        ("c = c_tilde * (f * c_prev + i)", "c_tilde", "i"),
    ],
)
def test_any_factor_of_any_term_may_be_taken_for_one_of_the_whole_sum(
    text: str, factor: str, rest: str, sentence: Any
) -> None:
    words = f"In the cell state, `{factor}` multiplies the whole sum instead of `{rest}` alone: check the brackets."
    assert sentence("cell state", text) == words
