"""Each limit of a frame, by a frame that breaks this one alone: refused, and before anything large is allocated."""

from __future__ import annotations

import json
import struct
import tracemalloc
from collections import Counter
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.exchange import frames, trees
from gatedrnn_course.grading.exchange.frames import BadFrame, Ended

HEAD = struct.Struct("<4sIQ")
EMPTY = b'{"m":{},"a":[]}'


def frame(
    header: object = EMPTY, body: bytes = b"", *, magic: bytes = b"GRN1", says_header: int = -1, says_body: int = -1
) -> bytes:
    """A frame from its parts; the lengths it says may be other than those it has."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    lengths = (len(text) if says_header < 0 else says_header, len(body) if says_body < 0 else says_body)
    return HEAD.pack(magic, *lengths) + text + body


def one(code: str, shape: list[Any], body: bytes = b"") -> bytes:
    return frame({"m": {}, "a": [[code, shape]]}, body)


class Stream:
    """Bytes as a pipe gives them, in pieces; it counts how many were asked for."""

    def __init__(self, data: bytes, piece: int = 1 << 30) -> None:
        self.data, self.piece, self.at = data, piece, 0

    def __call__(self, into: memoryview) -> int:
        n = min(len(into), len(self.data) - self.at, self.piece)
        into[:n] = self.data[self.at : self.at + n]
        self.at += n
        return n


@pytest.mark.parametrize("piece", [1, 3, 1 << 20])
def test_a_frame_may_come_in_any_pieces_and_the_next_one_follows_it(piece: int) -> None:
    stream = Stream(frames.encode({"k": 1}, [np.arange(3)]) + frames.encode({"k": 2}), piece)
    first, second = frames.read(stream), frames.read(stream)
    assert (first[0], first[1][0].tolist(), second) == ({"k": 1}, [0, 1, 2], ({"k": 2}, []))
    with pytest.raises(Ended):
        frames.read(stream)


WHOLE = frames.encode({"m": "x"}, [np.arange(4.0)])


@pytest.mark.parametrize("cut", range(1, len(WHOLE)))
@pytest.mark.parametrize("piece", [5, 1 << 20])
def test_a_cut_frame_is_bad_and_not_the_end(cut: int, piece: int) -> None:
    with pytest.raises(BadFrame) as told:
        frames.read(Stream(WHOLE[:cut], piece))
    assert not isinstance(told.value, Ended)


def test_the_end_between_frames_is_the_end() -> None:
    with pytest.raises(Ended):
        frames.read(Stream(b""))


@pytest.mark.parametrize("magic", [b"GRN2", b"grn1", b"\0\0\0\0", b"1NRG"])
def test_any_other_magic_is_refused_though_the_rest_is_a_frame(magic: bytes) -> None:
    assert frames.decode(frame()) == ({}, [])
    with pytest.raises(BadFrame):
        frames.decode(frame(magic=magic))


def test_the_longest_header_is_read_and_one_byte_more_is_not() -> None:
    longest = frames.HEADER_CAP
    assert longest == 64 << 10
    padded = b'{"m":{},"a":[]' + b" " * (longest - len(EMPTY)) + b"}"
    assert frames.decode(frame(padded)) == ({}, [])
    with pytest.raises(BadFrame):
        frames.decode(frame(padded[:-1] + b" }"))


def test_the_longest_header_is_written_and_one_letter_more_is_not() -> None:
    room = frames.HEADER_CAP - len(b'{"m":{"x":""},"a":[]}')
    assert frames.decode(frames.encode({"x": "y" * room}))[0] == {"x": "y" * room}
    with pytest.raises(ValueError, match="header"):
        frames.encode({"x": "y" * (room + 1)})


@pytest.mark.parametrize("cap", [8, 64, 1 << 10])
def test_the_largest_body_is_read_and_one_number_more_is_not(cap: int) -> None:
    assert frames.decode(frames.encode({}, [np.ones(cap // 8)]), cap=cap)[1][0].sum() == cap // 8
    with pytest.raises(BadFrame):
        frames.decode(frames.encode({}, [np.ones(cap // 8 + 1)]), cap=cap)
    with pytest.raises(BadFrame):  # two arrays that only together are too large
        frames.decode(frames.encode({}, [np.ones(cap // 8), np.ones(1)]), cap=cap)
    with pytest.raises(ValueError, match="too large"):
        frames.encode({}, [np.ones(cap // 8), np.ones(1)], cap=cap)


@pytest.mark.parametrize(("header", "body"), [(frames.HEADER_CAP + 1, 0), (2**32 - 1, 0), (2, frames.BODY_CAP + 1)])
def test_lengths_beyond_the_caps_are_refused_before_a_byte_of_them_is_read_or_kept(header: int, body: int) -> None:
    stream = Stream(frame(says_header=header, says_body=body) + bytes(100))
    tracemalloc.start()
    try:
        with pytest.raises(BadFrame):
            frames.read(stream)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert stream.at == HEAD.size
    assert most < 1 << 16


@pytest.mark.parametrize(
    "shape",
    [
        [1 << 13],  # as many bytes as the cap allows, and the body holds none of them
        [1 << 14],  # one array beyond the cap
        [1 << 7, 1 << 7, 0],  # nothing in it, and a shape that says much
        [0, 1 << 17],  # one side beyond the cap
    ],
)
def test_an_array_that_says_more_than_there_is_is_refused_before_it_is_made(shape: list[int]) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(BadFrame):
            frames.decode(one("f8", shape), cap=1 << 16)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1 << 15


def test_as_many_elements_as_fit_are_read() -> None:
    assert frames.decode(one("u1", [1 << 16], bytes(1 << 16)), cap=1 << 16)[1][0].shape == (1 << 16,)
    assert frames.decode(one("f8", [1 << 6, 1 << 7, 0]), cap=1 << 16)[1][0].shape == (64, 128, 0)
    assert frames.decode(one("u1", [1] * 8, b"\1"))[1][0].ndim == 8


@pytest.mark.parametrize("count", [frames.MAX_ARRAYS, frames.MAX_ARRAYS + 1])
def test_the_most_arrays_are_read_and_one_more_is_not(count: int) -> None:
    data = frame({"m": {}, "a": [["u1", [1]]] * count}, bytes(count))
    if count > frames.MAX_ARRAYS:
        with pytest.raises(BadFrame):
            frames.decode(data)
        with pytest.raises(ValueError, match="too many"):
            frames.encode({}, [np.ones(1)] * count)
    else:
        assert len(frames.decode(data)[1]) == count


@pytest.mark.parametrize("code", ["f16", "O", "U1", "S1", "c16", "M8", "V8", ">f8", "<f8", "float64", ""])
def test_no_other_type_is_known(code: str) -> None:
    with pytest.raises(BadFrame):
        frames.decode(one(code, [1], bytes(8)))


def test_arrays_share_no_memory_with_the_buffer_or_each_other() -> None:
    data = bytearray(frames.encode({}, [np.arange(3.0), np.arange(3.0)]))
    first, second = frames.decode(bytes(data))[1]
    first[:] = 7.0
    assert second.tolist() == [0, 1, 2]
    assert not np.shares_memory(first, second)
    for array in (first, second):
        base = array
        while isinstance(base.base, np.ndarray):
            base = base.base
        assert base.base is None and base.nbytes == array.nbytes  # it owns its numbers, and no more than them


@pytest.mark.parametrize("byte", [2, 255])
def test_a_truth_value_is_0_or_1(byte: int) -> None:
    assert frames.decode(one("b1", [2], b"\0\1"))[1][0].tolist() == [False, True]
    with pytest.raises(BadFrame):
        frames.decode(one("b1", [2], bytes([1, byte])))


def test_damaged_frames_end_in_one_of_three_ways_and_all_three_happen() -> None:
    """Every byte of a frame flipped, cut and doubled: counted, so that a check that falls silent is seen."""
    whole = frames.encode({"call": "f"}, [np.arange(2.0), np.array([True])])
    header = len(whole) - 17
    outcomes: Counter[str] = Counter()
    for k in range(len(whole)):
        for damaged in (whole[:k] + bytes([whole[k] ^ 0x55]) + whole[k + 1 :], whole[:k], whole[: k + 1] + whole[k:]):
            try:
                meta, arrays = frames.decode(damaged)
            except Ended:
                outcomes["ended"] += 1
            except BadFrame:
                outcomes["bad"] += 1
            else:
                assert set(meta) or meta == {}
                assert [array.dtype.kind for array in arrays] and damaged != whole
                outcomes["header" if damaged[header:] == whole[header:] else "numbers"] += 1
    assert outcomes["ended"] == 1  # nothing at all
    assert outcomes["numbers"] == 16  # each byte of the two numbers, flipped; the truth value allows no other byte
    assert outcomes["header"] <= 8  # letters inside the quotes of the name and the value
    assert outcomes["bad"] == 3 * len(whole) - sum(n for how, n in outcomes.items() if how != "bad")
    assert outcomes["bad"] > 2.5 * len(whole)


@pytest.mark.parametrize("wrap", [lambda value: (value,), lambda value: {"h": value}], ids=["tuple", "mapping"])
def test_a_value_may_be_as_deep_as_it_is_read_and_no_deeper(wrap: Any) -> None:
    value: Any = np.zeros(1)
    for depth in range(trees.MAX_DEPTH + 2):
        arrays: list[Any] = []
        if depth > trees.MAX_DEPTH:
            with pytest.raises(ValueError, match="too deeply"):
                trees.pack(value, arrays)
        else:
            assert trees.unpack(trees.pack(value, arrays), arrays) is not None
        value = wrap(value)
