"""A cell's equations in the notation of the lecture slides."""

from __future__ import annotations

from gatedrnn_course.cells.activations import FUNCTIONS
from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import (
    Call,
    Expr,
    Joined,
    MatMul,
    Name,
    Neg,
    Num,
    NumpyMatMul,
    Op,
    Outer,
    OverAxes,
    Transpose,
)
from gatedrnn_course.cells.gradients import Backward
from gatedrnn_course.cells.language import Line, is_parameter, is_state
from gatedrnn_course.text import _

__all__ = ["backward_latex", "cell_latex", "expr_latex", "index_of", "line_latex", "name_latex"]

_TIMES = {"+": "+", "-": "-", "*": r"\odot"}
TIME, LAYER = "t", r"\ell"


def index_of(cell: Cell) -> str:
    """What the steps of a cell count: time, or layers where nothing comes in at a step."""
    return TIME if cell.inputs else LAYER


def name_latex(name: str, index: str = TIME) -> str:
    """A name with its index: `h_prev` is h_{t-1}, `c_tilde` is c with a tilde at t, `W_f` has none."""
    if is_parameter(name):
        letter, _underscore, suffix = name.partition("_")
        return f"{letter}_{{{_plain(suffix)}}}" if len(suffix) > 1 else f"{letter}_{suffix}"
    if name.startswith("d_") and name.endswith("_next"):  # with respect to this step's value: sent back by the next
        return rf"{name_latex(name.removesuffix('_next'), index)}^{{\text{{next}}}}"
    if name.startswith("d_"):
        return rf"\delta {name_latex(name[2:], index)}"
    at = f"{index}-1" if is_state(name) else f"{index}+1" if name.endswith("_next") else index
    base = name.removesuffix("_prev").removesuffix("_next")
    letter, _underscore, suffix = base.partition("_")
    if suffix == "tilde":
        letter, suffix = rf"\tilde{{{letter}}}", ""
    if suffix.endswith("_tilde"):  # what stands inside the tanh of a candidate
        suffix = rf"\tilde{{{_plain(suffix.removesuffix('_tilde'))}}}"
    else:
        suffix = _plain(suffix)
    below = f"{suffix},{at}" if suffix else at
    return f"{letter}_{{{below}}}" if len(below) > 1 else f"{letter}_{below}"


def expr_latex(expr: Expr, index: str = TIME) -> str:
    """The LaTeX of an expression, without dollar signs."""
    match expr:
        case Num(value):
            return f"{value:g}"
        case Name(name):
            return name_latex(name, index)
        case Neg(arg):
            return f"-{_held(arg, 2, index)}"
        case Op("/", left, right):
            return rf"\frac{{{expr_latex(left, index)}}}{{{expr_latex(right, index)}}}"
        case Op(op, left, right):
            level = 1 if op in "+-" else 2
            return f"{_held(left, level, index)} {_TIMES[op]} {_held(right, 2, index)}"
        case Transpose(matrix):
            return f"{name_latex(matrix.id, index)}^\\top"
        case MatMul(matrix, vector) | NumpyMatMul(matrix, vector):
            return rf"{expr_latex(matrix, index)} {_held(vector, 3, index)}"
        case Joined(a, b, first, second):
            vectors = rf"[{expr_latex(first, index)}, {expr_latex(second, index)}]^\top"
            return f"[{expr_latex(a, index)}, {expr_latex(b, index)}] {vectors}"
        case Outer(left, right):
            return rf"{_held(left, 3, index)} {_held(right, 3, index)}^\top"
        case OverAxes(_function, arg):
            return rf"\sum_b {_held(arg, 2, index)}"
        case Call(function, arg):
            return rf"{FUNCTIONS[function].latex}({expr_latex(arg, index)})"


def _held(expr: Expr, level: int, index: str) -> str:
    """Brackets where needed: level 1 for a term of a sum, 2 for a factor, 3 for a vector behind a matrix."""
    text = expr_latex(expr, index)
    is_sum = isinstance(expr, Neg) or (isinstance(expr, Op) and expr.op in "+-")
    is_product = isinstance(expr, Op) and expr.op == "*"
    return f"({text})" if (is_sum and level >= 2) or (is_product and level >= 3) else text


def _plain(words: str) -> str:
    """Words with the signs that mean something to LaTeX made harmless."""
    named = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(named.get(sign, f"\\{sign}" if sign in "_%$#&{}" else sign) for sign in words)


def line_latex(line: Line, index: str = TIME) -> str:
    """One equation, without dollar signs."""
    return f"{name_latex(line.name, index)} = {expr_latex(line.expr, index)}"


def cell_latex(cell: Cell) -> str:
    """All equations of a cell, aligned at the equals sign, each with its name in words."""
    index = index_of(cell)
    rows = [
        rf"{name_latex(line.name, index)} &= {expr_latex(line.expr, index)} && \text{{{_plain(_(line.words))}}}"
        for line in cell.lines
    ]
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def backward_latex(program: Backward) -> str:
    """All backward equations, aligned at the equals sign, in the order they are computed."""
    rows = [rf"{name_latex(ln.name)} &= {expr_latex(ln.expr)}" for ln in program.lines]
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"
