"""Properties of wrong values: each is named for what it is, and right values have none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.items.oddities import Values, odd, odd_in_all
from gatedrnn_course.text import set_language

RNG = np.random.default_rng(3)
A = RNG.normal(0, 3, (5, 4))
STATE = RNG.normal(0, 3, (5, 4))


def sigmoid(a: Any) -> Any:
    return 1 / (1 + np.exp(-a))


def softmax(a: Any, axis: int = -1) -> Any:
    e = np.exp(a)
    return e / e.sum(axis, keepdims=True)


def norm(a: Any, axis: int) -> Any:
    return (a - a.mean(axis, keepdims=True)) / np.sqrt(a.var(axis, keepdims=True) + 1e-5)


GATE: dict[str, tuple[Callable[[Any], Any], str]] = {
    "softmax": (softmax, "adds up to 1 over the units: that is a softmax"),
    "softmax of the batch": (lambda a: softmax(a, 0), "adds up to 1 over the rows of the batch"),
    "softmax of stacked gates": (
        lambda a: softmax(np.concatenate([a, np.cos(a), a**2 / 9], -1))[:, :4],
        "softmax over more than its own units",
    ),
    "keras' hard sigmoid": (
        lambda a: np.clip(0.2 * a + 0.5, 0, 1),
        "straight pieces, `0.2 a + 0.5` cut off at 0 and 1",
    ),
    "torch's hard sigmoid": (lambda a: np.clip(a / 6 + 0.5, 0, 1), "straight pieces, `0.167 a + 0.5`"),
    "clipped": (lambda a: np.clip(a, -1, 1), "straight pieces, `a` cut off at -1 and 1"),
    "leaky": (lambda a: np.where(a > 0, a, 0.03 * a), "0.03 times the sum where that is negative: a leaky relu"),
    "relu": (lambda a: np.maximum(a, 0), "passes through relu, where sigmoid belongs"),
    "brackets": (lambda a: 1 / 1 + np.exp(-a), "computed as `1 / 1 + exp(-a)`; right is `1 / (1 + exp(-a))`"),
    "sign": (lambda a: 1 / (1 + np.exp(a)), "computed as `1 / (1 + exp(a))`"),
    "twice": (lambda a: sigmoid(sigmoid(a)), "passes through sigmoid twice"),
    "tanh first": (lambda a: sigmoid(np.tanh(a)), "passes through tanh and then through sigmoid"),
    "softplus": (lambda a: np.log(1 + np.exp(a)), "passes through softplus, where sigmoid belongs"),
    "bias": (lambda a: sigmoid(a + 1), "that of a sum larger by 1"),
    "temperature": (lambda a: sigmoid(a / 2), "inside the sigmoid of `f` is multiplied by 0.5"),
    "nothing": (lambda a: a, "there is no sigmoid around the sum"),
    "too large": (lambda a: sigmoid(a) + np.sin(a), "must lie between 0 and 1"),
}


@pytest.mark.parametrize("case", GATE)
def test_activations(case: str) -> None:
    function, words = GATE[case]
    found = odd(function(A), sigmoid(A), A, "f")
    assert found is not None and words in found.sentence


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda a: (np.exp(a) - np.exp(-a)) / np.exp(a) + np.exp(-a), "`(exp(a) - exp(-a)) / exp(a) + exp(-a)`"),
        (lambda a: np.where(a > 0, a, 0.01 * a), "leaky relu, where tanh belongs"),
        (lambda a: np.clip(a, -1, 1), "`a` cut off at -1 and 1"),
        (lambda a: np.tanh(np.tanh(a)), "through tanh twice"),
        (sigmoid, "passes through sigmoid, where tanh belongs"),
        (lambda a: a / (1 + np.abs(a)), "softsign"),
    ],
)
def test_activations_of_a_candidate(function: Any, words: str) -> None:
    found = odd(function(A), np.tanh(A), A, "c_tilde")
    assert found is not None and words in found.sentence


STATES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "float16": (lambda c: c.astype(np.float16), "float16 precision: about 3 digits are right"),
    "float16 inside": (lambda c: c.astype(np.float16).astype(float), "float16 precision"),
    "rounded": (lambda c: np.round(c, 3), "rounded to 3 digits"),
    "whole": (lambda c: np.round(c), "rounded to 0 digits"),
    "int": (lambda c: c.astype(int), "holds whole numbers"),
    "int as float": (lambda c: np.trunc(c), "holds whole numbers"),
    "bool": (lambda c: c > 0, "True and False"),
    "transposed": (lambda c: c.T, "is transposed"),
    "reshaped": (lambda c: c.T.reshape(c.shape), "reshaped where it should be transposed"),
    "flat": (lambda c: c.ravel(), "in the shape (20,); (5, 4) is right"),
    "reversed": (lambda c: c[:, ::-1], "units of `c` stand in reverse order"),
    "rows reversed": (lambda c: c[::-1], "rows of the batch of `c` stand in reverse order"),
    "permuted": (lambda c: c[:, [1, 0, 3, 2]], "units of `c` stand in another order"),
    "rolled": (lambda c: np.roll(c, 1, 0), "rows of the batch of `c` are shifted by 1"),
    "factor": (lambda c: 0.9 * c, "is 0.9 times what it should be"),
    "half": (lambda c: c / 2, "is 0.5 times what it should be"),
    "offset": (lambda c: c + 0.1, "is larger by 0.1 everywhere"),
    "zeros": (np.zeros_like, "is 0 everywhere"),
    "ones": (np.ones_like, "is 1 everywhere"),
    "nan": (lambda c: c * np.nan, "is nan everywhere"),
    "some inf": (lambda c: np.where(c > 0, c, np.inf), "not finite"),
    "first row": (lambda c: c[:1], "Only the first of the rows of the batch is used"),
    "first row for all": (lambda c: np.tile(c[0], (5, 1)), "Of the rows of the batch, `c` holds the first everywhere"),
    "first row, then zeros": (lambda c: c * (np.arange(5) == 0)[:, None], "only the first of `c` is computed"),
    "last row missing": (lambda c: c * (np.arange(5) < 4)[:, None], "the last of `c` is never computed"),
    "summed": (lambda c: c.sum(-1), "summed over units"),
    "averaged": (lambda c: np.tile(c.mean(0), (5, 1)), "averaged over rows of the batch"),
    "clipped": (lambda c: np.clip(c, -2, 2), "cut off at -2 and 2"),
    "clipped above": (lambda c: np.minimum(c, 2), "cut off above 2"),
    "no negatives": (lambda c: np.maximum(c, 0), "passes through relu"),
    "layer norm": (lambda c: norm(c, -1), "mean 0 and spread 1 over the units"),
    "batch norm": (lambda c: norm(c, 0), "mean 0 and spread 1 over the rows of the batch"),
    "centred": (lambda c: c - c.mean(0), "its mean over the rows of the batch is subtracted"),
    "length 1": (lambda c: c / np.linalg.norm(c, axis=-1, keepdims=True), "scaled to length 1 over the units"),
    "sign": (lambda c: -c, "wrong sign"),
    "tanh": (np.tanh, "passes through tanh once more"),
}


@pytest.mark.parametrize("case", STATES)
def test_values(case: str) -> None:
    function, words = STATES[case]
    found = odd(function(STATE), STATE, None, "c")
    assert found is not None and words in found.sentence


def test_a_factor_made_of_a_size_is_told_apart_from_a_number() -> None:
    states = [RNG.normal(size=shape) for shape in ((3, 4), (2, 5))]
    by_size = odd_in_all([Values(s / np.sqrt(s.shape[-1]), s) for s in states], "h")
    assert by_size is not None and "multiplied by 1 / sqrt(H)" in by_size.sentence
    by_batch = odd_in_all([Values(s / len(s), s) for s in states], "h")
    assert by_batch is not None and "multiplied by 1 / B" in by_batch.sentence


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_right_values_have_nothing_odd(dtype: Any) -> None:
    assert odd(sigmoid(A).astype(dtype), sigmoid(A), A) is None
    assert odd(STATE.astype(dtype), STATE) is None


def test_other_wrong_values_have_nothing_odd() -> None:
    assert odd(np.cos(STATE) * STATE**2 + RNG.normal(size=STATE.shape), STATE) is None


def test_one_property_must_hold_on_every_draw() -> None:
    other = RNG.normal(size=(3, 4))
    assert odd_in_all([Values(0.5 * STATE, STATE), Values(other.T, other)]) is None
    found = odd_in_all([Values(np.clip(STATE, -2, 2), STATE), Values(other / 9, other / 9)])
    assert found is not None and "cut off at -2 and 2" in found.sentence


def test_the_sentence_can_be_counted_in_english() -> None:
    found = odd(-STATE, STATE, None, "c")
    assert found is not None and found.key == found.sentence == "`c` has the wrong sign."
    set_language("xx")
    try:
        assert found.sentence == found.key
    finally:
        set_language("en")
