"""Kernels that are interpreted: the same calls as those of compiled ones, with a cell's program behind the sizes."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.engines.c_tier.addresses import Addresses
from gatedrnn_course.engines.c_tier.bind import Kernel
from gatedrnn_course.engines.c_tier.build.library import load_text
from gatedrnn_course.engines.c_tier.interpreter.encode import encode
from gatedrnn_course.engines.c_tier.interpreter.text_interpreter import INTERPRETER
from gatedrnn_course.engines.program.normal import numbered

__all__ = ["interpreter_of", "interpreters_of"]


def interpreter_of(cell: Cell, real_bytes: int) -> Kernel:
    """A cell as a kernel, without compiling it.

    Args:
        cell: The cell.
        real_bytes: 4 for float32, 8 for float64.

    Raises:
        CourseError: If no compiler works here: the interpreter itself is compiled, once.
    """
    program = encode(Addresses(numbered(cell)))
    numbers = (ctypes.c_longlong * len(program))(*program)
    return Kernel(cell, real_bytes, load_text(INTERPRETER, real_bytes), "any", numbers)


def interpreters_of(cells: Sequence[Cell], real_bytes: int) -> list[Kernel]:
    """Many cells as kernels; the same one is read once.

    Args:
        cells: The cells.
        real_bytes: 4 for float32, 8 for float64.

    Raises:
        CourseError: If no compiler works here.
    """
    known = {id(cell): interpreter_of(cell, real_bytes) for cell in {id(cell): cell for cell in cells}.values()}
    return [known[id(cell)] for cell in cells]
