from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("cut", "text", "words"),
    [
        ("forget gate", "f = tanh(W_f @ x + U_f @ h_prev + b_f)", "The forget gate uses tanh where sigmoid belongs."),
        ("hidden state", "h = o * relu(c)", "The hidden state uses relu where tanh belongs."),
        ("hidden state", "h = o * c", "The hidden state has no tanh around `c`."),
        (
            "forget gate",
            "f = sigmoid(W_f @ x + U_f @ h_prev) + b_f",
            "In the forget gate, `b_f` is added after sigmoid instead of inside it.",
        ),
        ("cell state", "c = tanh(f * c_prev + i * c_tilde)", "The cell state passes through tanh, and should not."),
        (
            "cell state",
            "c = f * tanh(c_prev) + i * c_tilde",
            "In the cell state, `c_prev` passes through tanh, and should not.",
        ),
    ],
)
def test_a_mistake_with_an_activation_is_named(cut: str, text: str, words: str, sentence: Any) -> None:
    assert sentence(cut, text) == words


def test_no_activation_is_put_around_an_activation(sentence: Any) -> None:
    with pytest.raises(KeyError):
        sentence("forget gate", "f = tanh(sigmoid(W_f @ x + U_f @ h_prev + b_f))")
