"""Mistakes with a matrix product: transposed, typed as on the slide, elementwise, or a gate on its wrong side."""

from __future__ import annotations

from collections.abc import Iterator

from gatedrnn_course.cells.edits.site import Context, Site
from gatedrnn_course.cells.expr import (
    Expr,
    MatMul,
    Name,
    NumpyMatMul,
    Op,
    Path,
    Transpose,
    factors,
    join_product,
    join_sum,
    terms,
    to_text,
    walk,
)
from gatedrnn_course.cells.jacobian import JACOBIAN
from gatedrnn_course.text import mark

__all__ = ["as_on_the_slide", "elementwise", "factor_after", "factor_before", "no_matrix", "no_transpose"]


def _held(expr: Expr) -> str:
    return f"({to_text(expr)})" if isinstance(expr, Op) else to_text(expr)


def _shown(vector: Expr) -> str:
    """A vector as a message shows it: of one that is computed by a product it tells nothing."""
    return "(...)" if any(isinstance(node, MatMul) for _path, node in walk(vector)) else to_text(vector)


def no_transpose(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """`x @ W` for `x @ W.T`."""
    if isinstance(node, MatMul) and isinstance(node.matrix, Name):
        words = mark("In {line}, {matrix} stands the wrong way round: write `{vector} @ p.{matrix}.T`.")
        new = MatMul(Transpose(node.matrix), node.vector)
        yield ctx.site(path, new, ("transposed",), words, matrix=node.matrix, vector=to_text(node.vector))
    elif isinstance(node, MatMul) and isinstance(node.matrix, Transpose) and ctx.line.name != JACOBIAN:
        words = mark("In {line}, {matrix} stands the wrong way round: write `{vector} @ p.{matrix}`, without `.T`.")
        back, vector = node.matrix.matrix, _held(node.vector)
        yield ctx.site(path, MatMul(back, node.vector), ("transposed back",), words, matrix=back, vector=vector)


def as_on_the_slide(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """`W @ x` typed into NumPy, where the leading axis of a batch is in the way."""
    if isinstance(node, MatMul) and isinstance(node.matrix, Name):
        words = mark(
            "In {line}, `{matrix} @ {vector}` is typed as on the slide, which is right for one vector only; "
            "for a batch of rows write `{vector} @ p.{matrix}.T`."
        )
        new = NumpyMatMul(node.matrix, node.vector)
        yield ctx.site(path, new, ("slide",), words, matrix=node.matrix, vector=to_text(node.vector))
    elif isinstance(node, MatMul) and isinstance(node.matrix, Transpose):
        words = mark(
            "In {line}, `{matrix}.T @ {vector}` is typed as on the slide, which is right for one vector only; "
            "for a batch of rows write `{vector} @ p.{matrix}`."
        )
        back, new = node.matrix.matrix, NumpyMatMul(node.matrix, node.vector)
        yield ctx.site(path, new, ("slide back",), words, matrix=back, vector=_held(node.vector))


def no_matrix(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """What is taken back does not pass the matrix."""
    if isinstance(node, MatMul) and isinstance(node.matrix, Transpose):
        words = mark("In {line}, `{vector}` is not multiplied by {matrix}.")
        matrix = node.matrix.matrix
        yield ctx.site(path, node.vector, ("no matrix",), words, matrix=matrix, vector=node.vector)


def elementwise(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """`W * x` for the matrix product."""
    if isinstance(node, MatMul) and isinstance(node.matrix, Name):
        words = mark("In {line}, {matrix} is multiplied element by element (*) instead of as a matrix (@).")
        yield ctx.site(path, Op("*", node.matrix, node.vector), ("elementwise",), words, matrix=node.matrix)
        words = mark(
            "In {line}, `{vector} * p.{matrix}.T` multiplies element by element; a matrix product is written @."
        )
        new = Op("*", node.vector, Transpose(node.matrix))
        yield ctx.site(path, new, ("elementwise T",), words, matrix=node.matrix, vector=to_text(node.vector))
    elif isinstance(node, MatMul) and isinstance(node.matrix, Transpose):
        words = mark("In {line}, {matrix} is multiplied element by element (*) instead of as a matrix (@).")
        back = node.matrix.matrix
        yield ctx.site(path, Op("*", node.vector, back), ("elementwise",), words, matrix=back)


def factor_after(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """`r * (U @ h)` for `U @ (r * h)`: a gate on the wrong side of the product."""
    if isinstance(node, MatMul):
        parts = factors(node.vector)
        for k, factor in enumerate(parts):
            if len(parts) > 1 and isinstance(factor, Name):
                inside = MatMul(node.matrix, join_product(parts[:k] + parts[k + 1 :]))
                words = mark("In {line}, `{factor}` stands after the product with {matrix} instead of inside it.")
                new = Op("*", factor, inside)
                yield ctx.site(path, new, ("factor after",), words, factor=factor, matrix=to_text(node.matrix))


def factor_before(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """`U @ (r * h)` for `r * (U @ h + b)`: the same on the other side."""
    if isinstance(node, Op) and node.op == "*" and isinstance(node.left, Name):
        signed = terms(node.right)
        for k, (sign, term) in enumerate(signed):
            if isinstance(term, MatMul):
                moved = MatMul(term.matrix, Op("*", node.left, term.vector))
                new = join_sum([*signed[:k], (sign, moved), *signed[k + 1 :]])
                words = mark("In {line}, `{factor}` stands inside the product with {matrix} instead of after it.")
                yield ctx.site(path, new, ("factor before",), words, factor=node.left, matrix=to_text(term.matrix))
