"""Where things are, as C text: offsets of slots and parameters, and the row of an array that belongs to a step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.language import is_state
from gatedrnn_course.engines.kernel.layout import Block
from gatedrnn_course.engines.kernel.storage import Home, Storage, storage_of

__all__ = ["Addresses", "padded", "total"]


def padded(letter: str) -> str:
    """The size of a row in memory, a multiple of the vector."""
    return f"{letter}p"


def total(letters: Sequence[str]) -> str:
    """The padded sizes of several rows together."""
    parts = [f"{letters.count(letter)} * {padded(letter)}" for letter in ("H", "D") if letter in letters]
    return " + ".join(parts) or "0"


@dataclass(frozen=True)
class Addresses:
    """The addresses of one cell's values.

    In the text `row` is the number of the first row of the step, and `r` that of the example.

    Attributes:
        cell: The cell.
    """

    cell: Cell

    @cached_property
    def storage(self) -> Storage:
        """The homes of the cell's values."""
        return storage_of(self.cell)

    @cached_property
    def slots(self) -> tuple[str, ...]:
        """The sizes of the slots in the order of their columns."""
        part = self.storage.layout.equations.forward
        return tuple(part.slots[slot] for slot in self.storage.layout.columns)

    @cached_property
    def blocks(self) -> dict[Block, str]:
        """The name of the offset at which each block's matrices begin among the parameters."""
        return {block: f"w{k}" for k, block in enumerate(self.storage.layout.blocks)}

    @cached_property
    def places(self) -> Counter[str]:
        """How many times each matrix stands among the parameters: more than once where equations share it."""
        return Counter(matrix for block in self.blocks for matrix, _ in block.entries)

    @property
    def vectors(self) -> tuple[str, ...]:
        """The biases and peepholes, in the order they lie behind the matrices."""
        return tuple(name for name in self.cell.parameters if len(self.cell.shape(name)) == 1)

    @property
    def idle(self) -> tuple[str, ...]:
        """The matrices that only unused lines read: they are kept, for somebody may ask for them."""
        return tuple(n for n in self.cell.parameters if len(self.cell.shape(n)) == 2 and n not in self.places)

    def offsets(self) -> tuple[dict[str, str], str]:
        """Where each part of the parameters begins, and where the last ends: blocks, then vectors, then the rest."""
        sizes = {name: f"{self.inner(block)} * ({self.width(block)})" for block, name in self.blocks.items()}
        sizes |= {f"o_{name}": padded(self.cell.shape(name)[0]) for name in self.vectors}
        sizes |= {f"o_{name}": f"PAD({' * '.join(self.cell.shape(name))})" for name in self.idle}
        found, end = {}, "0"
        for name, size in sizes.items():
            found[name], end = end, f"{name} + {size}"
        return found, end

    def inner(self, block: Block) -> str:
        """The columns of the matrices of a forward block."""
        return "D" if block.vector == "x" else self.letter(block.vector)

    def letter(self, name: str) -> str:
        """The size of a value of the forward, or of a state before the step."""
        part = self.storage.layout.equations.forward
        return part.letters[name] if name in part.letters else self.cell.shape(name.removesuffix("_prev"))[0]

    def column(self, slot: int) -> str:
        """The first column of a slot."""
        return total(self.slots[: self.storage.layout.columns.index(slot)])

    def width(self, block: Block) -> str:
        """The columns of a forward block together."""
        return total([self.storage.layout.equations.forward.slots[slot] for _, slot in block.entries])

    def vector(self, name: str) -> tuple[str, str]:
        """Pointer to the first row of this step, and distance of rows, of what a matrix multiplies in the forward."""
        if name == "x":
            return "x + row * n->ldx", "n->ldx"
        if is_state(name):
            wide = padded(self.letter(name))
            return f"S_{name.removesuffix('_prev')} + row * {wide}", wide
        return self.kept(self.storage.forward[name])

    def kept(self, home: Home) -> tuple[str, str]:
        """The same for a home of the forward."""
        if home.kind == "slot":
            return f"Z + row * zs + {self.column(int(home.key))}", "zs"
        wide = padded(self.letter(home.key))
        if home.kind == "state":
            return f"S_{home.key} + (row + B) * {wide}", wide
        return f"T{home.key} + row * {wide}", wide

    def passing(self, home: Home, letter: str) -> tuple[str, str]:
        """The same for a home of the backward, which lasts for one step only."""
        wide = padded(letter)
        if home.kind == "d_x":
            return f"dx + row * {wide}", wide
        if home.kind == "carry":
            return f"out_{home.key}", wide
        return f"X{home.key.removeprefix('#')}", wide
