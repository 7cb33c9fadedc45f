"""Reads arrays of an `.npz` that somebody handed in: no pickle, no more memory than stated, every fault a sentence."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["LARGEST", "Stored", "handed_in", "read_stored", "refuse_a_widgets", "write_stored"]

Stored = Mapping[str, NDArray[np.float64]]

LARGEST = 16 << 20
"""Bytes of the file, and of all arrays together once unpacked."""
MOST = 100
"""Arrays in a file."""
HEADER = 10_000
"""Characters that the description of an array may have."""


def write_stored(arrays: Mapping[str, Any]) -> bytes:
    """The bytes of an `.npz` that `read_stored` reads.

    Args:
        arrays: Arrays of numbers by name.
    """
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **{name: np.asarray(array) for name, array in arrays.items()})
    return buffer.getvalue()


def read_stored(content: bytes, file: str) -> dict[str, NDArray[np.float64]]:
    """The arrays of an `.npz`, as float64.

    Args:
        content: The bytes of the file, of whatever origin.
        file: Its name, for the sentences.

    Raises:
        CourseError: If it is no such file, is too large, or holds anything but real, finite numbers.
    """
    asked = _("The parameters in the file {file}.").format(file=file)
    if len(content) > LARGEST:
        raise CourseError(asked, _("It has more than {mib} MiB.").format(mib=LARGEST >> 20), do=_again())
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return dict(_arrays(archive, asked))
    except CourseError:
        raise
    except Exception as why:  # zipfile, zlib, lzma and numpy each have errors of their own for damaged bytes
        came = _("It is no whole .npz file ({type}).").format(type=type(why).__name__)
        raise CourseError(asked, came, do=_again()) from None


def handed_in(content: bytes | None, file: str) -> dict[str, NDArray[np.float64]]:
    """The arrays of the file beside a notebook.

    Args:
        content: Its bytes; None where there is no such file.
        file: Its name.

    Raises:
        CourseError: If there is none, or it cannot be read.
    """
    if content is None:
        asked = _("There is no file `{file}` beside the notebook.").format(file=file)
        raise CourseError(asked, do=_("Run the cell that trains: it writes the file. Hand it in with the notebook."))
    return read_stored(content, file)


def refuse_a_widgets(arrays: Stored, file: str) -> None:
    """Refuse parameters that come with the course: those of the trained models its widgets show.

    Args:
        arrays: What was handed in.
        file: Name of the file.

    Raises:
        CourseError: If a matrix is one of theirs, number by number.
    """
    matrices = [array for array in arrays.values() if array.ndim == 2]
    if any(np.array_equal(array, own) for array in matrices for own in _matrices_of_widgets()):
        asked = _("The parameters in the file {file}.").format(file=file)
        raise CourseError(asked, _("They are those of a model that comes with the course."), do=_again())


@lru_cache(maxsize=1)
def _matrices_of_widgets() -> tuple[NDArray[np.float64], ...]:
    stored = [one for one in files("gatedrnn_course").joinpath("lab").iterdir() if one.name.endswith(".npz")]
    arrays = [array for one in stored for array in read_stored(one.read_bytes(), one.name).values()]
    return tuple(array for array in arrays if array.ndim == 2)


def _again() -> str:
    return _("Run the cell that trains again: it writes the file.")


def _arrays(archive: zipfile.ZipFile, asked: str) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Each array of the archive, as long as all of them together are not too large."""
    members = archive.infolist()
    if len(members) > MOST:
        raise CourseError(asked, _("It holds {count} arrays.").format(count=len(members)), do=_again())
    left, seen = LARGEST, set()
    for member in members:
        name = member.filename.removesuffix(".npy")
        if name in seen:
            raise CourseError(asked, _("It holds `{name}` twice.").format(name=name[:80]), do=_again())
        seen.add(name)
        array, used = _array(archive, member, left, asked, name[:80])
        left -= used
        yield name, array


def _array(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int, asked: str, name: str
) -> tuple[NDArray[np.float64], int]:
    """One array and the bytes it took. What its header states is checked before anything is unpacked."""
    with archive.open(member) as packed:
        shape, fortran, dtype = _header(packed)
        if dtype.hasobject:
            came = _("`{name}` holds Python objects, which would have to be unpickled.").format(name=name)
            raise CourseError(asked, came, _("Expected are arrays of numbers."), _again())
        if dtype.kind not in "fiu" or dtype.itemsize > 16:
            came = _("`{name}` has the type {dtype}.").format(name=name, dtype=str(dtype)[:60])
            raise CourseError(asked, came, _("Expected are arrays of real numbers."), _again())
        size = math.prod(shape) * dtype.itemsize
        if size > left or math.prod(shape) * 8 > LARGEST:
            came = _("`{name}` has the shape {shape}: too large.").format(name=name, shape=_short(shape))
            raise CourseError(asked, came, do=_again())
        raw = packed.read(size + 1)
    if len(raw) != size:
        raise ValueError("another size than its header states")
    array = np.frombuffer(raw, dtype).reshape(shape, order="F" if fortran else "C").astype(np.float64)
    if not np.isfinite(array).all():
        came = _("`{name}` holds nan or inf.").format(name=name)
        raise CourseError(asked, came, do=_("Training went astray: try a smaller learning rate, or clip the gradient."))
    return array, size


def _header(packed: Any) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, order and type that an array's header states."""
    version = npy.read_magic(packed)
    if version == (1, 0):
        shape, fortran, dtype = npy.read_array_header_1_0(packed, max_header_size=HEADER)
    elif version == (2, 0):
        shape, fortran, dtype = npy.read_array_header_2_0(packed, max_header_size=HEADER)
    else:
        raise ValueError(f"version {version}")
    if any(size < 0 for size in shape) or len(shape) > 8:
        raise ValueError("a shape that none has")
    return shape, fortran, dtype


def _short(shape: tuple[int, ...]) -> str:
    return str(tuple(shape))[:80]
