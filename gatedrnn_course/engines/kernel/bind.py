"""A compiled cell, called with addresses: the one place where Python and C meet."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import names
from gatedrnn_course.engines.kernel.addresses import Addresses
from gatedrnn_course.engines.kernel.library import load_cells
from gatedrnn_course.engines.kernel.text_cell import cell_key

__all__ = ["Counts", "Kernel", "Sizes", "kernel_of", "kernels_of", "reads_input"]


_MOST = 4096
_seen: dict[tuple[int, int], Kernel] = {}


class Sizes(ctypes.Structure):
    """Steps, batch, size of input and of state, and the distance of rows of the input and of what comes back to h."""

    _fields_ = [(name, ctypes.c_long) for name in ("T", "B", "D", "H", "ldx", "ldh")]


@dataclass(frozen=True)
class Counts:
    """How many numbers each area of memory holds."""

    parameters: int
    tape: int
    scratch: int


class Kernel:
    """The functions of one cell for one type of number.

    Addresses are plain integers; what they point to is the caller's. `lanes` is the number of values in a vector:
    rows of states are padded to a multiple of it.

    Args:
        cell: The cell.
        real_bytes: 4 for float32, 8 for float64.
        library: The library that holds it.
    """

    def __init__(self, cell: Cell, real_bytes: int, library: ctypes.CDLL) -> None:
        self.cell, self.real_bytes, self.library = cell, real_bytes, library
        self.lanes = int(library.lanes())
        self.reads_input = reads_input(cell)
        self._counts: dict[tuple[int, int, int, int], Counts] = {}
        key, sizes, address = cell_key(cell), ctypes.POINTER(Sizes), ctypes.c_void_p
        self._sizes = library[f"sizes_{key}"]
        self._sizes.argtypes = [sizes, ctypes.POINTER(ctypes.c_long)]
        self._pack = library[f"pack_{key}"]
        self._pack.argtypes = [sizes, address, address]
        self._unpack = library[f"unpack_{key}"]
        self._unpack.argtypes = [sizes, address, address]
        self.forward_function = library[f"forward_{key}"]
        self.forward_function.argtypes = [sizes, *[address] * 4]
        self.backward_function = library[f"backward_{key}"]
        self.backward_function.argtypes = [sizes, *[address] * 9]
        for function in (self._sizes, self._pack, self._unpack, self.forward_function, self.backward_function):
            function.restype = None

    @property
    def functions(self) -> tuple[Any, ...]:
        """The functions `forward`, `backward`, `pack` and `unpack` as they are, for other C code to call."""
        return self.forward_function, self.backward_function, self._pack, self._unpack

    def padded(self, size: int) -> int:
        """The length of a row of this size in memory."""
        return -(-size // self.lanes) * self.lanes

    def counts(self, sizes: Sizes) -> Counts:
        """How much memory a sequence of these sizes needs."""
        key = sizes.T, sizes.B, sizes.D, sizes.H
        if key not in self._counts:
            if len(self._counts) > 256:
                self._counts.clear()
            counts = (ctypes.c_long * 3)()
            self._sizes(sizes, counts)
            self._counts[key] = Counts(*counts)
        return self._counts[key]

    def pack(self, sizes: Sizes, named: Sequence[int], packed: int) -> None:
        """Bring parameters, one array a name in the order of `cell.parameters`, into the order of the kernel."""
        self._pack(sizes, addresses(named), packed)

    def unpack(self, sizes: Sizes, packed: int, named: Sequence[int]) -> None:
        """Bring gradients from the order of the kernel into one array a name."""
        self._unpack(sizes, packed, addresses(named))

    def forward(self, sizes: Sizes, x: int, packed: int, states: Sequence[int], tape: int) -> None:
        """A whole sequence.

        Args:
            sizes: The sizes.
            x: Inputs (T*B, ldx).
            packed: Parameters.
            states: For each state its values `((T+1)*B, padded)`; the first B rows are given, the others written.
            tape: Memory for the backward.
        """
        self.forward_function(sizes, x, packed, addresses(states), tape)

    def backward(
        self,
        sizes: Sizes,
        x: int,
        packed: int,
        states: Sequence[int],
        tape: int,
        d_h: int,
        d_states: Sequence[int],
        d_packed: int,
        d_x: int,
        scratch: int,
    ) -> None:
        """The backward of a whole sequence; afterwards the tape holds nothing of use.

        Args:
            sizes: The sizes.
            x: As given to the forward.
            packed: As given to the forward.
            states: As left by the forward.
            tape: As left by the forward.
            d_h: Derivatives with respect to h at every step `(T*B, ldh)`, or 0 for none.
            d_states: Derivatives with respect to the last states, each (B, padded); those of the first come back.
            d_packed: Gradients of the parameters, written.
            d_x: Derivatives with respect to the inputs `(T*B, padded)`, written; or 0 for none.
            scratch: Memory.
        """
        back = addresses(d_states)
        self.backward_function(sizes, x, packed, addresses(states), tape, d_h, back, d_packed, d_x, scratch)


def addresses(each: Sequence[int]) -> ctypes.Array[ctypes.c_void_p]:
    """Addresses as C takes an array of them."""
    return (ctypes.c_void_p * len(each))(*each)


def kernels_of(cells: Sequence[Cell], real_bytes: int) -> list[Kernel]:
    """The kernels of many cells; what is missing is compiled in one run.

    Args:
        cells: The cells.
        real_bytes: 4 for float32, 8 for float64.

    Raises:
        CourseError: If no compiler works here.
    """
    load_cells(cells, real_bytes)
    return [kernel_of(cell, real_bytes) for cell in cells]


def kernel_of(cell: Cell, real_bytes: int) -> Kernel:
    """The kernel of one cell."""
    known = _seen.get((id(cell), real_bytes))  # comparing whole cells would take longer than a small kernel
    if known is None or known.cell is not cell:
        known = Kernel(cell, real_bytes, load_cells([cell], real_bytes)[0])
        if len(_seen) >= _MOST:
            _seen.clear()
        _seen[id(cell), real_bytes] = known
    return known


@lru_cache(maxsize=1024)
def reads_input(cell: Cell) -> bool:
    """Whether the kernel looks at the input outside products, and so needs its rows padded."""
    e = Addresses(cell).storage.layout.equations
    return any("x" in names(value) for part in (e.forward, e.backward) for value in part.values.values())
