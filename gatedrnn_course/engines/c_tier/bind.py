"""A compiled cell, called with addresses: the one place where Python and C meet."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from torch import Tensor

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import names
from gatedrnn_course.engines.c_tier.addresses import Addresses
from gatedrnn_course.engines.c_tier.build.library import load_cells
from gatedrnn_course.engines.c_tier.text_cell import cell_key
from gatedrnn_course.engines.program.normal import numbered
from gatedrnn_course.engines.shared.stacks import stacks_of

__all__ = ["Kernel", "Shape", "Sizes", "kernel_of", "kernels_of"]


_MOST = 4096
_seen: dict[tuple[int, int], Kernel] = {}


class Sizes(ctypes.Structure):
    """Steps, batch, sizes of input and state, distance of rows of the input and of what comes back to h, a program."""

    _fields_ = [
        *((name, ctypes.c_long) for name in ("T", "B", "D", "H", "ldx", "ldh")),
        ("program", ctypes.c_void_p),
    ]


@dataclass(frozen=True)
class Shape:
    """The sizes of a call, and how many numbers each area of memory holds.

    Attributes:
        sizes: As the C text takes them.
        parameters: Parameters in the order of the kernel.
        tape: Between forward and backward, states apart.
        scratch: During the backward, derivatives of the states apart.
        memory: Between forward and backward, all but the hidden states.
        spare: During the backward.
    """

    sizes: Sizes
    parameters: int
    tape: int
    scratch: int
    memory: int
    spare: int


class Kernel:
    """The functions of one cell for one type of number.

    Addresses are plain integers; what they point to is the caller's. `lanes` is the number of values in a vector:
    rows are padded to a multiple of it where the kernel keeps them.

    Args:
        cell: The cell.
        real_bytes: 4 for float32, 8 for float64.
        library: The library that holds it.
        ending: How the names of its functions end there.
        program: The numbers that an interpreter reads; None for compiled cells.

    Attributes:
        addresses: Where its values lie.
        reads_input: Whether rows of the input are padded.
    """

    def __init__(
        self,
        cell: Cell,
        real_bytes: int,
        library: ctypes.CDLL,
        ending: str,
        program: ctypes.Array[ctypes.c_longlong] | None = None,
    ) -> None:
        self.cell, self.real_bytes, self.library = cell, real_bytes, library
        self.ending, self._program = ending, program
        self.lanes = int(library.lanes())
        self.addresses = Addresses(numbered(cell))
        self.reads_input = _reads_input(self.addresses)
        self._shapes: dict[tuple[int, int, int, int], Shape] = {}
        self._offsets: dict[tuple[int, int], list[tuple[int, int]]] = {}
        sizes, address = ctypes.POINTER(Sizes), ctypes.c_void_p
        self._sizes = self._function("sizes", sizes, ctypes.POINTER(ctypes.c_long))
        self._pack = self._function("pack", sizes, *[address] * 2)
        self._unpack = self._function("unpack", sizes, *[address] * 2)
        self._forward = self._function("forward", sizes, *[address] * 4)
        self._backward = self._function("backward", sizes, *[address] * 9)
        self._run = self._function("run", sizes, *[address] * 7)
        self._derive = self._function("derive", sizes, *[address] * 10)

    def _function(self, name: str, *arguments: Any) -> Any:
        function = self.library[f"{name}_{self.ending}"]
        function.argtypes, function.restype = arguments, None
        return function

    @property
    def program(self) -> int | None:
        """The address of the program; None for compiled cells."""
        return None if self._program is None else ctypes.addressof(self._program)

    @property
    def functions(self) -> tuple[Any, ...]:
        """`sizes`, `forward`, `backward`, `pack` and `unpack` as they are, for other C code to call.

        `backward` adds to the gradients that it finds.
        """
        return self._sizes, self._forward, self._backward, self._pack, self._unpack

    @property
    def places(self) -> list[int]:
        """In how many places each parameter stands in the order of the kernel."""
        return [max(1, self.addresses.places[name]) for name in self.addresses.cell.parameters]

    def padded(self, size: int) -> int:
        """The length of a row of this size in memory."""
        return -(-size // self.lanes) * self.lanes

    def shape(self, T: int, B: int, D: int, H: int) -> Shape:
        """The sizes of a call for T steps of B sequences."""
        key = T, B, D, H
        found = self._shapes.get(key)
        if found is None:
            if len(self._shapes) > 1024:
                self._shapes.clear()
            ldx = self.padded(D) if self.reads_input else D
            sizes = Sizes(T, B, D, H, ldx, self.padded(H), self.program)
            counts = (ctypes.c_long * 5)()
            self._sizes(sizes, counts)
            parameters, tape, scratch, states, slopes = counts
            found = Shape(sizes, parameters, tape, scratch, states + tape, slopes + scratch)
            self._shapes[key] = found
        return found

    def inside(self, sizes: Sizes, stacks: Sequence[Tensor]) -> list[int]:
        """The address of each parameter, in the order of `cell.parameters`, inside whole stacks of them."""
        key = sizes.D, sizes.H
        if key not in self._offsets:
            letters, found = {"D": sizes.D, "H": sizes.H}, dict[str, tuple[int, int]]()
            for k, own in enumerate(stacks_of(self.cell)):
                wide = self.real_bytes * (letters[own.columns] if own.columns else 1)
                begins = accumulate(own.lengths(letters), initial=0)
                found.update({n: (k, wide * at) for n, at in zip(own.parameters, begins, strict=False)})
            self._offsets[key] = [found[name] for name in self.cell.parameters]
        begin = [s.data_ptr() for s in stacks]
        return [begin[k] + offset for k, offset in self._offsets[key]]

    def pack(self, sizes: Sizes, named: Sequence[int], packed: int) -> None:
        """Bring parameters, one array a name in the order of `cell.parameters`, into the order of the kernel."""
        self._pack(sizes, _addresses(named), packed)

    def unpack(self, sizes: Sizes, packed: int, named: Sequence[int]) -> None:
        """Bring gradients from the order of the kernel into one array a name."""
        self._unpack(sizes, packed, _addresses(named))

    def run(
        self,
        sizes: Sizes,
        x: int,
        named: Sequence[int] | None,
        packed: int,
        given: Sequence[int],
        h: int,
        memory: int,
        last: Sequence[int],
    ) -> None:
        """A whole sequence.

        Args:
            sizes: The sizes.
            x: Inputs (T*B, ldx).
            named: Parameters, one array a name, which go to `packed`; None where they are there already.
            packed: Parameters in the order of the kernel.
            given: For each state its values before the first step (B, H), or 0 for zeros.
            h: Room for the hidden states before and after every step ((T+1)*B, padded), written.
            memory: Room for what the backward needs.
            last: For each state where its values after the last step go (B, H), or 0 where nobody wants them.
        """
        parameters = None if named is None else _addresses(named)
        self._run(sizes, x, parameters, packed, _addresses(given), h, memory, _addresses(last))

    def derive(
        self,
        sizes: Sizes,
        x: int,
        packed: int,
        h: int,
        memory: int,
        d_h: int,
        given: Sequence[int],
        d_packed: int,
        d_x: int,
        spare: int,
        first: Sequence[int],
    ) -> None:
        """The backward of a whole sequence; afterwards the memory holds nothing of use.

        Args:
            sizes: The sizes.
            x: As given to `run`.
            packed: As `run` left it.
            h: As `run` left it.
            memory: As `run` left it.
            d_h: Derivatives with respect to h at every step `(T*B, ldh)`, or 0 for none.
            given: For each state the derivative with respect to its last value (B, H), or 0 for zeros.
            d_packed: Gradients of the parameters in the order of the kernel, written.
            d_x: Derivatives with respect to the inputs `(T*B, padded)`, written; or 0 for none.
            spare: Room to work in.
            first: For each state where the derivative with respect to its first value goes (B, H), or 0.
        """
        slopes = _addresses(given), d_packed, d_x, spare, _addresses(first)
        self._derive(sizes, x, packed, h, memory, d_h, *slopes)


def _addresses(each: Sequence[int]) -> ctypes.Array[ctypes.c_void_p]:
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
    load_cells(list({id(cell): cell for cell in cells}.values()), real_bytes)
    return [kernel_of(cell, real_bytes) for cell in cells]


def kernel_of(cell: Cell, real_bytes: int) -> Kernel:
    """The kernel of one cell."""
    known = _seen.get((id(cell), real_bytes))  # comparing whole cells would take longer than a small kernel
    if known is None or known.cell is not cell:
        known = Kernel(cell, real_bytes, load_cells([cell], real_bytes)[0], cell_key(cell))
        if len(_seen) >= _MOST:
            _seen.clear()
        _seen[id(cell), real_bytes] = known
    return known


def _reads_input(a: Addresses) -> bool:
    """Whether the kernel looks at the input outside products, and so needs its rows padded."""
    parts = a.program.forward, a.program.backward
    return any("x" in names(value) for part in parts for value in part.values.values())
