"""A cell in sentences, for people who listen to a page instead of looking at it."""

from __future__ import annotations

from collections.abc import Sequence

from gatedrnn_course.cells.activations import FUNCTIONS
from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import Call, Expr, MatMul, Name, Neg, Num, Op, Transpose, factors, names, terms, to_text
from gatedrnn_course.cells.language import Line, is_parameter, is_state
from gatedrnn_course.cells.words import opening, the
from gatedrnn_course.text import _

__all__ = ["describe", "describe_back", "describe_line", "say"]


def say(expr: Expr) -> str:
    """An expression as one reads it aloud: "sigmoid of W f times x plus b f"."""
    match expr:
        case Num(value):
            return f"{value:g}"
        case Name(name):
            return _say_name(name)
        case Neg(arg):
            return _("minus {arg}").format(arg=_grouped(arg))
        case Op(op, _left, _right) if op in "+-":
            return _say_sum(expr)
        case Op("*", _left, _right):
            return _say_product(expr)
        case Op("/", left, right):
            left_words = _grouped(left) + _pause(left)
            return _("{left} divided by {right}").format(left=left_words, right=_grouped(right))
        case MatMul(matrix, vector):
            return _("{matrix} times {vector}").format(matrix=say(matrix), vector=_grouped(vector))
        case Transpose(matrix):
            return _("{matrix} transposed").format(matrix=say(matrix))
        case Call(function, arg):
            return _("{function} of {arg}").format(function=_(FUNCTIONS[function].words), arg=_grouped(arg))
    return to_text(expr)


def _say_sum(expr: Expr) -> str:
    (sign, last), *rest = terms(expr)
    words = say(last) if sign > 0 else _("minus {arg}").format(arg=_grouped(last))
    for sign, term in rest:
        words += (_pause(last) if _ends_open(last) else "") + (_(" plus ") if sign > 0 else _(" minus ")) + say(term)
        last = term
    return words


def _say_product(expr: Expr) -> str:
    first, *rest = factors(expr)
    words, last = _grouped(first), first
    for part in rest:
        words += _pause(last) + _(" times ") + _grouped(part)
        last = part
    return words


def _pause(expr: Expr) -> str:
    """A comma behind words that would run on into what follows."""
    return "," if _is_group(expr) or _ends_open(expr) else ""


def _is_group(expr: Expr) -> bool:
    return isinstance(expr, Op)


def _ends_open(expr: Expr) -> bool:
    """Whether the words of an expression end inside a quantity."""
    match expr:
        case Call(arg=arg) | Neg(arg=arg) | MatMul(vector=arg):
            return _is_group(arg) or _ends_open(arg)
        case Op(op=op, right=right):
            return _ends_open(right) or (op in "*/" and _is_group(right))
    return False


def _grouped(expr: Expr) -> str:
    """A sum or product inside another expression, held together by words."""
    return _("the quantity {arg}").format(arg=say(expr)) if _is_group(expr) else say(expr)


def _say_name(name: str) -> str:
    if is_parameter(name):
        return name.replace("_", " ")
    if is_state(name):
        return _("{name} of the step before").format(name=name.removesuffix("_prev").replace("_", " "))
    return name.replace("_", " ")


def describe_line(line: Line) -> str:
    """One equation as a sentence: "The forget gate f is sigmoid of ..."."""
    name = line.name.replace("_", " ")
    if line.words == line.name:
        return _("The line {name} is {value}.").format(name=name, value=say(line.expr))
    return _("{the_line} {name} is {value}.").format(the_line=opening(the(line)), name=name, value=say(line.expr))


def describe(cell: Cell, upto: str | None = None) -> str:
    """The cell as sentences: what it receives, each line, what it hands on.

    Args:
        cell: The cell.
        upto: The last line to describe; all where left out.

    Returns:
        The sentences. A part of a cell receives what its lines use, and hands on nothing unless it is the whole.
    """
    lines = cell.lines[: cell.lines.index(cell.line(upto)) + 1] if upto is not None else cell.lines
    used = {name for line in lines for name in names(line.expr)}
    received = [_("the input x")] if "x" in used else []
    received += [_say_name(f"{name}_prev") for name in cell.states if f"{name}_prev" in used or lines == cell.lines]
    head = _("The {cell} receives {names}.").format(cell=cell.name, names=", ".join(received))
    tail = _("It hands on {names}.").format(names=", ".join(cell.states))
    return " ".join((head, *map(describe_line, lines), *([tail] if lines == cell.lines else [])))


def describe_back(cell: Cell, lit: str | Sequence[str] = ()) -> str:
    """Where the gradient goes from some lines of a cell, in sentences.

    Args:
        cell: The cell.
        lit: The line or lines; all where left out.

    Returns:
        One sentence a line, from the last to the first.

    Raises:
        CellError: If the cell has no line of that name.
    """
    chosen = [cell.line(name) for name in ([lit] if isinstance(lit, str) else lit)] or cell.lines
    told = [_("The gradient runs against the arrows of the {cell} cell.").format(cell=cell.name)]
    for line in sorted(chosen, key=cell.lines.index, reverse=True):
        to = ", ".join(_say_name(name) for name in dict.fromkeys(names(line.expr)))
        told.append(_("{line} passes it on to {names}.").format(line=opening(the(line)), names=to))
    return " ".join(told)
