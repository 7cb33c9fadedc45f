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
        (
            "cell state",
            "c = sigmoid(f) * c_prev + i * c_tilde",
            "In the cell state, `f` passes through sigmoid, and is a gate already.",
        ),
        (
            "branch",
            "y = relu(U_2 @ (U_1 @ h_prev + b_1) + b_2)",
            "In the residual branch, relu stands around the whole line instead of around `U_1 @ h_prev + b_1` alone.",
        ),
    ],
)
def test_a_mistake_with_an_activation_is_named(cut: str, text: str, words: str, sentence: Any) -> None:
    assert sentence(cut, text) == words


def test_no_activation_is_put_around_an_activation(sentence: Any) -> None:
    with pytest.raises(KeyError):
        sentence("forget gate", "f = tanh(sigmoid(W_f @ x + U_f @ h_prev + b_f))")


@pytest.mark.parametrize(
    ("cut", "text", "words"),
    [
        ("subtracted", "c = tanh(W_c @ x) - b_c", "In the cell state, `b_c` is added after tanh instead of inside it."),
        (
            "subtracted",
            "c = tanh(-b_c) + W_c @ x",
            "In the cell state, `W_c @ x` is added after tanh instead of inside it.",
        ),
        (
            "forget gate",
            "f = sigmoid(W_f @ x + b_f) + U_f @ h_prev",
            "In the forget gate, `U_f @ h_prev` is added after sigmoid instead of inside it.",
        ),
        (
            "cell state",
            "c = sigmoid(f * c_prev + i * c_tilde)",
            "The cell state passes through sigmoid, and should not.",
        ),
        ("hidden state", "h = tanh(o * tanh(c))", "The hidden state passes through tanh, and should not."),
    ],
)
def test_a_term_leaves_any_activation_with_its_own_sign(cut: str, text: str, words: str, sentence: Any) -> None:
    assert sentence(cut, text) == words


@pytest.mark.parametrize(
    ("cut", "text"), [("cell state", "c = tanh(f) * c_prev + i * c_tilde"), ("mix", "h = tanh(z)")]
)
def test_a_gate_is_never_said_to_pass_through_tanh(cut: str, text: str, sentence: Any) -> None:
    with pytest.raises(KeyError):
        sentence(cut, text)
