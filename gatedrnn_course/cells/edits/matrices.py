"""Mistakes with a matrix product: transposed, typed as on the slide, or elementwise."""

from __future__ import annotations

from collections.abc import Iterator

from gatedrnn_course.cells.edits.site import Context, Site
from gatedrnn_course.cells.expr import Expr, MatMul, Name, NumpyMatMul, Op, Path, Transpose, to_text
from gatedrnn_course.text import mark

__all__ = ["RULES"]


def no_transpose(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """`x @ W` for `x @ W.T`."""
    if isinstance(node, MatMul) and isinstance(node.matrix, Name):
        words = mark("In the {line}, the matrix {matrix} is transposed: write `{vector} @ p.{matrix}.T`.")
        new = MatMul(Transpose(node.matrix), node.vector)
        yield ctx.site(path, new, ("transposed",), words, matrix=node.matrix, vector=to_text(node.vector))


def as_on_the_slide(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """`W @ x` typed into NumPy, where the leading axis of a batch is in the way."""
    if isinstance(node, MatMul) and isinstance(node.matrix, Name):
        words = mark(
            "In the {line}, `{matrix} @ {vector}` is typed as on the slide, which is right for one vector only; "
            "for a batch of rows write `{vector} @ p.{matrix}.T`."
        )
        new = NumpyMatMul(node.matrix, node.vector)
        yield ctx.site(path, new, ("slide",), words, matrix=node.matrix, vector=to_text(node.vector))


def elementwise(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """`W * x` for the matrix product."""
    if isinstance(node, MatMul) and isinstance(node.matrix, Name):
        words = mark("In the {line}, {matrix} is multiplied element by element (*) instead of as a matrix (@).")
        yield ctx.site(path, Op("*", node.matrix, node.vector), ("elementwise",), words, matrix=node.matrix)


RULES = (no_transpose, as_on_the_slide, elementwise)
