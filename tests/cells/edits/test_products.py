from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("cut", "text", "words"),
    [
        ("cell state", "c = c_prev + i * c_tilde", "In the cell state, `c_prev` is not multiplied by `f`."),
        ("hidden state", "h = tanh(c)", "In the hidden state, `tanh(c)` is not multiplied by `o`."),
        ("hidden state", "h = o", "In the hidden state, `o` is not multiplied by `tanh(c)`."),
        (
            "cell state",
            "c = f + c_prev + i * c_tilde",
            "In the cell state, `f` and `c_prev` are added instead of multiplied.",
        ),
        ("cell state", "c = (1 - f) * c_prev + i * c_tilde", "In the cell state, `1 - f` stands where `f` belongs."),
        ("mix", "h = z * h_prev + z * h_tilde", "In the hidden state, `z` stands where `1 - z` belongs."),
        (
            "mix",
            "h = (1 - z) * h_prev + z * h_tilde",
            "In the hidden state, `z` and `1 - z` weigh the wrong terms: they are exchanged. "
            "This is the other convention of the literature.",
        ),
        ("hidden state", "h = tanh(o * c)", "In the hidden state, `o` is multiplied inside tanh instead of outside."),
        (
            "forget gate",
            "f = 1 - sigmoid(W_f @ x + U_f @ h_prev + b_f)",
            "The forget gate is one minus what it should be, as with a wrong sign inside sigmoid.",
        ),
        (
            "fraction",
            "h = (f + i) / f * h_prev + i / (f + i) * h_tilde",
            "In the hidden state, the fraction `f / (f + i)` is upside down.",
        ),
        (
            "fraction",
            "h = f * (f + i) * h_prev + i / (f + i) * h_tilde",
            "In the hidden state, `f` is multiplied by `f + i` instead of divided.",
        ),
    ],
)
def test_a_mistake_in_a_product_is_named(cut: str, text: str, words: str, sentence: Any) -> None:
    assert sentence(cut, text) == words


@pytest.mark.parametrize(
    "text",
    [
        "h = z * h_prev + (1 - (1 - z)) * h_tilde",  # a gate inside `1 - ` loses it and gets no second one
        "h = (1 - h_prev) * z + (1 - z) * h_tilde",  # what is no gate has no complement
    ],
)
def test_one_minus_is_offered_only_for_a_gate_and_only_once(text: str, sentence: Any) -> None:
    with pytest.raises(KeyError):
        sentence("mix", text)


@pytest.mark.parametrize(
    ("cut", "text", "words"),
    [
        ("mix", "h = z * h_prev + z * h_tilde", "In the hidden state, `z` stands where `1 - z` belongs."),
        ("mix", "h = (1 - z) * h_prev + (1 - z) * h_tilde", "In the hidden state, `1 - z` stands where `z` belongs."),
        ("hidden state", "h = (1 - o) * tanh(c)", "In the hidden state, `1 - o` stands where `o` belongs."),
    ],
)
def test_a_gate_and_its_complement_are_each_others_mistake(cut: str, text: str, words: str, sentence: Any) -> None:
    assert sentence(cut, text) == words


@pytest.mark.parametrize(
    ("text", "factor"), [("c = (1 - i) * c_prev + i * c_tilde", "1 - i"), ("c = i * c_prev + i * c_tilde", "i")]
)
def test_an_old_state_that_enters_whole_is_not_weighed(text: str, factor: str, sentence: Any) -> None:
    assert sentence("carousel", text) == f"In the cell state, `c_prev` is multiplied by `{factor}`, and should not be."


def test_a_candidate_has_no_second_weight(sentence: Any) -> None:
    with pytest.raises(KeyError):
        sentence("cell state", "c = f * c_prev + f * (i * c_tilde)")
