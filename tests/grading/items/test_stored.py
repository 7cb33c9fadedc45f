"""Files of any origin: arrays of numbers are read, everything else is one sentence."""

from __future__ import annotations

import contextlib
import io
import pickle
import struct
import zipfile
from collections.abc import Callable

import numpy as np
import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.items.stored import LARGEST, read_stored, write_stored

ARRAYS = {"lstm.W": np.arange(6.0).reshape(2, 3), "b": np.float32([0.5, -1.0]), "n": np.int32([3])}


def archive(*members: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as packed:
        for name, raw in members:
            packed.writestr(name, raw)
    return buffer.getvalue()


def member(header: str, data: bytes = b"") -> bytes:
    text = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def stated(shape: str, descr: str = "'<f8'") -> str:
    return f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}"


def saved(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


class Runs:
    """An object whose unpickling would run something."""

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return (exec, ("raise SystemExit('unpickled')",))


def test_what_is_written_is_read() -> None:
    read = read_stored(write_stored(ARRAYS), "Adder.npz")
    assert {name: array.dtype for name, array in read.items()} == dict.fromkeys(ARRAYS, np.dtype("float64"))
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(read[name], array)


def test_packed_and_fortran_ordered_arrays_are_read() -> None:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, W=np.asfortranarray(ARRAYS["lstm.W"]))
    np.testing.assert_array_equal(read_stored(buffer.getvalue(), "f")["W"], ARRAYS["lstm.W"])


HOSTILE = {
    "empty": (b"", "no whole .npz"),
    "a page": (b"<html>not found</html>", "no whole .npz"),
    "a plain array": (member(stated("(1,)"), bytes(8)), "no whole .npz"),
    "a pickle": (pickle.dumps({"W": [1.0]}), "no whole .npz"),
    "cut off": (write_stored(ARRAYS)[:-40], "no whole .npz"),
    "too large a file": (bytes(LARGEST + 1), "16 MiB"),
    "objects": (saved(W=np.array([Runs()], dtype=object)), "Python objects"),
    "texts": (saved(W=np.array(["a"])), "type <U1"),
    "complex numbers": (saved(W=np.array([1j])), "type complex128"),
    "truth values": (saved(W=np.array([True])), "type bool"),
    "fields": (saved(W=np.zeros(2, [("a", "f8"), ("b", "O")])), "Python objects"),
    "nan": (saved(W=np.array([1.0, np.nan])), "`W` holds nan or inf"),
    "inf": (saved(W=np.array([np.inf])), "`W` holds nan or inf"),
    "a huge shape": (archive(("W.npy", member(stated("(1000000000, 1000)")))), "too large"),
    "a shape that overflows": (archive(("W.npy", member(stated(f"({2**62}, {2**62})")))), "too large"),
    "many bytes of no items": (archive(("W.npy", member(stated(f"({2**62},)", "'|V0'")))), "type |V0"),
    "a negative shape": (archive(("W.npy", member(stated("(-1,)")))), "no whole .npz"),
    "too few bytes": (archive(("W.npy", member(stated("(4,)"), bytes(8)))), "no whole .npz"),
    "too many bytes": (archive(("W.npy", member(stated("(1,)"), bytes(16)))), "no whole .npz"),
    "no header": (archive(("W.npy", b"something else")), "no whole .npz"),
    "code for a header": (archive(("W.npy", member("__import__('os').abort()"))), "no whole .npz"),
    "a long header": (archive(("W.npy", member(stated("(1,)") + " " * 20_000, bytes(8)))), "no whole .npz"),
    "brackets without end": (archive(("W.npy", member("(" * 5_000))), "no whole .npz"),
    "many arrays": (archive(*[(f"W{k}.npy", b"") for k in range(101)]), "101 arrays"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_everything_else_is_a_sentence(kind: str) -> None:
    content, says = HOSTILE[kind]
    with pytest.raises(CourseError) as told:
        read_stored(content, "Adder.npz")
    assert told.value.asked == "The parameters in the file Adder.npz."
    assert says in told.value.came
    assert told.value.do


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_told() -> None:
    twice = archive(*[("W.npy", member(stated("(1,)"), bytes(8)))] * 2)
    with pytest.raises(CourseError, match="twice"):
        read_stored(twice, "Adder.npz")


def test_a_bomb_is_unpacked_no_further_than_it_says() -> None:
    bomb = archive(("W.npy", member(stated("(1,)"), bytes(200 << 20))), method=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 1 << 20
    with pytest.raises(CourseError, match="no whole"):
        read_stored(bomb, "Adder.npz")


def test_arrays_that_are_too_large_together_are_refused() -> None:
    half = member(stated(f"({LARGEST // 16 + 1},)"), bytes(LARGEST // 2 + 8))
    with pytest.raises(CourseError, match="too large"):
        read_stored(archive(("a.npy", half), ("b.npy", half), method=zipfile.ZIP_DEFLATED), "Adder.npz")


@pytest.mark.parametrize("damage", range(0, 400, 7))
def test_a_damaged_byte_is_read_or_told(damage: int) -> None:
    content = bytearray(write_stored(ARRAYS))
    content[damage] ^= 0xFF
    with contextlib.suppress(CourseError):  # any other exception fails
        assert len(read_stored(bytes(content), "Adder.npz")) <= len(ARRAYS)
