"""The frame between a judge and its child: a small header in JSON, then raw arrays; no pickle, every length capped.

    magic "GRN1" | header length, 4 bytes | body length, 8 bytes | header | body
    header = {"m": {...}, "a": [[dtype, shape], ...]}
    body = the arrays, little-endian, in C order, one after another

Both processes load this file, so it uses the standard library and NumPy only.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

__all__ = ["BODY_CAP", "MAX_ARRAYS", "BadFrame", "Ended", "Frame", "decode", "encode", "read"]

MAGIC = b"GRN1"
HEAD = struct.Struct("<4sIQ")
HEADER_CAP = 64 << 10
BODY_CAP = 64 << 20
MAX_ARRAYS = 256  # a reply holds a backward's gradients and the arguments: well past 64 for a few stacked cells
MAX_DIMS = 8

DTYPES: dict[str, np.dtype[Any]] = {
    code: np.dtype("?" if code == "b1" else "<" + code)
    for code in ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8")
}

AnyArray = NDArray[Any]
Meta = dict[str, object]
Frame = tuple[Meta, list[AnyArray]]
Spec = tuple[np.dtype[Any], tuple[int, ...], int]
Receive = Callable[[memoryview], int]
"""Fills some of a buffer and says how much; 0 at the end of the stream. May raise, as at a deadline."""


class BadFrame(Exception):
    """Bytes that are no frame."""


class Ended(BadFrame):
    """The stream ended where a frame would have begun."""


def encode(meta: Meta, arrays: Sequence[AnyArray] = (), *, cap: int = BODY_CAP) -> bytes:
    """The bytes of one frame.

    Args:
        meta: Anything JSON can say, with names at the top; not NaN and not infinity.
        arrays: Real or boolean arrays of at most 8 axes.
        cap: Largest body, in bytes.

    Raises:
        ValueError: If `read` would refuse the frame.
    """
    if len(arrays) > MAX_ARRAYS or sum(array.nbytes for array in arrays) > cap:
        raise ValueError("too many arrays for one frame, or too large")
    specs = [(_code(array), list(array.shape)) for array in arrays]
    header = _JSON.encode({"m": meta, "a": specs}).encode()
    if len(header) > HEADER_CAP:
        raise ValueError("the header is too large for one frame")
    body = [array.astype(DTYPES[code], copy=False).tobytes() for array, (code, _) in zip(arrays, specs, strict=True)]
    return b"".join([HEAD.pack(MAGIC, len(header), sum(map(len, body))), header, *body])


def _code(array: AnyArray) -> str:
    code = f"{array.dtype.kind}{array.dtype.itemsize}"
    if code not in DTYPES or array.ndim > MAX_DIMS:
        raise ValueError(f"an array of {array.dtype} with {array.ndim} axes cannot travel")
    return code


def decode(data: bytes, *, cap: int = BODY_CAP) -> Frame:
    """The frame that `data` is, all of it.

    Raises:
        BadFrame: If it is not one frame exactly.
    """
    rest = memoryview(data)

    def receive(into: memoryview) -> int:
        nonlocal rest
        n = min(len(into), len(rest))
        into[:n], rest = rest[:n], rest[n:]
        return n

    frame = read(receive, cap=cap)
    if len(rest):
        raise BadFrame("bytes follow the frame")
    return frame


def read(receive: Receive, *, cap: int = BODY_CAP) -> Frame:
    """Read one frame.

    Args:
        receive: Where the bytes come from. A deadline is its business: it holds for the whole frame, not for one piece.
        cap: Largest body, in bytes. Nothing is allocated before the lengths are checked.

    Returns:
        The meta dictionary and the arrays, which own their memory and may be written to.

    Raises:
        Ended: If the stream ends before the first byte.
        BadFrame: If the bytes are no frame.
    """
    magic, header_length, body_length = HEAD.unpack(_fill(receive, HEAD.size, Ended))
    if magic != MAGIC or header_length > HEADER_CAP or body_length > cap:
        raise BadFrame("not a frame, or too large")
    meta, specs = _header(_fill(receive, header_length), cap)
    if sum(size for _, _, size in specs) != body_length:
        raise BadFrame("the arrays do not fill the body")
    return meta, _arrays(_fill(receive, body_length), specs)


def _fill(receive: Receive, length: int, ended: type[BadFrame] = BadFrame) -> bytearray:
    buffer = bytearray(length)
    view = memoryview(buffer)
    done = 0
    while done < length:
        n = receive(view[done:])
        if n == 0:
            raise (BadFrame if done else ended)("the stream ended")
        done += n
    return buffer


def _header(data: bytearray, cap: int) -> tuple[Meta, list[Spec]]:
    try:
        header = _READ.decode(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadFrame("the header is no JSON") from error
    if type(header) is not dict or set(header) != {"m", "a"} or type(header["m"]) is not dict:
        raise BadFrame("the header has other parts")
    if type(header["a"]) is not list or len(header["a"]) > MAX_ARRAYS:
        raise BadFrame("the header lists no arrays, or too many")
    return header["m"], [_spec(entry, cap) for entry in header["a"]]


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


_JSON = json.JSONEncoder(allow_nan=False, separators=(",", ":"))
_READ = json.JSONDecoder(parse_constant=_refuse)


def _spec(entry: object, cap: int) -> Spec:
    """Type, shape and size in bytes of one array; `type(k) is int` leaves booleans out."""
    if type(entry) is not list or len(entry) != 2 or type(entry[0]) is not str or type(entry[1]) is not list:
        raise BadFrame("an array is described in another way")
    dtype, shape = DTYPES.get(entry[0]), entry[1]
    if dtype is None or len(shape) > MAX_DIMS or not all(type(k) is int and 0 <= k <= cap for k in shape):
        raise BadFrame("an array has an unknown type or shape")
    if dtype.itemsize * math.prod(max(k, 1) for k in shape) > cap:  # an empty array may not hide a vast shape
        raise BadFrame("an array is too large")
    return dtype, tuple(shape), dtype.itemsize * math.prod(shape)


def _arrays(body: bytearray, specs: list[Spec]) -> list[AnyArray]:
    arrays = []
    start = 0
    for dtype, shape, size in specs:
        raw = np.frombuffer(body, np.uint8, size, start) if size else np.zeros(0, np.uint8)
        if dtype.kind == "b" and (raw > 1).any():
            raise BadFrame("a boolean is neither 0 nor 1")
        arrays.append(raw.copy().view(dtype).reshape(shape))
        start += size
    return arrays
