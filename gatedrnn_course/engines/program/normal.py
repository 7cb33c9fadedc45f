"""A cell as engines read it: numbered names, and every product and every function on a line of its own.

`f = sigmoid(W_f @ x + U_f @ h_prev + b_f)` becomes `a_f = W_f @ x + U_f @ h_prev + b_f` and `f = sigmoid(a_f)`. The
derivative with respect to any sum of products then has one name, `d_a_f`, and derived equations hold no product that
the forward does not compute. Engines write programs of numbered cells only: what a person calls a line is no part of
any program, and cells that differ in names share one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.constants import number_of
from gatedrnn_course.cells.expr import (
    Call,
    Expr,
    MatMul,
    Name,
    Neg,
    Num,
    Op,
    factors,
    join_sum,
    names,
    put,
    terms,
    walk,
)
from gatedrnn_course.cells.language import Line, is_parameter

__all__ = ["Normal", "normal", "numbered", "scaled_factors", "scaled_product", "times"]


@lru_cache(maxsize=4096)
def numbered(cell: Cell) -> Cell:
    """The cell with a number for the name of every line and parameter; x, h and c, which mean something, stay.

    Args:
        cell: The cell.

    Returns:
        A cell with the same numbers, inputs, states and parameters in the same order.
    """
    lines = {line.name: f"l{k}" for k, line in enumerate(cell.lines) if line.name not in ("h", "c")}
    new = {name: f"{name[0]}_{k}" for k, name in enumerate(cell.parameters)}
    new |= lines | {f"{old}_prev": f"{name}_prev" for old, name in lines.items()}
    renamed = (Line(new.get(ln.name, ln.name), _renamed(ln.expr, new), "") for ln in cell.lines)
    return Cell("", tuple(renamed))


def _renamed(expr: Expr, new: Mapping[str, str]) -> Expr:
    for path, node in walk(expr):
        if isinstance(node, Name):
            expr = put(expr, path, Name(new.get(node.id, node.id)))
    return expr


@dataclass(frozen=True)
class Normal(Cell):
    """A cell in normal form.

    Each line is a function of a name, a sum of names and of products `number * (matrix @ name)`, or elementwise.

    Attributes:
        origin: The cell it says the same as; sizes and the order of states and parameters are its.
    """

    origin: Cell = field(kw_only=True)

    @cached_property
    def shapes(self) -> Mapping[str, tuple[str, ...]]:
        """The shape of every name in letters."""
        return {**super().shapes, **self.origin.shapes}

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Those of the origin."""
        return self.origin.inputs

    @cached_property
    def states(self) -> tuple[str, ...]:
        """Those of the origin."""
        return self.origin.states

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """Those of the origin."""
        return self.origin.parameters


@lru_cache(maxsize=4096)
def normal(cell: Cell) -> Normal:
    """A cell in normal form, with the names it has.

    Args:
        cell: The cell.

    Returns:
        The same computation; equal parts are computed once.
    """
    if isinstance(cell, Normal):
        return cell
    form = _Form(cell)
    for line in cell.lines:
        form.line(line)
    return Normal(cell.name, tuple(form.lines), cell.source, origin=cell)


class _Form:
    """Writes the lines."""

    def __init__(self, cell: Cell) -> None:
        self.lines: list[Line] = []
        self.taken = {line.name for line in cell.lines} | {name.removesuffix("_prev") for name in cell.used}
        self.known: dict[Expr, Name] = {}

    def line(self, line: Line) -> None:
        """Take one line apart."""
        match line.expr:
            case Call(function, arg) if any(names(arg)):
                expr: Expr = Call(function, self._held(self._plain(arg, line), line))
            case _ if _has_product(line.expr):
                expr = self._sum(line.expr, line)
            case _:
                expr = self._plain(line.expr, line)
        self._add(line.name, expr, line.words)

    def _add(self, name: str, expr: Expr, words: str) -> Name:
        """A new line; where another computes the same, a second name for it."""
        self.lines.append(Line(name, self.known.get(expr, expr), words))
        return self.known.setdefault(expr, Name(name))

    def _held(self, expr: Expr, line: Line) -> Name:
        """The name of a value; a new one `a_f` for a part of the line f."""
        if isinstance(expr, Name) and not is_parameter(expr.id):
            return expr
        if expr in self.known:
            return self.known[expr]
        name, k = f"a_{line.name}", 2
        while name in self.taken:
            name, k = f"a_{line.name}_{k}", k + 1
        self.taken.add(name)
        return self._add(name, expr, line.words)

    def _plain(self, expr: Expr, line: Line) -> Expr:
        """An elementwise expression: products and functions become names, numbers one number."""
        if not any(names(expr)):
            return _number(expr)
        if _has_product(expr):
            return self._held(self._sum(expr, line), line)
        match expr:
            case Call(function, arg):
                return self._held(Call(function, self._held(self._plain(arg, line), line)), line)
            case Neg(arg):
                return Neg(self._plain(arg, line))
            case Op(op, left, right):
                return Op(op, self._plain(left, line), self._plain(right, line))
        return expr

    def _sum(self, expr: Expr, line: Line) -> Expr:
        """A sum of products, each once, and of all else."""
        products: dict[MatMul, float] = {}
        rest: list[tuple[int, Expr]] = []
        for sign, term in terms(expr):
            scale, product = scaled_product(term)
            if product is None:
                rest.append((sign, self._plain(term, line)))
            else:
                vector = self._held(self._plain(product.vector, line), line)
                product = MatMul(product.matrix, vector)
                products[product] = products.get(product, 0.0) + sign * scale
        signed = [(1 if scale > 0 else -1, times(abs(scale), product)) for product, scale in products.items()]
        return join_sum(signed + rest)


def scaled_product(term: Expr) -> tuple[float, MatMul | None]:
    """A term that is a product of a matrix with a vector, as a number times the product; None for any other."""
    scale, parts = scaled_factors(term)
    match parts:
        case [MatMul() as product]:
            return scale, product
    return 1.0, None


def scaled_factors(term: Expr) -> tuple[float, list[Expr]]:
    """The product of a term's numbers, and its factors that are no numbers."""
    scale, found = 1.0, list[Expr]()
    for factor in factors(term):
        match factor:
            case Neg(arg):
                inner, parts = scaled_factors(arg)
                scale *= -inner
            case Op("/", top, bottom) if not any(names(bottom)):
                inner, parts = scaled_factors(top)
                scale *= inner / _number(bottom).value
            case _ if not any(names(factor)):
                scale, parts = scale * _number(factor).value, []
            case _:
                parts = [factor]
        found += parts
    return scale, found


def _has_product(expr: Expr) -> bool:
    """Whether a term of the sum is a product with a matrix."""
    return any(scaled_product(term)[1] is not None for _, term in terms(expr))


def times(scale: float, expr: Expr) -> Expr:
    """A number times an expression, in the shortest words."""
    if abs(scale) == 1:
        return expr if scale == 1 else Neg(expr)
    return Op("*", Num(scale), expr)


def _number(expr: Expr) -> Num:
    """An expression without names as one number."""
    value = number_of(expr)
    assert value is not None
    return Num(value)
