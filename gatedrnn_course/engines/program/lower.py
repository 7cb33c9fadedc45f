"""Takes a cell's equations and its derived backward equations apart, and matches the two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import Expr, MatMul, Name, Neg, Num, Op, Outer, Transpose, join_sum, names, terms
from gatedrnn_course.cells.gradients import backward
from gatedrnn_course.cells.language import Line, is_parameter
from gatedrnn_course.cells.slices import whole_step
from gatedrnn_course.engines.program.normal import normal, scaled_product, times
from gatedrnn_course.engines.program.step import SLOT, Part, Product, Step

__all__ = ["lower"]


def lower(cell: Cell) -> Step:
    """One step of a cell without dead values: products in slots, values, and for each slot its derivative.

    Args:
        cell: The cell.
    """
    whole = whole_step(normal(cell))
    shapes = {name: whole.shape(name) for name in (*whole.inputs, *whole.cell.shapes)}
    letters = {name: shape[0] for name, shape in shapes.items()}
    forward, back = _Builder({name: letters[name] for name, shape in shapes.items() if len(shape) == 1}), _Builder({})
    slots: dict[tuple[str, str, str], int] = {}
    for line in whole.lines:
        own = [slot for slot, _ in forward.forward(line, letters[line.name])]
        slots |= {(line.name, p.matrix, p.vector): p.slot for p in forward.products if p.slot in own}
    equations = backward(whole)
    deltas: dict[int, str] = {}
    sums: dict[str, str] = {}
    for line in equations.lines:
        name = line.name.removeprefix("d_")
        if line.name in equations.outputs and is_parameter(name):
            if len(whole.shape(name)) == 2:
                deltas |= _deltas(back, line, slots)
                continue
            sums[name] = line.name
        back.backward(line, letters[name])
    ends = {state: f"d_{state}_prev" for state in cell.states}
    step = Step(cell, forward.part(), back.part(), deltas, sums, ends, "d_x" if cell.inputs else "")
    return replace(step, backward=step.backward.only((*step.wanted, step.d_x)))


@dataclass
class _Builder:
    """A part that grows line by line."""

    letters: dict[str, str]
    values: dict[str, Expr] = field(default_factory=dict)
    products: list[Product] = field(default_factory=list)
    slots: list[str] = field(default_factory=list)

    def part(self) -> Part:
        """What it has become."""
        return Part(self.values, tuple(self.products), tuple(self.slots), self.letters)

    def forward(self, line: Line, letter: str) -> Iterator[tuple[int, float]]:
        """Add a line in normal form; products with the same number in front share a slot.

        Yields:
            Each slot, and the number in front of it.
        """
        slots: dict[float, int] = {}
        rest: list[tuple[int, Expr]] = []
        for sign, term in terms(line.expr):
            scale, product = scaled_product(term)
            if product is None:
                rest.append((sign, term))
            else:
                if sign * scale not in slots:
                    slots[sign * scale] = self._new_slot(letter)
                self.products.append(_product(slots[sign * scale], product))
        first = [(1, times(scale, Name(f"{SLOT}{slot}"))) for scale, slot in slots.items()]
        self._define(line.name, join_sum(first + rest), letter)
        yield from ((slot, scale) for scale, slot in slots.items())

    def backward(self, line: Line, letter: str) -> None:
        """Add a line of derived equations; the numbers in front of products go into what is multiplied."""
        slot, rest = None, list[tuple[int, Expr]]()
        for sign, term in terms(line.expr):
            if isinstance(term, MatMul):
                slot = self._new_slot(letter) if slot is None else slot
                delta = self.scaled(Neg(term.vector) if sign < 0 else term.vector)
                self.products.append(_product(slot, MatMul(term.matrix, Name(delta))))
            else:
                rest.append((sign, term))
        self._define(line.name, join_sum(([] if slot is None else [(1, Name(f"{SLOT}{slot}"))]) + rest), letter)

    def scaled(self, expr: Expr) -> str:
        """The name of a number times a derivative: the derivative's own, or that of a new value."""
        scale = 1.0
        while not isinstance(expr, Name):
            match expr:
                case Neg(arg):
                    scale, expr = -scale, arg
                case Op("*", left, Num(value)):
                    scale, expr = scale * value, left
                case _:
                    raise TypeError(f"no multiple of a derivative: {expr!r}")
        if scale == 1:
            return expr.id
        multiple = times(scale, expr)
        known = next((name for name, other in self.values.items() if other == multiple and name.startswith("_")), "")
        if not known:
            known = f"_{len(self.values)}"  # no name of a cell begins so
            self._define(known, multiple, self.letters[expr.id])
        return known

    def _define(self, name: str, value: Expr, letter: str) -> None:
        self.values[name], self.letters[name] = value, letter

    def _new_slot(self, letter: str) -> int:
        self.letters[f"{SLOT}{len(self.slots)}"] = letter
        self.slots.append(letter)
        return len(self.slots) - 1


def _deltas(back: _Builder, line: Line, slots: Mapping[tuple[str, str, str], int]) -> dict[int, str]:
    """The derivative with respect to each slot, from the outer products that make up a matrix's gradient."""
    found: dict[int, str] = {}
    for sign, term in terms(line.expr):
        assert isinstance(term, Outer) and isinstance(term.right, Name)
        left = Neg(term.left) if sign < 0 else term.left
        (derivative,) = set(names(left))
        slot = slots[derivative.removeprefix("d_"), line.name.removeprefix("d_"), term.right.id]
        found[slot] = back.scaled(left)
    return found


def _product(slot: int, product: MatMul) -> Product:
    """A product of a matrix with a name."""
    matrix = product.matrix.matrix if isinstance(product.matrix, Transpose) else product.matrix
    assert isinstance(product.vector, Name)
    return Product(slot, matrix.id, product.vector.id)
