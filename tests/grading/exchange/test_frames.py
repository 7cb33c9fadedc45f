"""Frames: what goes in comes out, and any other bytes are a BadFrame."""

from __future__ import annotations

import contextlib
import json
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gatedrnn_course.grading.exchange import frames, trees
from gatedrnn_course.grading.exchange.frames import BadFrame

CAP = 1 << 16
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
META = st.dictionaries(st.text(max_size=8), JSON, max_size=4)
ARRAYS = st.sampled_from(sorted(frames.DTYPES)).flatmap(
    lambda code: hnp.arrays(frames.DTYPES[code], hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
)
VALUES = st.recursive(
    st.none() | ARRAYS | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=8).filter(str.isascii), inner, max_size=3)
    ),
    max_leaves=8,
)


def same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, tuple):
        return isinstance(b, tuple) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    return type(a) is type(b) and a == b


def raw(header: object, body: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<4sIQ", b"GRN1", len(text), len(body)) + text + body


@given(META, st.lists(ARRAYS, max_size=5))
def test_round_trip(meta: dict[str, object], arrays: list[Any]) -> None:
    back, others = frames.decode(frames.encode(meta, arrays))
    assert back == meta
    assert all(map(same, arrays, others)) and len(arrays) == len(others)
    assert all(array.flags.writeable and array.flags.owndata | (array.base is not None) for array in others)


@given(VALUES)
def test_values_round_trip(value: Any) -> None:
    arrays: list[Any] = []
    tree = trees.pack(value, arrays)
    meta, back = frames.decode(frames.encode({"v": tree}, arrays))
    assert same(value, trees.unpack(meta["v"], back))


def test_arguments_round_trip() -> None:
    arguments = (np.ones((2, 3)), {"W_f": np.zeros((3, 2)), "b_f": np.ones(3)})
    arrays: list[Any] = []
    tree = trees.pack_arguments(arguments, arrays)
    meta, back = frames.decode(frames.encode({"a": tree}, arrays))
    assert same(arguments, trees.unpack_arguments(meta["a"], back))


def test_big_endian_and_strided_arrays_travel_by_value() -> None:
    given_arrays = [np.arange(6, dtype=">f8").reshape(2, 3).T, np.arange(10)[::3]]
    _, back = frames.decode(frames.encode({}, given_arrays))
    assert all(np.array_equal(a, b) for a, b in zip(given_arrays, back, strict=True))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_frame_or_a_bad_frame(data: bytes) -> None:
    for bytes_ in (data, b"GRN1" + data, raw(data), raw({"m": {}, "a": []}, data)):
        with contextlib.suppress(BadFrame):
            frames.decode(bytes_, cap=CAP)


@given(META, st.lists(ARRAYS, max_size=3), st.data())
def test_a_mutated_frame_is_a_frame_or_a_bad_frame(
    meta: dict[str, object], arrays: list[Any], data: st.DataObject
) -> None:
    frame = bytearray(frames.encode(meta, arrays))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(frame)))
        frame[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    with contextlib.suppress(BadFrame):
        frames.decode(bytes(frame), cap=CAP)


@given(
    st.lists(st.tuples(JSON | st.sampled_from(sorted(frames.DTYPES)), JSON | st.lists(st.integers(-1, 9))), max_size=3)
)
def test_any_header_is_a_frame_or_a_bad_frame(specs: list[Any]) -> None:
    for size in (0, 8, 64):
        with contextlib.suppress(BadFrame):
            frames.decode(raw({"m": {}, "a": specs}, bytes(size)), cap=CAP)


@given(JSON)
def test_any_tree_is_a_value_or_a_bad_frame(tree: object) -> None:
    for unpack in (trees.unpack, trees.unpack_arguments):
        with contextlib.suppress(BadFrame):
            unpack(tree, [np.zeros(1)])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GRN",
        struct.pack("<4sIQ", b"GRN1", 10, 2**60),
        struct.pack("<4sIQ", b"GRN1", 2**31, 0),
        struct.pack("<4sIQ", b"PICK", 2, 0) + b"{}",
        raw(b"[" * 60000),
        raw(b'{"m":{"x":' + b"9" * 5000 + b'},"a":[]}'),
        raw(b'{"m":{"x":NaN},"a":[]}'),
        raw(b'{"m":{},"a":[],"z":1}'),
        raw({"m": [], "a": []}),
        raw({"m": {}, "a": [["O", [1]]]}, bytes(8)),
        raw({"m": {}, "a": [["object", [1]]]}, bytes(8)),
        raw({"m": {}, "a": [["f8", [True]]]}, bytes(8)),
        raw({"m": {}, "a": [["f8", [-1]]]}),
        raw({"m": {}, "a": [["f8", [2**40, 2**40]]]}, bytes(8)),
        raw({"m": {}, "a": [["f8", [0, 2**40]]]}),
        raw({"m": {}, "a": [["u1", [1] * 9]]}, bytes(1)),
        raw({"m": {}, "a": [["f8", [1]]]}, bytes(7)),
        raw({"m": {}, "a": [["f8", [1]]]}, bytes(9)),
        raw({"m": {}, "a": [["b1", [1]]]}, b"\x02"),
        raw({"m": {}, "a": [["u1", [0]]] * (frames.MAX_ARRAYS + 1)}),
        frames.encode({}) + b"x",
    ],
)
def test_refused(data: bytes) -> None:
    with pytest.raises(BadFrame):
        frames.decode(data, cap=CAP)


