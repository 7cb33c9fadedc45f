"""A cell's forward and backward equations, taken apart and matched: what a kernel has to compute, without an order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import Name, Neg, Outer, names, terms
from gatedrnn_course.cells.gradients import backward
from gatedrnn_course.cells.language import Line, is_parameter
from gatedrnn_course.cells.slices import whole_step
from gatedrnn_course.engines.program.lowering import Part, lower_backward, lower_forward, scaled
from gatedrnn_course.engines.program.normal import normal

__all__ = ["Equations", "equations_of"]


@dataclass(frozen=True)
class Equations:
    """The two directions of one step.

    Attributes:
        cell: The cell.
        forward: One step forward.
        backward: One step backward; its values may read everything of the forward.
        deltas: For each slot of the forward, the value that is the derivative with respect to it.
        sums: For each bias and peephole, the value to add up over steps and batch.
        ends: For each state, the value that is its derivative before the step.
        d_x: The value that is the derivative with respect to the input; empty for a cell without input.
    """

    cell: Cell
    forward: Part
    backward: Part
    deltas: Mapping[int, str]
    sums: Mapping[str, str]
    ends: Mapping[str, str]
    d_x: str

    @property
    def wanted(self) -> tuple[str, ...]:
        """The values of the backward that are always needed."""
        return (*self.ends.values(), *self.deltas.values(), *self.sums.values())


def equations_of(cell: Cell) -> Equations:
    """Take a cell's equations and its derived backward equations apart.

    Args:
        cell: The cell.
    """
    whole = whole_step(normal(cell))
    forward, part = Part(), Part()
    letters = {name: whole.shape(name)[0] for name in (*whole.inputs, *whole.cell.shapes)}
    slots: dict[tuple[str, str, str], int] = {}
    for line in whole.lines:
        own = [slot for slot, _ in lower_forward(forward, line, letters[line.name])]
        slots |= {(line.name, p.matrix, p.vector): p.slot for p in forward.products if p.slot in own}
    program = backward(whole)
    deltas: dict[int, str] = {}
    sums: dict[str, str] = {}
    for line in program.lines:
        name = line.name.removeprefix("d_")
        if line.name in program.outputs and is_parameter(name):
            if len(whole.shape(name)) == 2:
                deltas |= _deltas(part, line, slots)
                continue
            sums[name] = line.name
        lower_backward(part, line, letters[name])
    ends = {state: f"d_{state}_prev" for state in cell.states}
    return Equations(cell, forward, part, deltas, sums, ends, "d_x" if cell.inputs else "")


def _deltas(part: Part, line: Line, slots: Mapping[tuple[str, str, str], int]) -> dict[int, str]:
    """The derivative with respect to each slot, from the outer products that make up a matrix's gradient."""
    found: dict[int, str] = {}
    for sign, term in terms(line.expr):
        assert isinstance(term, Outer) and isinstance(term.right, Name)
        left = Neg(term.left) if sign < 0 else term.left
        (derivative,) = set(names(left))
        slot = slots[derivative.removeprefix("d_"), line.name.removeprefix("d_"), term.right.id]
        found[slot] = scaled(part, left)
    return found
