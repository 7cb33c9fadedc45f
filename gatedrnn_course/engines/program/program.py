"""From a cell's equations to what has to be computed, where and when: one function that all writers print from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.engines.program.columns import columns
from gatedrnn_course.engines.program.ends import Split, split_ends
from gatedrnn_course.engines.program.fuse import Block, Transposed, fuse_backward, fuse_forward
from gatedrnn_course.engines.program.lower import lower
from gatedrnn_course.engines.program.memory_plan import MemoryPlan, memory_plan
from gatedrnn_course.engines.program.rounds import Rounds, rounds
from gatedrnn_course.engines.program.step import Part, Step

__all__ = ["Program", "program_of"]


@dataclass(frozen=True)
class Program:
    """What has to be computed for one cell, without sizes. A round is some products, and then a pass over elements.

    Attributes:
        step: The two directions of one step, matched.
        columns: The forward's slots in the order they lie side by side.
        rounds: The round of every value.
        split: The backward, its ends split into what they begin with and what is added there.
        blocks: The forward's products; those with the input run for many steps at once.
        transposed: The backward's products.
        memory: Where values are kept.
    """

    step: Step
    columns: tuple[int, ...]
    rounds: Rounds
    split: Split
    blocks: tuple[Block, ...]
    transposed: tuple[Transposed, ...]
    memory: MemoryPlan

    @property
    def forward(self) -> Part:
        """The forward."""
        return self.step.forward

    @property
    def backward(self) -> Part:
        """The backward."""
        return self.split.backward


@lru_cache(maxsize=1024)
def program_of(cell: Cell) -> Program:
    """The program of a cell.

    Args:
        cell: The cell.
    """
    step = lower(cell)
    order, when = columns(step), rounds(step)
    split = split_ends(step, when)
    blocks = fuse_forward(step.forward, order, when.forward)
    transposed = fuse_backward(step, order, split, blocks)
    return Program(step, order, when, split, blocks, transposed, memory_plan(step, order, when, split))
