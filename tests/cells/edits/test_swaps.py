from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("cut", "text", "words"),
    [
        (
            "output gate",
            "o = sigmoid(W_o @ x + U_o @ h_prev + P_o * h_prev + b_o)",
            "The output gate uses `h_prev` where `c` belongs.",
        ),
        ("forget gate", "f = sigmoid(W_i @ x + U_f @ h_prev + b_f)", "The forget gate uses p.W_i where p.W_f belongs."),
        ("forget gate", "f = sigmoid(U_f @ x + U_f @ h_prev + b_f)", "The forget gate uses p.U_f where p.W_f belongs."),
        (
            "output gate",
            "o = sigmoid(W_o @ x + U_o @ h_prev + P_o * c + P_o)",
            "The output gate uses p.P_o where p.b_o belongs.",
        ),
        (
            "forget gate",
            "f = sigmoid(W_i @ x + U_i @ h_prev + b_i)",
            "The forget gate is computed with the parameters of the input gate: W_i, U_i, b_i for W_f, U_f, b_f.",
        ),
        (
            "forget gate",
            "f = sigmoid(U_f @ x + W_f @ h_prev + b_f)",
            "In the forget gate, `W_f` and `U_f` are exchanged.",
        ),
        (
            "forget gate",
            "f = sigmoid(W_f @ h_prev + U_f @ x + b_f)",
            "In the forget gate, `x` and `h_prev` are exchanged.",
        ),
        ("cell state", "c = i * c_prev + f * c_tilde", "In the cell state, `f` and `i` are exchanged."),
        (
            "branch",
            "y = U_2 @ relu(U_1 @ h_prev + b_2) + b_1",
            "In the residual branch, `b_1` and `b_2` are exchanged.",
        ),
    ],
)
def test_one_name_for_another_is_named(cut: str, text: str, words: str, sentence: Any) -> None:
    assert sentence(cut, text) == words
