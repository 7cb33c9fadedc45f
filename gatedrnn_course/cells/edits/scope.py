"""Brackets: which terms of a sum a gate multiplies."""

from __future__ import annotations

from collections.abc import Iterator

from gatedrnn_course.cells.edits.site import Context, Site
from gatedrnn_course.cells.expr import Expr, MatMul, Name, Op, Path, factors, join_product, join_sum, terms
from gatedrnn_course.text import mark

__all__ = ["before_for_each", "lets_out", "takes_all", "takes_in"]

Signed = list[tuple[int, Expr]]


def _gated(ctx: Context, signed: Signed) -> Iterator[tuple[int, Name, Expr]]:
    """Each gate that multiplies a term, or a vector inside its matrix product: its place, and the term without it."""
    for k, (_sign, term) in enumerate(signed):
        inside = term.vector if isinstance(term, MatMul) else term
        parts = factors(inside)
        for j, gate in enumerate(parts):
            if len(parts) > 1 and isinstance(gate, Name) and ctx.is_gate(gate):
                rest = join_product(parts[:j] + parts[j + 1 :])
                yield k, gate, MatMul(term.matrix, rest) if isinstance(term, MatMul) else rest


def takes_in(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """`r * (U @ h + b)` where `r` belongs to one of the two: a bracket around one term too many."""
    if not ctx.sum_root(path, node):
        return
    signed = terms(node)
    for k, gate, rest in _gated(ctx, signed):
        for n, (sign, term) in enumerate(signed):
            if n != k and len(signed) > 2:
                inside = join_sum([*terms(rest), (signed[k][0] * sign, term)])
                others = [one for m, one in enumerate(signed) if m not in (k, n)]
                words = mark("In {line}, `{gate}` multiplies `{term}` as well: check the brackets.")
                new = join_sum([*others, (signed[k][0], Op("*", gate, inside))])
                yield ctx.site(path, new, ("takes in",), words, gate=gate, term=term)


def takes_all(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """`r * (W @ x + U @ h + b)` for a gate that belongs inside one of the products."""
    if not ctx.sum_root(path, node):
        return
    signed = terms(node)
    for k, gate, rest in _gated(ctx, signed):
        term = signed[k][1]
        if isinstance(term, MatMul):
            inside = join_sum([(sign, rest if n == k else other) for n, (sign, other) in enumerate(signed)])
            words = mark("In {line}, `{gate}` multiplies the whole sum. It belongs inside the product with {matrix}.")
            yield ctx.site(path, Op("*", gate, inside), ("takes all",), words, gate=gate, matrix=term.matrix)


def lets_out(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """`r * (U @ h) + b` for `r * (U @ h + b)`: a term outside of the bracket."""
    if isinstance(node, Op) and node.op == "*" and ctx.is_gate(node.left):
        signed = terms(node.right)
        for k, (sign, term) in enumerate(signed):
            if len(signed) > 1:
                rest = Op("*", node.left, join_sum(signed[:k] + signed[k + 1 :]))
                words = mark("In {line}, `{gate}` does not multiply `{term}`, which belongs inside the brackets.")
                yield ctx.site(
                    path, join_sum([(1, rest), (sign, term)]), ("lets out",), words, gate=node.left, term=term
                )


def before_for_each(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """`U @ (r * h) + r * b` for `r * (U @ h + b)`: the gate inside the product, and still with the other terms."""
    if isinstance(node, Op) and node.op == "*" and ctx.is_gate(node.left):
        signed = terms(node.right)
        for k, (_sign, term) in enumerate(signed):
            if isinstance(term, MatMul) and len(signed) > 1:
                moved = MatMul(term.matrix, Op("*", node.left, term.vector))
                each: Signed = [(s, moved if n == k else Op("*", node.left, t)) for n, (s, t) in enumerate(signed)]
                others = join_sum([one for n, one in enumerate(each) if n != k])
                words = mark(
                    "In {line}, `{gate}` stands inside the product with {matrix} instead of after it; "
                    "`{others}` is right."
                )
                values = {"gate": node.left, "matrix": term.matrix, "others": others}
                yield ctx.site(path, join_sum(each), ("before",), words, **values)
