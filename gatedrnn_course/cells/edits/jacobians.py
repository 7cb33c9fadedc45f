"""Mistakes with the Jacobian of a step: transposed, its matrix transposed, columns scaled instead of rows."""

from __future__ import annotations

from collections.abc import Iterator

from gatedrnn_course.cells.edits.site import Context, Site
from gatedrnn_course.cells.expr import Expr, MatMul, Op, OverAxes, Path, Transpose, factors, join_product
from gatedrnn_course.cells.jacobian import JACOBIAN
from gatedrnn_course.text import mark

__all__ = ["columns_scaled", "jacobian_transposed", "matrix_transposed"]


def jacobian_transposed(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """Rows and columns exchanged."""
    if ctx.line.name == JACOBIAN and not path:
        words = mark("{line} is transposed: entry [i, j] is the derivative of h_i with respect to h_prev_j.")
        yield ctx.site(path, OverAxes("swapped", node), ("jacobian transposed",), words)


def matrix_transposed(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """`U.T` for `U`."""
    if ctx.line.name == JACOBIAN and isinstance(node, MatMul) and isinstance(node.matrix, Transpose):
        words = mark("In {line}, {matrix} is transposed: entry [i, j] needs {matrix}[i, j].")
        matrix = node.matrix.matrix
        yield ctx.site(path, MatMul(matrix, node.vector), ("matrix transposed",), words, matrix=matrix)


def columns_scaled(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """The derivative of the activation on the other side of the matrix."""
    if ctx.line.name == JACOBIAN and isinstance(node, MatMul):
        parts = factors(node.vector)
        for k, factor in enumerate(parts):
            if len(parts) > 1 and isinstance(factor, Op):
                words = mark(
                    "In {line}, `{factor}` multiplies the columns of {matrix} instead of its rows: it belongs to h_i, "
                    "and i is the row."
                )
                rest = MatMul(node.matrix, join_product(parts[:k] + parts[k + 1 :]))
                values = {"factor": factor, "matrix": node.matrix}
                if isinstance(node.matrix, Transpose):
                    values["matrix"] = node.matrix.matrix
                yield ctx.site(path, Op("*", rest, factor), ("columns scaled",), words, **values)
