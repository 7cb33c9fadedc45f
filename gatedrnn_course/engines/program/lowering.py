"""Takes equations apart into products with matrices and elementwise values, the two things a kernel computes.

Of `a_f = W_f @ x + U_f @ h_prev + b_f` becomes a slot that adds up two products, and the value slot plus `b_f`.
Elementwise parts stay nested, for the C compiler fuses them better than we would.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gatedrnn_course.cells.expr import Expr, MatMul, Name, Neg, Num, Op, Transpose, join_sum, names, terms
from gatedrnn_course.cells.language import Line
from gatedrnn_course.engines.program.normal import scaled_product

__all__ = ["SLOT", "Part", "Product", "is_slot", "lower_backward", "lower_forward", "reads", "scaled", "slot_number"]

SLOT = "#"
"""A name that begins so stands for what a slot holds once all its products are added up."""


@dataclass(frozen=True, slots=True)
class Product:
    """`matrix @ vector`, or `matrix.T @ vector`, added to a slot.

    Attributes:
        slot: Number of the slot.
        matrix: Name of a parameter.
        vector: Name of a value.
        transposed: Whether the matrix is transposed.
    """

    slot: int
    matrix: str
    vector: str
    transposed: bool


@dataclass
class Part:
    """The equations of one direction, forward or backward, taken apart.

    Attributes:
        values: Elementwise expressions by name, each after those it needs. `Name("#3")` is slot 3.
        products: What the slots add up.
        slots: Size of every slot, `"H"` or `"D"`.
        letters: Size of every value.
    """

    values: dict[str, Expr] = field(default_factory=dict)
    products: list[Product] = field(default_factory=list)
    slots: list[str] = field(default_factory=list)
    letters: dict[str, str] = field(default_factory=dict)

    def define(self, name: str, value: Expr, letter: str) -> None:
        """Add a value."""
        self.values[name], self.letters[name] = value, letter

    def new_slot(self, letter: str) -> int:
        """Add a slot."""
        self.slots.append(letter)
        return len(self.slots) - 1


def is_slot(name: str) -> bool:
    """Whether a name stands for a slot."""
    return name.startswith(SLOT)


def slot_number(name: str) -> int:
    """The number of the slot a name stands for."""
    return int(name.removeprefix(SLOT))


def lower_forward(part: Part, line: Line, letter: str) -> Iterator[tuple[int, float]]:
    """Take one line in normal form apart; products with the same number in front share a slot.

    Args:
        part: The forward so far.
        line: The line.
        letter: Its size.

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
                slots[sign * scale] = part.new_slot(letter)
            part.products.append(_product(slots[sign * scale], product))
    first = [(1, _times(scale, Name(f"{SLOT}{slot}"))) for scale, slot in slots.items()]
    part.define(line.name, join_sum(first + rest), letter)
    yield from ((slot, scale) for scale, slot in slots.items())


def lower_backward(part: Part, line: Line, letter: str) -> None:
    """Take one line of derived equations apart; the numbers in front of products go into what is multiplied.

    Args:
        part: The backward so far.
        line: The line.
        letter: Its size.
    """
    slot, rest = None, list[tuple[int, Expr]]()
    for sign, term in terms(line.expr):
        if isinstance(term, MatMul):
            slot = part.new_slot(letter) if slot is None else slot
            delta = scaled(part, Neg(term.vector) if sign < 0 else term.vector)
            part.products.append(_product(slot, MatMul(term.matrix, Name(delta))))
        else:
            rest.append((sign, term))
    part.define(line.name, join_sum(([] if slot is None else [(1, Name(f"{SLOT}{slot}"))]) + rest), letter)


def scaled(part: Part, expr: Expr) -> str:
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
    multiple = _times(scale, expr)
    known = next((name for name, other in part.values.items() if other == multiple and name.startswith("_")), "")
    if not known:
        known = f"_{len(part.values)}"  # no name of a cell begins so
        part.define(known, multiple, part.letters[expr.id])
    return known


def reads(part: Part, wanted: Iterable[str]) -> set[str]:
    """Every name that the wanted values need, through values and slots, themselves included."""
    found: set[str] = set()
    todo = list(wanted)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            if is_slot(name):
                todo += [p.vector for p in part.products if p.slot == slot_number(name)]
            elif name in part.values:
                todo += names(part.values[name])
    return found


def _product(slot: int, product: MatMul) -> Product:
    """A product of a matrix with a name."""
    assert isinstance(product.vector, Name)
    if isinstance(product.matrix, Transpose):
        return Product(slot, product.matrix.matrix.id, product.vector.id, True)
    return Product(slot, product.matrix.id, product.vector.id, False)


def _times(scale: float, name: Name) -> Expr:
    if abs(scale) == 1:
        return name if scale == 1 else Neg(name)
    return Op("*", Num(scale), name)
