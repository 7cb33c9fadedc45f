"""What a product whose sizes do not fit shows on the learner's own line: two states, or weights that are not turned."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.grading.exchange.values import Problem
from gatedrnn_course.grading.items import Item
from gatedrnn_course.text import mark

__all__ = ["likely_product"]

_SIZES = re.compile(r"mismatch in its core dimension|not aligned|cannot be multiplied")
_PRODUCTS = ("dot", "matmul", "mm")


def likely_product(item: Item, problem: Problem) -> Words | None:
    """The likely slip behind a matrix product whose sizes do not fit.

    Args:
        item: The item.
        problem: What the call raised, with the line of the learner's code.

    Returns:
        The slip in words; None where the line shows none, or the exception is another one.
    """
    if not _SIZES.search(problem.message):
        return None
    parameters = "p" in item.arguments
    for left, right in _products(problem.line):
        shown = {"left": ast.unparse(left), "right": ast.unparse(right)}
        vectors = [_is_vector(item, part) for part in (left, right)]
        if all(vectors) and "x" not in (*_names(left), *_names(right)):
            words = mark(
                "`{left} @ {right}`, or np.dot, multiplies as matrices; element by element is `{left} * {right}`."
            )
            return Words(words, {name: text.removesuffix(".T") for name, text in shown.items()})
        if parameters and vectors[0] and not vectors[1] and not _is_turned(right):
            words = mark(
                "`{left} @ {right}` does not fit: a weight matrix has one row for each unit of the state, so vectors "
                "in rows are multiplied by the matrix turned round. Is `{left} @ {right}.T` meant?"
            )
            return Words(words, shown)
    return None


def _products(line: str) -> Iterator[tuple[ast.expr, ast.expr]]:
    """The two sides of every matrix product of a line, the inner ones first."""
    for opened in (line, f"{line}\n    pass", f"({line}", f"{line})"):
        try:
            tree = ast.parse(opened.strip())
            break
        except SyntaxError:
            continue
    else:
        return
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(left=left, op=ast.MatMult(), right=right):
                yield left, right
            case ast.Call(func=ast.Attribute(attr=name), args=[left, right]) if name in _PRODUCTS:
                yield left, right
            case ast.Call(func=ast.Attribute(value=left, attr=name), args=[right]) if name in _PRODUCTS:
                yield left, right


def _names(node: ast.expr) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _is_vector(item: Item, node: ast.expr) -> bool:
    """Whether a factor is surely no matrix: an input, or a line of the cell, and what is made of these alone."""
    cell = getattr(getattr(item, "slice", None), "cell", None)
    lines = [line.name for line in cell.lines] if cell is not None else []
    names = _names(node) - {"np", "torch", "tanh", "sigmoid"}
    return bool(names) and names <= {*item.arguments, *lines, "x", "g", "h", "c"} - {"p"}


def _is_turned(node: ast.expr) -> bool:
    return any(isinstance(one, ast.Attribute) and one.attr in ("T", "t", "mT", "transpose") for one in ast.walk(node))
