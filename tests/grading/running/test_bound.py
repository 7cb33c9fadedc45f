"""Callables of every kind: what stands behind them, and the name they go by."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from gatedrnn_course.grading.running.bound import name_of, namespace_of, underlying


def gate(x: Any, k: str = "f") -> Any:
    return x


def bare(function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapper(*args: Any) -> Any:
        return function(*args)

    return wrapper


def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
    return functools.wraps(function)(lambda *args: function(*args))


class Cell:
    def __call__(self, x: Any) -> Any:
        return x

    def method(self, x: Any) -> Any:
        return x


circle = bare(gate)
circle.__wrapped__ = circle  # type: ignore[attr-defined]
KINDS = {
    "function": gate,
    "lambda": lambda x: x,
    "partial": functools.partial(gate, k="i"),
    "partial of a partial": functools.partial(functools.partial(gate)),
    "object": Cell(),
    "method": Cell().method,
    "closure": bare(gate),
    "with wraps": wrapped(gate),
    "cached": functools.lru_cache(gate),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_callable_is_found_by_the_name_it_is_bound_to(kind: str) -> None:
    names = {"_": KINDS[kind], "mine": KINDS[kind], "forget_gate": KINDS[kind], "other": print}
    assert name_of(KINDS[kind], [names], "forget_gate".__eq__) == "forget_gate"


@pytest.mark.parametrize("kind", KINDS)
def test_the_names_around_are_those_of_its_module(kind: str) -> None:
    assert namespace_of(KINDS[kind]) is globals()


def test_its_own_name_comes_first_where_it_is_asked_for() -> None:
    names = {"alias": gate, "gate": gate, "forget_gate": gate}
    assert name_of(gate, [names], {"gate", "forget_gate"}.__contains__) == "gate"
    assert name_of(gate, [names], {"forget_gate"}.__contains__) == "forget_gate"
    assert name_of(gate, [names], set[str]().__contains__) == "gate"
    assert name_of(gate, [], {"gate"}.__contains__) == "gate"
    assert name_of(Cell(), [], set[str]().__contains__) == "?"


def test_what_is_not_written_in_python_has_no_names_around() -> None:
    assert underlying(print) is None and namespace_of(print) == {} and namespace_of(3) == {}
    assert underlying(circle) is None
