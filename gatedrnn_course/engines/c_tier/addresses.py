"""Where everything of a cell is: its parameters, its slots, and the rows of arrays that hold its values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.language import is_parameter, is_state
from gatedrnn_course.engines.c_tier.places import Place, padded, total
from gatedrnn_course.engines.program.layout import Block
from gatedrnn_course.engines.program.lowering import is_slot, slot_number
from gatedrnn_course.engines.program.storage import Home, Storage, storage_of

__all__ = ["Addresses"]


@dataclass(frozen=True)
class Addresses:
    """The addresses of one cell's values.

    In C text `row` is the number of the first row of the step, and `r` that of the example.

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

    def slot(self, slot: int, kind: str = "slot") -> Place:
        """Where a slot of the forward is, or its `"delta"`."""
        place = self.storage.layout.columns.index(slot)
        return Place(kind, self.slots[place], columns=self.slots[:place])

    def width(self, block: Block) -> str:
        """The columns of a forward block together."""
        return total([self.storage.layout.equations.forward.slots[slot] for _, slot in block.entries])

    def forward(self, name: str) -> Place:
        """Where a value of the forward, a state before the step, the input, a slot or a parameter is."""
        if is_parameter(name):
            return Place("parameter", self.cell.shape(name)[0], name)
        if is_slot(name):
            return self.slot(slot_number(name))
        if name == "x":
            return Place("input", "D")
        if is_state(name):
            return Place("before", self.letter(name), name.removesuffix("_prev"))
        home = self.storage.forward[name]
        if home.kind == "slot":
            return self.slot(int(home.key))
        return Place("after" if home.kind == "state" else "tape", self.letter(home.key), home.key)

    def backward(self, name: str) -> tuple[Place, ...]:
        """Where what a step of the backward reads is; values of several places are added up."""
        e = self.storage.layout.equations
        if name.startswith("d_") and name.endswith("_next"):
            state = name.removeprefix("d_").removesuffix("_next")
            arriving = Place("in", self.letter(state), state)
            return (arriving, Place("d_h", "H")) if state == self.cell.states[0] else (arriving,)
        if is_slot(name):
            return (self.passing(self.storage.slots[slot_number(name)], e.backward.slots[slot_number(name)]),)
        if name in self.storage.backward:
            return (self.passing(self.storage.backward[name], e.backward.letters[name]),)
        if name in e.backward.values:
            return (self.deltas(name)[0],)
        return (self.forward(name),)

    def deltas(self, name: str) -> list[Place]:
        """The slots whose derivative a value of the backward is."""
        layout = self.storage.layout
        return [self.slot(slot, "delta") for slot in layout.columns if layout.equations.deltas[slot] == name]

    def passing(self, home: Home, letter: str) -> Place:
        """A home of the backward, which lasts for one step only."""
        kind = {"carry": "out", "d_x": "d_x"}.get(home.kind, "scratch")
        return Place(kind, letter, home.key.removeprefix("#"))
