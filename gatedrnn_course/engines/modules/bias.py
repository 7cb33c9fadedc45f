"""A cell without its biases."""

from __future__ import annotations

from functools import lru_cache

from gatedrnn_course.cells.activations import ACTIVATIONS
from gatedrnn_course.cells.cell import Cell, build
from gatedrnn_course.cells.expr import Call, Expr, MatMul, Name, Neg, Num, Op
from gatedrnn_course.cells.language import Line, is_parameter

__all__ = ["without_bias"]

_ZERO = Num(0.0)


@lru_cache(maxsize=256)
def without_bias(cell: Cell) -> Cell:
    """The cell with every `b_*` left out.

    Args:
        cell: The cell.

    Returns:
        A cell of the same name.

    Raises:
        CellError: If a line has nothing left.
    """
    return build((Line(line.name, _without(line.expr), line.words) for line in cell.lines), cell.name, cell.source)


def _without(expr: Expr) -> Expr:
    """The expression with biases as zeros, and zeros left out."""
    match expr:
        case Name(name) if name.startswith("b_") and is_parameter(name):
            return _ZERO
        case Neg(arg):
            return _ZERO if (inner := _without(arg)) == _ZERO else Neg(inner)
        case Call(function, arg):
            inner = _without(arg)
            return _ZERO if inner == _ZERO and not ACTIVATIONS[function].numpy(0.0) else Call(function, inner)
        case MatMul(matrix, vector):
            return _ZERO if (inner := _without(vector)) == _ZERO else MatMul(matrix, inner)
        case Op(op, left, right):
            return _joined(op, _without(left), _without(right))
    return expr


def _joined(op: str, left: Expr, right: Expr) -> Expr:
    if (op == "*" and _ZERO in (left, right)) or (op == "/" and left == _ZERO):
        return _ZERO
    if op in "+-" and right == _ZERO:
        return left
    if op == "+" and left == _ZERO:
        return right
    if op == "-" and left == _ZERO:
        return Neg(right)
    return Op(op, left, right)
