from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.exchange.frames import BadFrame
from gatedrnn_course.grading.exchange.trees import (
    MAX_DEPTH,
    MAX_NAME,
    MAX_NODES,
    MAX_TEXT,
    pack,
    pack_arguments,
    same,
    unpack,
    unpack_arguments,
)

ONE, TWO = np.ones(1), np.zeros((2, 3))


def nested(depth: int) -> Any:
    value: Any = None
    for _ in range(depth):
        value = (value,)
    return value


@pytest.mark.parametrize(
    "value", [None, "text", ONE, (ONE, TWO), {"h": ONE, "more": (TWO, "c", None)}, (), nested(MAX_DEPTH)]
)
def test_a_value_comes_back_as_it_went(value: Any) -> None:
    arrays: list[Any] = []
    assert unpack(pack(value, arrays), arrays) == value


def test_arrays_stand_as_their_places() -> None:
    arrays: list[Any] = []
    assert pack({"h": ONE, "c": (TWO, None)}, arrays) == {"h": 0, "c": [1, None]}
    assert arrays[0] is ONE and arrays[1] is TWO


@pytest.mark.parametrize("value", [nested(MAX_DEPTH + 1), {1: ONE}, {"n" * (MAX_NAME + 1): ONE}, "x" * (MAX_TEXT + 1)])
def test_what_would_not_be_taken_is_not_sent(value: Any) -> None:
    with pytest.raises(ValueError, match=r"nested|name|text"):
        pack(value, [])


@pytest.mark.parametrize("value", [1, 1.5, [ONE], {ONE.shape}, object()])
def test_what_is_no_value_is_not_sent(value: Any) -> None:
    with pytest.raises(TypeError, match="is no value"):
        pack(value, [])


@pytest.mark.parametrize(
    "tree",
    [
        1,
        -1,
        True,
        0.0,
        {"a": 2},
        [0, [1]],
        "x" * (MAX_TEXT + 1),
        {"n" * (MAX_NAME + 1): 0},
        {1: 0},
        (0,),
        [0] * MAX_NODES,
    ],
)
def test_an_untrusted_tree_that_is_none_is_refused(tree: object) -> None:
    with pytest.raises(BadFrame):
        unpack(tree, [ONE])


def test_a_tree_nested_too_deeply_is_refused() -> None:
    tree: Any = 0
    for _ in range(MAX_DEPTH + 1):
        tree = [tree]
    with pytest.raises(BadFrame, match="nested too deeply"):
        unpack(tree, [ONE])


def test_arguments_are_arrays_or_named_arrays() -> None:
    arrays: list[Any] = []
    x, p = unpack_arguments(pack_arguments((ONE, {"W": TWO}), arrays), arrays)
    assert x is ONE
    assert p == {"W": TWO}


def test_an_argument_that_did_not_come_back_is_the_one_that_was_sent() -> None:
    arrays: list[Any] = []
    tree = pack_arguments((None, TWO), arrays)
    assert tree == [None, 0] and arrays == [TWO]
    assert unpack_arguments(tree, arrays, [ONE, ONE]) == (ONE, TWO)
    with pytest.raises(BadFrame):
        unpack_arguments([None, None], arrays, [ONE])


def test_two_arguments_are_the_same_where_every_bit_is() -> None:
    x = np.array([0.0, np.nan])
    assert same(x, x.copy()) and same({"W": x}, {"W": x.copy()})
    for other in (-x, x.astype(np.float32), x[:1], x[None], {"W": x}):
        assert not same(x, other)
    for others in ({}, {"U": x}, {"W": -x}, {"W": x, "U": x}):
        assert not same({"W": x}, others)


@pytest.mark.parametrize("tree", [0, None, {"x": 0}, [None], ["text"], [[0]], [{"W": None}], [{"W": [0]}]])
def test_other_arguments_are_refused(tree: object) -> None:
    with pytest.raises(BadFrame):
        unpack_arguments(tree, [ONE])


@pytest.mark.parametrize("index", [True, False, 1.0, -1, 2, "x" * 4001, b"0"], ids=lambda one: repr(one)[:9])
def test_what_only_looks_like_an_index_or_a_text_is_refused(index: object) -> None:
    with pytest.raises(BadFrame):
        unpack(index, [np.zeros(1), np.zeros(1)])
