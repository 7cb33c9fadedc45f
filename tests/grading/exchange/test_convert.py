"""What a function returned, as a value that travels."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest

from gatedrnn_course.grading.exchange.convert import NotAValue, from_function
from gatedrnn_course.grading.exchange.trees import MAX_TEXT


@pytest.mark.parametrize(
    ("returned", "value"),
    [
        ("f = sigmoid(a)", "f = sigmoid(a)"),
        (np.str_("text"), "text"),
        (["a", "b"], ("a", "b")),
        ({"h": "a", "c": None}, {"h": "a", "c": None}),
        (("a", ("b",)), ("a", ("b",))),
    ],
)
def test_text_is_a_value(returned: Any, value: Any) -> None:
    assert from_function(returned) == value


def test_a_text_is_no_longer_than_what_travels() -> None:
    assert from_function("x" * MAX_TEXT) == "x" * MAX_TEXT
    with pytest.raises(NotAValue, match=f"text of {MAX_TEXT + 1} characters"):
        from_function("x" * (MAX_TEXT + 1))


class Slots:
    __slots__ = ("_hidden", "h")

    def __init__(self) -> None:
        self.h, self._hidden = np.ones(2), 1

    @property
    def c(self) -> Any:
        return np.zeros(2)

    @property
    def broken(self) -> Any:
        raise RuntimeError


class Callable_:
    h = np.ones(2)

    def __call__(self) -> None: ...


@dataclass
class State:
    c: Any
    h: Any


class Named(NamedTuple):
    c: Any
    h: Any


def plain(value: Any) -> Any:
    """A value with arrays as lists, to compare."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    return tuple(map(plain, value)) if isinstance(value, tuple) else value.tolist()


@pytest.mark.parametrize(
    ("returned", "value"),
    [
        (State(1.0, 2.0), {"c": 1.0, "h": 2.0}),
        (SimpleNamespace(h=1.0, name=print), {"h": 1.0}),
        (Slots(), {"h": [1, 1], "c": [0, 0]}),
        (Named(1.0, 2.0), ({"c": 1.0}, {"h": 2.0})),
        (array("d", [1, 2]), [1, 2]),
        (memoryview(np.ones((2, 2))), [[1, 1], [1, 1]]),
        ([array("d", [1, 2]), array("d", [3, 4])], [[1, 2], [3, 4]]),
        (np.ma.masked_array([1.0, 2.0]), [1, 2]),
    ],
)
def test_objects_and_buffers(returned: Any, value: Any) -> None:
    assert plain(from_function(returned)) == value


@pytest.mark.parametrize("returned", [State, np, Callable_(), object(), SimpleNamespace(name=print), b"x", {1, 2}])
def test_other_objects_are_no_values(returned: Any) -> None:
    with pytest.raises(NotAValue, match=type(returned).__name__):
        from_function(returned)
