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
from gatedrnn_course.engines.kernel.cache import cache_folder, write_whole
from gatedrnn_course.engines.kernel.compiler import Compiler, find_compiler, why
from gatedrnn_course.engines.kernel.text_cell import SIZES, cell_key, write_cell
from gatedrnn_course.engines.kernel.text_gemm import GEMM
from gatedrnn_course.engines.kernel.text_math import MATH
from gatedrnn_course.engines.kernel.text_run import ROWS
from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["COMMON", "load_cells", "load_text"]

COMMON = f"{MATH}\n{GEMM}\n{SIZES}\n{ROWS}\n"
"""What every kernel begins with."""

PORTION = 24
"""Cells in one run of the compiler. More are several runs side by side, each kept once it is done."""

_loaded: dict[tuple[str, str], ctypes.CDLL] = {}


def load_cells(cells: Sequence[Cell], real_bytes: int) -> list[ctypes.CDLL]:
    """The libraries that hold these cells; what is missing is compiled, many cells in one run of the compiler.

    Args:
        cells: The cells.
        real_bytes: 4 for float32, 8 for float64.

    Raises:
        CourseError: If no compiler works here.
    """
    texts = {cell_key(cell): write_cell(cell) for cell in cells if (cell_key(cell), str(real_bytes)) not in _loaded}
    if texts:
        compiler = _compiler()
        files = {key: _file(compiler, text, real_bytes) for key, text in texts.items()}
        missing = [key for key, file in files.items() if not file.exists()]
        if missing:
            portions = [missing[k : k + PORTION] for k in range(0, len(missing), PORTION)]
            with ThreadPoolExecutor(min(len(portions), os.cpu_count() or 1)) as pool:
                made = pool.map(lambda keys: _compile(compiler, _text(texts, keys), real_bytes), portions)
                for keys, library in zip(portions, made, strict=True):
                    for key in keys:
                        write_whole(files[key], library)
        for key, file in files.items():
            _loaded[key, str(real_bytes)] = ctypes.CDLL(str(file))
    return [_loaded[cell_key(cell), str(real_bytes)] for cell in cells]


def _text(texts: Mapping[str, str], keys: Sequence[str]) -> str:
    """The source that holds these cells."""
    return COMMON + "".join(texts[key] for key in keys)


def load_text(text: str, real_bytes: int) -> ctypes.CDLL:
    """The library of a C text that follows `COMMON`."""
    name = sha256(text.encode()).hexdigest(), str(real_bytes)
    if name not in _loaded:
        compiler = _compiler()
        file = _file(compiler, text, real_bytes)
        if not file.exists():
            write_whole(file, _compile(compiler, COMMON + text, real_bytes))
        _loaded[name] = ctypes.CDLL(str(file))
    return _loaded[name]


def _compiler() -> Compiler:
    compiler = find_compiler()
    if compiler is None:
        raise CourseError(_("A compiled kernel was asked for."), why(), do=_('Use the tier "torch" or "auto".'))
    return compiler


def _file(compiler: Compiler, text: str, real_bytes: int) -> Path:
    """Where the library of a text is kept: a name for the text, the compiler, its flags and the processor."""
    told = repr((COMMON, text, real_bytes, compiler.identity, compiler.flags, compiler.version))
    return cache_folder() / f"{sha256(told.encode()).hexdigest()[:32]}.so"


def _compile(compiler: Compiler, text: str, real_bytes: int) -> bytes:
    with tempfile.TemporaryDirectory(prefix="gatedrnn-") as folder:
        source, library = Path(folder) / "kernel.c", Path(folder) / "kernel.so"
        source.write_text(text)
        try:
            compiler.compile(source, library, f"-DREAL_BYTES={real_bytes}")
        except OSError as error:
            asked = _("A kernel was compiled by {path}.").format(path=compiler.path)
            raise CourseError(asked, str(error), do=_('Use the tier "torch" or "auto".')) from error
        return library.read_bytes()