@pytest.mark.parametrize(
    "tree",
    [
        True,
        1,
        -1,
        "x" * (trees.MAX_TEXT + 1),
        ["x", True],
        1.5,
        [[[[[[[[[[0]]]]]]]]]],
        {"n" * 101: 0},
        [None] * (trees.MAX_NODES + 1),
    ],
)
def test_refused_trees(tree: object) -> None:
    with pytest.raises(BadFrame):
        trees.unpack(tree, [np.zeros(1)])


@pytest.mark.parametrize("array", [np.array(["a"]), np.array([None]), np.array([1j]), np.zeros((1,) * 9)])
def test_arrays_that_do_not_travel(array: Any) -> None:
    with pytest.raises(ValueError, match="cannot travel"):
        frames.encode({}, [array])


def test_what_read_would_refuse_is_not_written() -> None:
    with pytest.raises(ValueError, match="too large"):
        frames.encode({}, [np.zeros(CAP)], cap=CAP)
    with pytest.raises(ValueError, match="header"):
        frames.encode({"x": "y" * frames.HEADER_CAP})
    with pytest.raises(ValueError, match="not JSON compliant"):
        frames.encode({"x": float("nan")})


def test_the_deadline_is_the_streams_and_covers_the_whole_frame() -> None:
    data = frames.encode({"slow": "loris"}, [np.ones(100)])
    given_bytes = 0

    def one_byte(into: memoryview) -> int:
        nonlocal given_bytes
        if given_bytes == 50:
            raise TimeoutError
        into[:1] = data[given_bytes : given_bytes + 1]
        given_bytes += 1
        return 1

    with pytest.raises(TimeoutError):
        frames.read(one_byte)


@pytest.mark.parametrize("character", ["x", "\n", "\x00", "é", "\ud800", "🙂"])
def test_the_longest_text_travels_and_a_longer_one_does_not(character: str) -> None:
    text = character * trees.MAX_TEXT
    meta, back = frames.decode(frames.encode({"v": trees.pack(text, [])}))
    assert trees.unpack(meta["v"], back) == text
    with pytest.raises(ValueError, match="characters"):
        trees.pack(text + "x", [])


def test_a_text_is_no_argument() -> None:
    with pytest.raises(BadFrame):
        trees.unpack_arguments(["x"], [])
