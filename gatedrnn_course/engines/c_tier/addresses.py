"""Where everything of a cell is: its parameters, its slots, and the rows of arrays that hold its values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.language import is_parameter, is_state
from gatedrnn_course.engines.c_tier.places import Place, padded, total
from gatedrnn_course.engines.program.fuse import Block
from gatedrnn_course.engines.program.memory_plan import Buffer
from gatedrnn_course.engines.program.program import Program, program_of
from gatedrnn_course.engines.program.step import SLOT, is_slot, slot_number

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
    def program(self) -> Program:
        """What has to be computed."""
        return program_of(self.cell)

    @cached_property
    def slots(self) -> tuple[str, ...]:
        """The sizes of the slots in the order of their columns."""
        part = self.program.forward
        return tuple(part.slots[slot] for slot in self.program.columns)

    @property
    def states(self) -> list[str]:
        """The sizes of the states."""
        return [self.letter(state) for state in self.cell.states]

    @cached_property
    def blocks(self) -> dict[Block, str]:
        """The name of the offset at which each block's matrices begin among the parameters."""
        return {block: f"w{k}" for k, block in enumerate(self.program.blocks)}

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
        sizes = {name: f"{block.inner} * ({self.width(block)})" for block, name in self.blocks.items()}
        sizes |= {f"o_{name}": padded(self.cell.shape(name)[0]) for name in self.vectors}
        sizes |= {f"o_{name}": f"PAD({' * '.join(self.cell.shape(name))})" for name in self.idle}
        found, end = {}, "0"
        for name, size in sizes.items():
            found[name], end = end, f"{name} + {size}"
        return found, end

    def letter(self, name: str) -> str:
        """The size of a value of the forward, or of a state before the step."""
        return self.program.forward.letters[name]

    def slot(self, slot: int, kind: str = "slot") -> Place:
        """Where a slot of the forward is, or its `"delta"`."""
        place = self.program.columns.index(slot)
        return Place(kind, self.slots[place], columns=self.slots[:place])

    def width(self, block: Block) -> str:
        """The columns of a forward block together."""
        return total([block.letter] * len(block.entries))

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
        buffer = self.program.memory.forward[name]
        if buffer.kind == "slot":
            return self.slot(int(buffer.key))
        return Place("after" if buffer.kind == "state" else "tape", self.letter(buffer.key), buffer.key)

    def backward(self, name: str) -> tuple[Place, ...]:
        """Where what a step of the backward reads is; values of several places are added up."""
        part, memory = self.program.backward, self.program.memory
        if name.startswith("d_") and name.endswith("_next"):
            state = name.removeprefix("d_").removesuffix("_next")
            arriving = Place("in", self.letter(state), state)
            return (arriving, Place("d_h", "H")) if state == self.cell.states[0] else (arriving,)
        if is_slot(name):
            return (self.passing(memory.slots[slot_number(name)], part.letters[name]),)
        if name in memory.backward:
            return (self.passing(memory.backward[name], part.letters[name]),)
        if name in part.values:
            return (self.deltas(name)[0],)
        return (self.forward(name),)

    def deltas(self, name: str) -> list[Place]:
        """The slots whose derivative a value of the backward is."""
        deltas = self.program.step.deltas
        return [self.slot(slot, "delta") for slot in self.program.columns if deltas[slot] == name]

    def scratch(self) -> list[tuple[str, str]]:
        """Names and sizes of what the backward keeps for one step."""
        part = self.program.backward
        return [(name.removeprefix(SLOT), part.letters[name]) for name in self.program.memory.scratch]

    def passing(self, buffer: Buffer, letter: str) -> Place:
        """A buffer of the backward, which lasts for one step only."""
        kind = {"carry": "out", "d_x": "d_x"}.get(buffer.kind, "scratch")
        return Place(kind, letter, buffer.key.removeprefix(SLOT))
