"""Parts of equations that are numbers, whatever a cell is given; what divides by a zero is no cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from gatedrnn_course.cells.expr import Call, Expr, MatMul, Name, Neg, Num, Op, to_text, walk
from gatedrnn_course.cells.language import Line, fail
from gatedrnn_course.cells.numeric import NUMPY_FUNCTIONS
from gatedrnn_course.text import _

__all__ = ["check_numbers", "number_of"]

_LARGEST = float(np.finfo(np.float32).max)
_APPLY = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}


def number_of(expr: Expr, known: Mapping[str, float] | None = None) -> float | None:
    """The number an expression always is, or None; zero times anything is zero.

    Args:
        expr: The expression.
        known: Lines that are numbers, by name.
    """
    match expr:
        case Num(value):
            return value
        case Name(name):
            return known.get(name) if known else None
        case Neg(arg):
            return None if (inner := number_of(arg, known)) is None else -inner
        case MatMul(_, vector):
            return 0.0 if number_of(vector, known) == 0 else None
        case Call(function, arg):
            return None if (inner := number_of(arg, known)) is None else _of(NUMPY_FUNCTIONS[function], inner)
        case Op(op, left, right):
            a, b = number_of(left, known), number_of(right, known)
            if (op == "*" and 0 in (a, b)) or (op == "/" and a == 0 and b != 0):
                return 0.0
            return None if a is None or b is None else _of(_APPLY[op], a, b)
    return None


def _of(function: object, *values: float) -> float:
    with np.errstate(all="ignore"):
        return float(function(*map(np.float64, values)))  # type: ignore[operator]


def check_numbers(lines: Iterable[Line]) -> None:
    """Refuse what divides by a number that is always zero, and numbers too large for an engine.

    Args:
        lines: The equations of a cell.

    Raises:
        CellError: If there is one; the message quotes the line.
    """
    known: dict[str, float] = {}
    for line in lines:
        shown = f"{line.name} = {to_text(line.expr)}"
        for _path, node in walk(line.expr):
            if isinstance(node, Op) and node.op == "/" and number_of(node.right, known) == 0:
                came = _("`{part}` is below the line, and is always zero.").format(part=to_text(node.right))
                raise fail(shown, came, _("Divide by what can be other than zero."))
            value = number_of(node, known)
            if value is not None and not abs(value) <= _LARGEST:
                raise fail(shown, _("`{part}` is too large a number.").format(part=to_text(node)))
        if (value := number_of(line.expr, known)) is not None:
            known[line.name] = value
