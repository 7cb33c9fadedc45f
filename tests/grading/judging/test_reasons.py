"""Which of several reasons is told, and what is told of shapes alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.exchange.values import Problem
from gatedrnn_course.grading.items import Draw, Observation
from gatedrnn_course.grading.judging.reasons import Came, only_the_shape, reason_of
from gatedrnn_course.grading.units import load

ITEM = load("03").item("forget_gate")
Function = Callable[..., Any]


def sigmoid(a: Any) -> Any:
    return 1 / (1 + np.exp(-a))


def right(x: Any, h_prev: Any, p: Any) -> Any:
    return sigmoid(x @ p["W_f"].T + h_prev @ p["U_f"].T + p["b_f"])


def came(function: Function, draw: Draw) -> Came:
    try:
        value = np.asarray(function(*draw.args), dtype=float)
    except ValueError as error:
        return Came(Observation(draw, None), False, Problem("raised", "ValueError", str(error)))
    wanted = ITEM.right(draw)
    same = np.shape(value) == np.shape(wanted) and np.allclose(value, wanted)  # type: ignore[arg-type]
    return Came(Observation(draw, (value,), value), bool(same))


def told(function: Function, head: tuple[str, ...] | None = None) -> str:
    outcomes = [came(function, draw) for draw in ITEM.draws(np.random.default_rng(0))]
    found = reason_of(ITEM, outcomes, lambda draw: came(function, draw).seen, head)
    return "" if found is None else found.sentence


def test_without_an_outcome_there_is_no_reason() -> None:
    assert reason_of(ITEM, [], lambda draw: Observation(draw, None), None) is None


def test_an_edit_is_told_before_what_is_odd_about_the_numbers() -> None:
    assert told(lambda x, h_prev, p: np.tanh(x @ p["W_f"].T + h_prev @ p["U_f"].T + p["b_f"])) == (
        "The forget gate uses tanh where sigmoid belongs."
    )
    assert "0.5 times" in told(lambda x, h_prev, p: right(x, h_prev, p) / 2)


def test_what_changes_from_call_to_call_is_told_before_any_edit() -> None:
    rng = np.random.default_rng(0)
    assert "second call" in told(lambda x, h_prev, p: sigmoid(x @ p["W_f"].T) * rng.random())


def test_the_order_of_the_arguments_is_tried_only_where_the_names_are_the_learners_own() -> None:
    def exchanged(x: Any, h_prev: Any, p: Any) -> Any:
        return right(h_prev, x, p)

    square = [draw for draw in ITEM.draws(np.random.default_rng(0)) if draw.kind == "square"]
    mixed = [came(exchanged, draw) for draw in square]

    def ask(draw: Draw) -> Observation:
        return came(exchanged, draw).seen

    own = reason_of(ITEM, mixed, ask, ("h", "a", "p"))
    assert own is not None and "order" in own.sentence
    same = reason_of(ITEM, mixed, ask, ITEM.arguments)
    assert same is not None and "The arguments are taken in the order" not in same.sentence


def outcomes(**wrong: Problem | None) -> list[Came]:
    """One outcome a kind of draw; those named are wrong."""
    draws = {draw.kind: draw for draw in ITEM.draws(np.random.default_rng(0)) if not draw.words}
    return [Came(Observation(draw, None), kind not in wrong, wrong.get(kind)) for kind, draw in draws.items()]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("np.concatenate([x, h], axis=1)", "`axis=-1`, the last axis"),
        ("n = x.shape[1]", "`shape[-1]`, the last size"),
        ("x[:, None]", "`[..., k]`"),
        ("for row in x:", "needs no loop"),
        ("x.T", "`x @ p.W.T` and `axis=-1` are right for both"),
    ],
)
def test_what_is_right_for_batches_only_has_a_hint_from_the_line(line: str, hint: str) -> None:
    words = str(only_the_shape(outcomes(single=Problem("raised", "IndexError", "", line))))
    assert words.startswith("Right for a batch, not for one vector:") and hint in words


def test_what_is_wrong_at_sizes_of_1_only_is_told_so() -> None:
    assert "where all sizes are 1" in str(only_the_shape(outcomes(ones=None)))


def test_what_is_wrong_in_two_ways_is_no_matter_of_shape() -> None:
    assert only_the_shape(outcomes(single=None, ones=None)) is None
    assert only_the_shape(outcomes(batch=None)) is None
    assert only_the_shape(outcomes()) is None
