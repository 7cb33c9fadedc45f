"""What only further calls show, each told of a function that does it and of no right one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import catalogue
from gatedrnn_course.grading.items import Draw, Observation, SequenceItem, behaviour
from gatedrnn_course.grading.units import load

GATE, STEP = load("03").item("forget_gate"), load("03").item("lstm_step")
LOOP = SequenceItem("loop", 10, "A loop.", ("one", "two", "three"), cell=catalogue["RNN"])
Function = Callable[..., Any]


def right(x: Any, h_prev: Any, p: Any) -> Any:
    return GATE.reference(x, h_prev, p)


def asks(function: Function) -> Callable[[Draw], Observation]:
    """Calls a function; what it raises gives no value."""

    def ask(draw: Draw) -> Observation:
        try:
            value = function(*draw.args)
        except (ValueError, IndexError):
            return Observation(draw, None)
        return Observation(draw, tuple(map(np.asarray, value if isinstance(value, tuple) else (value,))), value)

    return ask


def observed(function: Function, item: Any = GATE) -> list[Observation]:
    return [asks(function)(draw) for draw in item.draws(np.random.default_rng(0))]


def test_of_a_right_function_nothing_is_told() -> None:
    for item in (GATE, STEP, LOOP):
        seen, ask = observed(item.reference, item), asks(item.reference)
        assert behaviour.handed_back(item, seen) is None
        assert behaviour.unsteady(seen, ask) is None
        assert behaviour.remembers(item, seen) is None
        assert behaviour.uses_the_example(item, ask) is None
        assert behaviour.mixes_rows(item, seen, ask) is None
        assert behaviour.one_vector_only(item, seen, ask) is None
        assert behaviour.depends_on_nothing_of(item, seen, ask) is None


def test_an_argument_or_a_parameter_comes_back() -> None:
    assert "`h_prev` as it came" in str(behaviour.handed_back(GATE, observed(lambda x, h_prev, p: h_prev)))
    assert "`p.b_f` as it came" in str(behaviour.handed_back(GATE, observed(lambda x, h_prev, p: p.b_f)))
    both = str(behaviour.handed_back(STEP, observed(lambda x, h_prev, c_prev, p: (h_prev, c_prev), STEP)))
    assert "`h_prev`, `c_prev` as it came" in both
    assert behaviour.handed_back(GATE, observed(lambda x, h_prev, p: 2 * h_prev)) is None


def test_a_second_call_gives_something_else_and_by_how_much() -> None:
    rng = np.random.default_rng(0)

    def noisy(x: Any, h_prev: Any, p: Any) -> Any:
        return right(x, h_prev, p) + rng.normal()

    told = str(behaviour.unsteady(observed(noisy), asks(noisy)))
    assert "another answer (by up to" in told


@pytest.mark.parametrize(
    ("keep", "words"),
    [(("p",), "the parameters"), (("h_prev",), "`h_prev`"), (("h_prev", "p"), "`h_prev`, the parameters")],
)
def test_what_is_kept_from_the_first_call_of_these_sizes_is_named(keep: tuple[str, ...], words: str) -> None:
    kept: dict[Any, Any] = {}

    def remembering(x: Any, h_prev: Any, p: Any) -> Any:
        old = kept.setdefault((x.shape, h_prev.shape), {"h_prev": h_prev, "p": p})
        return right(x, old["h_prev"] if "h_prev" in keep else h_prev, old["p"] if "p" in keep else p)

    told = behaviour.remembers(GATE, observed(remembering))
    assert told is not None and f"goes on using {words} of an earlier call" in str(told)


def test_a_state_that_an_earlier_call_gave_is_named() -> None:
    kept: dict[Any, Any] = {}

    def remembering(x: Any, h_prev: Any, c_prev: Any, p: Any) -> Any:
        h, c = STEP.reference(x, kept.get(h_prev.shape + x.shape, h_prev), c_prev, p)  # type: ignore[misc]
        kept[h_prev.shape + x.shape] = h
        return h, c

    assert "goes on using `h` of an earlier call" in str(behaviour.remembers(STEP, observed(remembering, STEP)))


def test_the_arrays_of_the_example_are_found() -> None:
    X, _H, P = GATE.example()
    told = behaviour.uses_the_example(GATE, asks(lambda x, h_prev, p: right(X, h_prev, p)))
    assert "uses `x` of the example" in str(told)
    told = behaviour.uses_the_example(GATE, asks(lambda x, h_prev, p: right(x, h_prev, P)))
    assert "uses the parameters of the example" in str(told)


def test_rows_that_meet_are_told_also_along_time() -> None:
    def centred(x: Any, h_prev: Any, p: Any) -> Any:
        return right(x - x.mean(0), h_prev, p)

    assert "depends on the other rows" in str(behaviour.mixes_rows(GATE, observed(centred), asks(centred)))

    def loop(xs: Any, h_0: Any, p: Any) -> Any:
        return LOOP.reference(xs - xs.mean(axis=1, keepdims=True), h_0, p)

    assert "depends on the other rows" in str(behaviour.mixes_rows(LOOP, observed(loop, LOOP), asks(loop)))


def test_right_for_one_vector_only() -> None:
    def vector(x: Any, h_prev: Any, p: Any) -> Any:
        return 1 / (1 + np.exp(-(p.W_f @ x + p.U_f @ h_prev + p.b_f)))

    assert "Right for one vector" in str(behaviour.one_vector_only(GATE, observed(vector), asks(vector)))
    wrong = asks(lambda x, h_prev, p: vector(x, h_prev, p) / 2)
    assert behaviour.one_vector_only(GATE, [wrong(one.draw) for one in observed(vector)], wrong) is None


def test_what_matters_and_is_not_used_is_named() -> None:
    def without(x: Any, h_prev: Any, p: Any) -> Any:
        return np.cos(x @ p.W_f.T + p.b_f)

    told = behaviour.depends_on_nothing_of(GATE, observed(without), asks(without))
    assert str(told) == "Nothing depends on `h_prev`, `p.U_f`."

    def nothing(x: Any, h_prev: Any, p: Any) -> Any:
        return np.ones_like(h_prev)

    assert "on any argument" in str(behaviour.depends_on_nothing_of(GATE, observed(nothing), asks(nothing)))
