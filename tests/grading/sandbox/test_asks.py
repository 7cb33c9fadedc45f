"""Questions of a child to the judge's own functions: every bad one fails in the child, and takes no memory here."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if os.name != "posix":
    pytest.skip("a sandbox needs a POSIX system", allow_module_level=True)

import resource

from gatedrnn_course.grading.exchange import frames
from gatedrnn_course.grading.exchange.frames import BadFrame
from gatedrnn_course.grading.exchange.trees import pack
from gatedrnn_course.grading.running import memory
from gatedrnn_course.grading.running.course import course_function
from gatedrnn_course.grading.sandbox import asks
from gatedrnn_course.grading.sandbox.asks import MOST_NUMBERS, Asks
from gatedrnn_course.grading.units import UNITS, find_item, load

GATE = find_item("forget_gate")[1]
SECONDS = 20.0


def answer(name: object = "f", *args: Any, function: Any = lambda *a: a, earlier: object = False, **named: Any) -> Any:
    """What the judge says to a question about `f`."""
    made = Asks(1 << 20)
    made.replaced, made.offered = {"f": function}, {"e": function}
    arrays: list[Any] = []
    meta = {"ask": name, "args": pack(args, arrays), "named": pack(named, arrays), "earlier": earlier}
    return made.answer(meta, arrays, time.monotonic() + SECONDS)


def raised(*args: Any, **options: Any) -> str:
    meta, arrays = answer(*args, **options)
    assert arrays == [] and list(meta) == ["raised"]
    return str(meta["raised"])


def test_an_ordinary_question_has_its_answer() -> None:
    meta, arrays = answer("f", np.arange(3.0), {"W_f": np.ones((2, 2))})
    assert meta == {"value": [0, {"W_f": 1}]} and arrays[0].tolist() == [0, 1, 2]


@pytest.mark.parametrize("item", [item for number in UNITS for item in load(number).items], ids=lambda item: item.name)
def test_no_items_own_inputs_come_near_the_limit(item: Any) -> None:
    for draw in item.draws(np.random.default_rng(0)):
        assert 100 * asks._numbers((*draw.args, *draw.hidden)) < MOST_NUMBERS


def test_as_many_numbers_as_allowed_are_taken_and_one_more_is_not() -> None:
    half = np.zeros(MOST_NUMBERS // 2, np.uint8)
    assert "value" in answer("f", half, {"a": half}, function=lambda *a: np.zeros(1))[0]
    assert "262144 numbers" in raised("f", half, {"a": half}, np.zeros(1))
    assert "262144 numbers" in raised("f", half, a=(half, np.zeros(1)))
    meta = {"ask": "f", "args": [0, 0, 0], "named": {}}  # one array in three places
    made = Asks(1 << 20)
    made.replaced = {"f": lambda *a: a}
    assert "numbers" in str(made.answer(meta, [half], time.monotonic() + SECONDS)[0]["raised"])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit on memory holds on Linux")
@pytest.mark.parametrize("length", [1 << 16, 1 << 17])
def test_small_arguments_that_make_a_large_product_fail_before_it_is_made(length: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    limits = resource.getrlimit(resource.RLIMIT_AS)
    column, row = np.zeros((length, 1)), np.zeros((1, length))
    assert "Unable to allocate" in raised("f", column, row, function=lambda a, b: a * b)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1 << 18  # KiB
    assert resource.getrlimit(resource.RLIMIT_AS) == limits


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit on memory holds on Linux")
def test_an_answer_takes_no_more_memory_than_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "A_THREAD", 0)
    monkeypatch.setattr(asks, "MEMORY", 64 << 20)
    assert "Unable to allocate" in raised("f", function=lambda: np.empty(128 << 17).sum())
    assert "value" in answer("f", function=lambda: np.ones(1 << 20).sum())[0]


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda: np.zeros((1,) * 9), "9 axes cannot travel"),
        (lambda: np.zeros(1 << 18), "too large"),
        (lambda: tuple(np.zeros(1) for _ in range(300)), "too many arrays"),
        (lambda: {"x" * 90 + str(k): np.zeros((1,) * 8) for k in range(250)}, ""),
        (lambda: {"x" * 200: np.zeros(1)}, "name"),
        (lambda: object(), "object"),
        (lambda: 1 / 0, "ZeroDivisionError"),
        (lambda: "x" * 5000, "5000"),
        (lambda: np.array(["a"]), "ndarray"),
        (lambda: [].append(...) or (_ for _ in ()).throw(RecursionError("deep")), "RecursionError"),
    ],
)
def test_an_answer_that_cannot_travel_is_an_exception_of_the_childs(function: Any, words: str) -> None:
    meta, arrays = answer("f", function=function)
    frames.encode({**meta, "id": 7}, arrays, cap=1 << 20)
    assert words in str(meta.get("raised", ""))


@pytest.mark.parametrize("name", ["hidden", "e", "", None, 0, ["f"], {"f": "f"}, True])
def test_a_question_about_anything_else_is_no_frame(name: object) -> None:
    with pytest.raises(BadFrame):
        answer(name)


@pytest.mark.parametrize("name", ["f", "hidden", "", None, 0, ["e"]])
def test_an_earlier_function_that_is_not_offered_raises_in_the_child(name: object) -> None:
    assert "earlier units only" in raised(name, earlier=True)
    assert "value" in answer("e", earlier=True)[0]


@pytest.mark.parametrize("flag", [1, "True", [True], None])
def test_only_true_is_earlier(flag: object) -> None:
    with pytest.raises(BadFrame):
        answer("e", earlier=flag)


def test_a_question_that_is_answered_too_late_is_the_answers_own_time() -> None:
    made = Asks(1 << 20)

    def slow() -> None:
        while True:
            pass

    made.replaced = {"f": slow}
    with pytest.raises(TimeoutError):
        made.answer({"ask": "f", "args": []}, [], time.monotonic() + 0.05)


SIDES = st.lists(st.sampled_from([0, 1, 2, 3, 7, 64]), max_size=8)
TYPES = st.sampled_from(sorted(frames.DTYPES))
ARRAYS = st.builds(lambda shape, code: np.zeros(shape[:3], frames.DTYPES[code]), SIDES, TYPES)
PARAMS = st.dictionaries(st.sampled_from(["W_f", "U_f", "b_f", "", "__class__", "items"]), ARRAYS, max_size=4)
VALUES = st.one_of(ARRAYS, PARAMS, st.text(max_size=5), st.none(), st.tuples(ARRAYS, ARRAYS))


@settings(max_examples=150, deadline=None)
@given(st.lists(VALUES, max_size=4), st.dictionaries(st.sampled_from(["x", "p", "back", "self"]), VALUES, max_size=2))
def test_whatever_is_asked_of_a_real_item_the_answer_can_be_sent(given_: list[Any], named: dict[str, Any]) -> None:
    meta, arrays = answer("f", *given_, function=course_function(GATE), **named)
    assert set(meta) <= {"value", "raised"} and len(meta) == 1
    frames.decode(frames.encode({**meta, "id": 7}, arrays, cap=1 << 20))


def test_of_a_long_exception_the_beginning_is_told() -> None:
    def loud() -> None:
        raise ValueError("x" * 9000)

    assert raised("f", function=loud) == "ValueError: " + "x" * 988
