"""Compiles kernels, keeps them in the cache, and loads them: many cells in one run of the compiler."""

from __future__ import annotations

import ctypes
import os
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.engines.c_tier.build.cache import cache_folder, keep, kept, own_folder, write_whole
from gatedrnn_course.engines.c_tier.build.compiler import Compiler, find_compiler, why
from gatedrnn_course.engines.c_tier.text_cell import SIZES, cell_key, write_cell
from gatedrnn_course.engines.c_tier.text_gemm import GEMM
from gatedrnn_course.engines.c_tier.text_math import MATH
from gatedrnn_course.engines.c_tier.text_run import ROWS
from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["COMMON", "load_cells", "load_text"]

COMMON = f"{MATH}\n{GEMM}\n{SIZES}\n{ROWS}\n"
"""What every kernel begins with."""

PORTION = 24
"""Cells in one library. More are several runs of the compiler side by side, each kept once it is done."""

_Name = tuple[str, int]
_loaded: dict[_Name, ctypes.CDLL] = {}
_refused: dict[_Name, str] = {}
_open: dict[str, ctypes.CDLL] = {}


def load_cells(cells: Sequence[Cell], real_bytes: int) -> list[ctypes.CDLL]:
    """The libraries that hold these cells; what is missing is compiled, many cells in one run of the compiler.

    Args:
        cells: The cells.
        real_bytes: 4 for float32, 8 for float64.

    Raises:
        CourseError: If no compiler works here, or one of the cells cannot be compiled. The others are loaded then.
    """
    named = {(cell_key(cell), real_bytes): cell for cell in cells}
    texts = {}
    for name, cell in named.items():
        if name not in _loaded and name not in _refused:
            try:
                texts[name] = write_cell(cell)
            except ValueError as error:  # the writer has no text for these equations
                _refused[name] = str(error)
    _load(texts, real_bytes)
    for name, cell in named.items():
        if name not in _loaded:
            raise _failure(_("A compiled kernel of {cell} was asked for.").format(cell=cell.name), _refused[name])
    return [_loaded[cell_key(cell), real_bytes] for cell in cells]


def load_text(text: str, real_bytes: int) -> ctypes.CDLL:
    """The library of a C text that follows `COMMON`. It is compiled once for all cells, so with all the compiler can.

    Raises:
        CourseError: If no compiler works here.
    """
    name = sha256(text.encode()).hexdigest(), real_bytes
    if name not in _loaded and name not in _refused:
        _load({name: text}, real_bytes, "-O3")
    if name not in _loaded:
        raise _failure(_("A compiled kernel was asked for."), _refused[name])
    return _loaded[name]


def _failure(asked: str, came: str) -> CourseError:
    return CourseError(asked, came, do=_('Use the tier "torch" or "auto".'))


def _load(texts: Mapping[_Name, str], real_bytes: int, *flags: str) -> None:
    """Load texts from the cache, or compile them; what cannot be had is remembered with the reason."""
    if not texts:
        return
    compiler = find_compiler()
    if compiler is None:
        raise _failure(_("A compiled kernel was asked for."), why())
    more = (f"-DREAL_BYTES={real_bytes}", *flags)
    notes = {name: _note(compiler, text, more) for name, text in texts.items()}
    for name, note in notes.items():
        library = _from_cache(note)
        if library:
            _loaded[name] = library
    missing = [name for name in texts if name not in _loaded]
    portions = [{name: texts[name] for name in missing[k : k + PORTION]} for k in range(0, len(missing), PORTION)]
    with ThreadPoolExecutor(max(1, min(len(portions), os.cpu_count() or 1))) as pool:
        for built in pool.map(lambda portion: _build(compiler, portion, more), portions):
            for names, made in built:
                _take(names, made, notes)


def _note(compiler: Compiler, text: str, more: Sequence[str]) -> str:
    """The file that says which library holds a text: named for the text, the compiler, its flags and the processor."""
    told = repr((COMMON, text, more, compiler.identity, compiler.flags, compiler.version))
    return f"{sha256(told.encode()).hexdigest()[:32]}.in"


def _from_cache(note: str) -> ctypes.CDLL | None:
    """The library that a note names, if it is there and whole: its name is a digest of what it holds."""
    name = (kept(note) or b"").decode("ascii", "replace")
    if name not in _open and name.isalnum():
        content = kept(f"{name}.so")
        if content is not None and _digest(content) == name:
            try:
                _open[name] = _opened(content, fresh=False)
            except OSError:
                return None
    return _open.get(name)


def _build(
    compiler: Compiler, texts: Mapping[_Name, str], more: Sequence[str]
) -> list[tuple[list[_Name], bytes | str]]:
    """Libraries that hold texts together. If one cannot be compiled, halves are tried, and the reason stands for it."""
    names = list(texts)
    try:
        return [(names, _compile(compiler, COMMON + "".join(texts.values()), more))]
    except OSError as error:
        if len(names) == 1 or error.errno:  # no half mends a full disk
            return [(names, str(error))]
    halves = names[: len(names) // 2], names[len(names) // 2 :]
    return [made for half in halves for made in _build(compiler, {name: texts[name] for name in half}, more)]


def _take(names: Sequence[_Name], made: bytes | str, notes: Mapping[_Name, str]) -> None:
    """Load a fresh library and note what it holds, or remember why there is none."""
    if isinstance(made, bytes):
        name = _digest(made)
        try:
            library = _open.setdefault(name, _opened(made, fresh=True))
        except OSError as error:
            made = str(error)
        else:
            for text in names:
                keep(notes[text], name.encode())
                _loaded[text] = library
            return
    _refused.update(dict.fromkeys(names, made))


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()[:32]


def _opened(content: bytes, fresh: bool) -> ctypes.CDLL:
    """A library in the cache; where it cannot be put or run from there, in a folder of this process."""
    problem = OSError()
    for folder, write in ((cache_folder, fresh), (own_folder, True)):
        try:
            file = folder() / f"{_digest(content)}.so"
            if write:
                write_whole(file, content)
            return ctypes.CDLL(str(file))
        except OSError as error:
            problem = error
    raise problem


def _compile(compiler: Compiler, text: str, more: Sequence[str]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="gatedrnn-") as folder:
        source, library = Path(folder) / "kernel.c", Path(folder) / "kernel.so"
        source.write_text(text)
        compiler.compile(source, library, *more)
        return library.read_bytes()
