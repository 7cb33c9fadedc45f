"""Takes equations apart into products with matrices and elementwise values, the two things a kernel computes.

`f = sigmoid(W_f @ x + U_f @ h_prev + b_f)` becomes a slot that adds up two products, and two values: the slot plus
`b_f`, and its sigmoid. Elementwise parts stay nested, for the C compiler fuses them better than we would.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from gatedrnn_course.cells.expr import Call, Expr, MatMul, Name, Neg, Num, Op, Transpose, join_sum, names, terms, walk
from gatedrnn_course.cells.language import is_parameter

__all__ = ["SLOT", "Lowerer", "Part", "Product", "is_slot", "reads", "slot_number"]

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


def is_slot(name: str) -> bool:
    """Whether a name stands for a slot."""
    return name.startswith(SLOT)


def slot_number(name: str) -> int:
    """The number of the slot a name stands for."""
    return int(name.removeprefix(SLOT))


class Lowerer:
    """Takes lines apart, one after the other.

    Expressions met in the forward are remembered, so that the backward finds `tanh(c)` and `r * h_prev` by what they
    say. In the forward nothing with a product in it is shared: every product then has one derivative of its own.

    Args:
        shapes: The shape of every name of the cell in letters.
    """

    def __init__(self, shapes: dict[str, tuple[str, ...]]) -> None:
        self.shapes = shapes
        self.part = Part()
        self.known: dict[Expr, Name] = {}
        self.backward = False
        self._count = 0

    def begin_backward(self) -> Part:
        """Collect the lines to come in a new part."""
        self.part, self.backward = Part(), True
        return self.part

    def line(self, name: str, expr: Expr, letter: str) -> None:
        """Take one equation apart."""
        match expr:
            case Call(function, arg) if function != "step":
                value: Expr = Call(function, self.point(arg, letter))
            case Op("+" | "-") | Neg() | MatMul() if _has_product(expr):
                value = self._with_slot(expr, letter)
            case _:
                value = self.point(expr, letter)
        self._define(name, value, letter)
        if not isinstance(expr, Name | Num):
            self.known.setdefault(expr, Name(name))

    def point(self, expr: Expr, letter: str) -> Expr:
        """An elementwise expression: calls and sums with products become names."""
        if expr in self.known and (self.backward or not _has_product(expr)):
            return self.known[expr]
        match expr:
            case Neg() | Op("+" | "-") | MatMul() if _has_product(expr, direct=True):
                return self._temporary(expr, self._with_slot(expr, letter), letter)
            case Neg(arg):
                return Neg(self.point(arg, letter))
            case Op(op, left, right):
                return Op(op, self.point(left, letter), self.point(right, letter))
            case Call("step", arg):
                return Call("step", self.point(Call("relu", arg), letter))
            case Call(function, arg):
                return self._temporary(expr, Call(function, self.point(arg, letter)), letter)
        return expr

    def vector(self, expr: Expr, letter: str) -> str:
        """The name of what a matrix multiplies."""
        if isinstance(expr, Name) and not is_parameter(expr.id):
            return expr.id
        value = self.point(expr, letter)
        if isinstance(value, Name) and not is_parameter(value.id):
            return value.id
        return self._temporary(expr, value, letter).id

    def _with_slot(self, expr: Expr, letter: str) -> Expr:
        """A sum whose products go to one new slot. A product that is subtracted gets a slot of its own."""
        slot, rest = None, []
        for sign, term in terms(expr):
            if isinstance(term, MatMul) and sign > 0:
                slot = self._new_slot(letter) if slot is None else slot
                self._product(slot, term)
            else:
                rest.append((sign, self.point(term, letter)))
        return join_sum(([] if slot is None else [(1, Name(f"{SLOT}{slot}"))]) + rest)

    def _new_slot(self, letter: str) -> int:
        self.part.slots.append(letter)
        return len(self.part.slots) - 1

    def _product(self, slot: int, term: MatMul) -> None:
        transposed = isinstance(term.matrix, Transpose)
        matrix = term.matrix.matrix.id if isinstance(term.matrix, Transpose) else term.matrix.id
        rows, columns = self.shapes[matrix]
        vector = self.vector(term.vector, rows if transposed else columns)
        self.part.products.append(Product(slot, matrix, vector, transposed))

    def _temporary(self, expr: Expr, value: Expr, letter: str) -> Name:
        self._count += 1
        name = f"_t{self._count}"  # no name of a cell begins so
        self._define(name, value, letter)
        if self.backward or not _has_product(expr):
            self.known[expr] = Name(name)
        else:
            self.known.setdefault(expr, Name(name))
        return Name(name)

    def _define(self, name: str, value: Expr, letter: str) -> None:
        self.part.values[name] = value
        self.part.letters[name] = letter


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


def _has_product(expr: Expr, direct: bool = False) -> bool:
    """Whether a matrix multiplies something in an expression; `direct`: as a term of the sum itself."""
    if direct:
        return any(isinstance(term, MatMul) for _, term in terms(expr))
    return any(isinstance(node, MatMul) for _, node in walk(expr))
