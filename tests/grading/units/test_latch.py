from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import catalogue
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load
from gatedrnn_course.grading.units.latch import KEPT, MISTAKES, latch_sequences
from gatedrnn_course.grading.units.parameters import full_parameters


@pytest.fixture
def item() -> Item:
    return load("03").item("latch")


def judged(item: Item, given: Any) -> Any:
    def latch() -> Any:
        return given

    return judge(item, LocalCaller(latch), 5)


def test_a_sequence_writes_once_or_twice_and_then_only_distracts() -> None:
    for seed in range(20):
        xs, wanted = latch_sequences(np.random.default_rng(seed))
        bits, writes = xs[..., 0], xs[..., 1]
        assert set(np.unique(bits)) == {-1.0, 1.0}
        assert (writes[0] == 1).all() and set(writes.sum(axis=0)) == {1.0, 2.0}
        last = len(xs) - 1 - np.argmax(writes[::-1], axis=0)
        assert (wanted == bits[last, np.arange(len(wanted))]).all()
        assert (len(xs) - 1 - last).min() == KEPT
        twice = writes.sum(axis=0) == 2
        assert (bits[0] != wanted)[twice].any()


def test_what_is_left_out_is_zero_and_a_matrix_may_be_a_list() -> None:
    p = full_parameters({"b_f": 3, "W_i": [0.0, 2.0]}, catalogue["LSTM"], "latch")
    assert (p.b_f.shape, p.W_i.shape, p.U_o.shape) == ((1,), (1, 2), (1, 1))
    assert (p.b_f.item(), p.W_i.tolist(), p.U_o.item()) == (3.0, [[0.0, 2.0]], 0.0)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"b_g": 1.0}, "nothing of the name 'b_g'(.|\\n)*Near it: b_"),
        ({"b_f": "ten"}, "`b_f` holds something that is no number"),
        ({"W_f": [1.0, 2.0, 3.0]}, "`W_f` holds 3 numbers, expected are 2"),
    ],
)
def test_parameters_that_do_not_fit_are_told(given: dict[str, Any], says: str) -> None:
    with pytest.raises(CourseError, match=says):
        full_parameters(given, catalogue["LSTM"], "latch")


def test_the_solution_holds_the_bit(item: Item) -> None:
    assert judged(item, item.function()).outcome == "right"  # type: ignore[attr-defined]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.words[:30])
def test_each_mistake_is_named_by_what_the_gates_do(item: Item, mistake: Any) -> None:
    verdict = judged(item, mistake.function())
    assert (verdict.outcome, verdict.mistake) == ("wrong", mistake.words)


@pytest.mark.parametrize("given", [3.0, "text", {"b_g": 1.0}])
def test_what_is_no_set_of_parameters_is_wrong_and_told(item: Item, given: Any) -> None:
    verdict = judged(item, given)
    assert verdict.points == 0
    assert verdict.sentence


@pytest.mark.parametrize("name", ["latch", "lstm_equations"])
def test_an_answer_without_arguments_that_raises_is_told_what_it_raised(name: str) -> None:
    def broken() -> Any:
        raise ZeroDivisionError("by nothing")

    broken.__name__ = name
    verdict = judge(load("03").item(name), LocalCaller(broken), 5)
    assert verdict.outcome == "raised" and "by nothing" in verdict.sentence
