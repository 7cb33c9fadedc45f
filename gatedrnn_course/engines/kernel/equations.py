"""A cell's forward and backward equations, taken apart and matched: what a kernel has to compute, without an order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import Expr, MatMul, Name, Neg, Num, Outer, Transpose, terms, walk
from gatedrnn_course.cells.gradients import Backward, backward_of
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.engines.kernel.lowering import Lowerer, Part, is_slot, reads
from gatedrnn_course.errors import CourseError

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

    Raises:
        CourseError: If a product has no derivative of its own, so that the kernel cannot be written.
    """
    lowerer = Lowerer(dict(cell.shapes))
    forward = lowerer.part
    for line in cell.lines:
        lowerer.line(line.name, line.expr, cell.shape(line.name)[0])
    program = backward_of(cell)
    part = lowerer.begin_backward()
    gradients, sums = _take_apart(program, lowerer)
    backward_names = {*part.values, *sums.values(), *(delta for _, delta, _ in gradients)}
    read = [name for name in reads(part, backward_names) if not is_slot(name)]
    live = reads(forward, [*cell.states, *read])
    _drop(forward, live)
    deltas = _match(cell, forward, gradients)
    ends = {state: f"d_{state}_prev" for state in cell.states}
    return Equations(cell, forward, part, deltas, sums, ends, "d_x" if cell.inputs else "")


def _take_apart(program: Backward, lowerer: Lowerer) -> tuple[list[tuple[str, str, str]], dict[str, str]]:
    """Lower the backward lines; gives `(matrix, delta, vector)` of every outer product, and the sums."""
    shapes, part = lowerer.shapes, lowerer.part
    letters = {**{name: shape[0] for name, shape in shapes.items() if len(shape) == 1}}
    letters.update({f"{s}_prev": shapes[s][0] for s in program.forward.outputs})
    letters.update({f"d_{s}_next": shapes[s][0] for s in program.forward.outputs})
    gradients: list[tuple[str, str, str]] = []
    sums: dict[str, str] = {}
    for line in program.lines:
        parameter = line.name.removeprefix("d_")
        if line.name in program.outputs and is_parameter(parameter) and len(shapes[parameter]) == 2:
            rows, columns = shapes[parameter]
            for sign, term in terms(line.expr):
                if isinstance(term, Outer):
                    left = Neg(term.left) if sign < 0 else term.left
                    delta = lowerer.vector(left, rows)
                    gradients.append((parameter, delta, lowerer.vector(term.right, columns)))
            continue
        letter = _letter(line.expr, letters, shapes)
        if line.name in program.outputs and is_parameter(parameter):
            sums[parameter] = line.name
            letter = shapes[parameter][0]
        lowerer.line(line.name, line.expr, letter)
        letters[line.name] = part.letters[line.name]
    return gradients, sums


def _letter(expr: Expr, letters: Mapping[str, str], shapes: Mapping[str, tuple[str, ...]]) -> str:
    """The size of an expression of the backward."""
    match expr:
        case MatMul(Transpose(Name(matrix)), _):
            return shapes[matrix][1]
        case MatMul(Name(matrix), _):
            return shapes[matrix][0]
        case Name(name):
            return letters.get(name, "")
        case Num():
            return ""
    children = (getattr(expr, path[0]) for path, _ in walk(expr) if len(path) == 1)
    return next((letter for child in children if (letter := _letter(child, letters, shapes))), "")


def _drop(part: Part, live: set[str]) -> None:
    """Leave out the values nobody needs."""
    for name in [name for name in part.values if name not in live]:
        del part.values[name]
    part.products[:] = [p for p in part.products if f"#{p.slot}" in live]


def _match(cell: Cell, forward: Part, gradients: list[tuple[str, str, str]]) -> dict[int, str]:
    """The derivative with respect to each slot: the delta of the outer products of all its matrices."""
    left = list(gradients)
    slots: dict[int, list[tuple[str, str]]] = {}
    for product in forward.products:
        slots.setdefault(product.slot, []).append((product.matrix, product.vector))
    deltas: dict[int, str] = {}
    for slot, pairs in sorted(slots.items(), key=lambda item: -len(item[1])):
        choices = [{delta for m, delta, v in left if (m, v) == pair} for pair in pairs]
        common = set.intersection(*choices)
        if not common:
            raise CourseError(f"The kernel of {cell.name}.", f"The slot of {pairs} has no derivative of its own.")
        deltas[slot] = next(delta for _, delta, _ in left if delta in common)
        for matrix, vector in pairs:
            left.remove((matrix, deltas[slot], vector))
    if left:
        raise CourseError(f"The kernel of {cell.name}.", f"The outer products {left} belong to no slot.")
    return deltas
