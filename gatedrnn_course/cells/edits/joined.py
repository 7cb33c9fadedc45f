"""The mistake of joined products: `[x, h]` multiplied with `[U, W]`, the matrices in the other order."""

from __future__ import annotations

from collections.abc import Iterator

from gatedrnn_course.cells.edits.site import Context, Site
from gatedrnn_course.cells.expr import Expr, Joined, MatMul, Name, Path, join_sum, terms
from gatedrnn_course.text import mark

__all__ = ["joined_crosswise"]


def joined_crosswise(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """Two products of a sum as one product of joined arrays, the matrices joined in the other order."""
    if not ctx.sum_root(path, node):
        return
    signed = terms(node)
    products = [t for sign, t in signed if sign > 0 and isinstance(t, MatMul)]
    if len(products) != 2:
        return
    first, second = products
    a, b = second.matrix, first.matrix
    if not isinstance(a, Name) or not isinstance(b, Name):
        return
    new = Joined(a, b, first.vector, second.vector)
    rest = [(sign, term) for sign, term in signed if not any(term is one for one in products)]
    words = mark(
        "In {line}, [{first}, {second}] is multiplied with [{a}, {b}]: the matrices are joined in the other order."
    )
    values = {"first": first.vector, "second": second.vector, "a": a, "b": b}
    yield ctx.site(path, join_sum([(1, new), *rest]), ("joined",), words, **values)
