"""Reads the text of a cell: one equation a line, a small subset of Python's expressions, nothing else.

The text goes through Python's own `ast` and an allow-list of its nodes; nothing of it is ever executed.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from gatedrnn_course.cells.activations import ACTIVATIONS, FUNCTIONS
from gatedrnn_course.cells.expr import Call, Expr, MatMul, Name, Neg, Num, Op, to_text
from gatedrnn_course.errors import CellError
from gatedrnn_course.text import _

__all__ = ["Line", "is_parameter", "is_state", "parse_line", "parse_lines", "slope_of"]

MAX_LINES, MAX_WIDTH, MAX_DEPTH = 80, 400, 40
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_PARAMETER = re.compile(r"(W|U|P|b)_[A-Za-z0-9_]+\Z")
_RESERVED = re.compile(rf"(x|p|{'|'.join(FUNCTIONS)}|outer|batch_sum|d_.*|.*_next)\Z")
_OPERATORS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_ALLOWED = f"+ - * / @, numbers, {', '.join(ACTIVATIONS)}, x, *_prev, W_*, U_*, P_*, b_*"


@dataclass(frozen=True, slots=True)
class Line:
    """One equation.

    Attributes:
        name: What the line defines.
        expr: Its right-hand side.
        words: Its name in words, from the comment of the line ("forget gate").
    """

    name: str
    expr: Expr
    words: str


def is_parameter(name: str) -> bool:
    """Whether a name is a weight matrix (`W_*`, `U_*`), a peephole (`P_*`) or a bias (`b_*`)."""
    return _PARAMETER.match(name) is not None and not is_state(name)


def is_state(name: str) -> bool:
    """Whether a name is a state of the step before, such as `h_prev`."""
    return name.endswith("_prev") and len(name) > len("_prev")


def fail(line: str, came: str, do: str = "") -> CellError:
    """An error that quotes the line."""
    allowed = _("A cell's text may use: {allowed}.").format(allowed=_ALLOWED)
    return CellError(_("In the line `{line}`:").format(line=line.strip()[:MAX_WIDTH]), came, allowed, do)


def parse_lines(text: str) -> tuple[Line, ...]:
    """Read equations, one a line; empty lines and lines of comment are skipped.

    Args:
        text: Lines such as `f = sigmoid(W_f @ x + U_f @ h_prev + b_f)  # forget gate`.

    Returns:
        The lines in order.

    Raises:
        CellError: If a line is not an equation of the language; the message quotes it.
    """
    if not isinstance(text, str):
        raise CellError(_("A cell is a text of equations."), _("This is a {type}.").format(type=type(text).__name__))
    raw = [line for line in text.splitlines() if line.split("#")[0].strip()]
    if not raw:
        raise CellError(
            _("A cell is a text of equations."), _("This text has none."), _("For example: h = tanh(W_h @ x + b_h)")
        )
    if len(raw) > MAX_LINES:
        raise CellError(
            _("A cell has at most {most} equations.").format(most=MAX_LINES),
            _("This text has {came}.").format(came=len(raw)),
        )
    return tuple(parse_line(line) for line in raw)


def parse_line(line: str) -> Line:
    """Read one equation `name = expression  # name in words`.

    Raises:
        CellError: If the line is not an equation of the language.
    """
    code, _hash, comment = line.partition("#")
    too_long = _("The line is longer than {most} characters.").format(most=MAX_WIDTH)
    if len(code.strip()) > MAX_WIDTH:
        raise fail(line, too_long)
    statement = _statement(line, code.strip())
    target = statement.targets[0]
    if len(statement.targets) != 1 or not isinstance(target, ast.Name):
        raise fail(line, _("A line defines exactly one name, as in `f = ...`."))
    name = target.id
    if not _NAME.match(name) or is_parameter(name) or is_state(name) or _RESERVED.match(name):
        raise fail(line, _("`{name}` cannot be defined by a line.").format(name=name))
    expr = _expression(statement.value, line, 0)
    if len(f"{name} = {to_text(expr)}") > MAX_WIDTH:  # what a cell prints must be a cell again
        raise fail(line, too_long)
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in comment).split())
    return Line(name, expr, words or name)


def _part(node: ast.expr, line: str) -> str:
    """What the person wrote for one node."""
    code = line.partition("#")[0].strip().encode()
    return code[node.col_offset : node.end_col_offset].decode(errors="replace")[:80]


def _statement(line: str, code: str) -> ast.Assign:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise fail(line, _("This cannot be read as an equation.")) from None
    if len(body) != 1 or not isinstance(body[0], ast.Assign):
        raise fail(line, _("This is not an equation of the form `name = expression`."))
    return body[0]


def _expression(node: ast.expr, line: str, depth: int, functions: Collection[str] = ACTIVATIONS) -> Expr:
    """One node of Python's tree as one of ours."""
    if depth > MAX_DEPTH:
        raise fail(line, _("The expression is nested too deeply."), _("Give parts of it lines of their own."))

    def inner(part: ast.expr) -> Expr:
        return _expression(part, line, depth + 1, functions)

    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float() as value) if abs(value) <= 1e6:
            return Num(float(value))
        case ast.Name(id=name) if _NAME.match(name) and name not in functions and name != "p":
            return Name(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Neg(inner(operand))
        case ast.BinOp(op=ast.MatMult()):
            return _product(node, line, depth)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return Op(_OPERATORS[type(op)], inner(left), inner(right))
        case ast.Call(func=ast.Name(id=function), args=[arg], keywords=[]) if function in functions:
            return Call(function, inner(arg))
    raise fail(line, _("`{part}` is not part of the language.").format(part=_part(node, line)))


@lru_cache(maxsize=64)
def slope_of(function: str) -> Expr:
    """The derivative of an activation as its record gives it, with `a` for the argument and `y` for the value."""
    text = f"slope = {FUNCTIONS[function].slope}"
    return _expression(_statement(text, text).value, text, 0, FUNCTIONS)


def _product(node: ast.BinOp, line: str, depth: int) -> MatMul:
    """`W_f @ x`: a matrix on the left, anything that is a vector on the right."""
    match node.left:
        case ast.Name(id=name) if name.startswith(("W_", "U_")) and is_parameter(name):
            return MatMul(Name(name), _expression(node.right, line, depth + 1))
    came = _("On the left of @ stands `{part}`.").format(part=_part(node.left, line))
    do = _("Write a matrix on the left, as in W_f @ x; for an elementwise product write *.")
    raise fail(line, came, do)
