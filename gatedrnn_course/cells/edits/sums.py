"""Mistakes in a sum: a term missing, with the wrong sign, twice, multiplied, or under the wrong bracket."""

from __future__ import annotations

from collections.abc import Iterator

from gatedrnn_course.cells.edits.site import Context, Site
from gatedrnn_course.cells.expr import (
    Expr,
    MatMul,
    Name,
    Num,
    Op,
    Path,
    factors,
    join_product,
    join_sum,
    names,
    terms,
)
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.text import mark

__all__ = ["bracket_too_wide", "missing_term", "product_for_sum", "term_twice", "wrong_sign"]


def role(term: Expr) -> str:
    """What a term does in its sum: bias `b`, input `W`, recurrence `U`, peephole `P`, or another."""
    if isinstance(term, MatMul):
        return next(names(term))[0] if isinstance(term.matrix, Name) else "other"
    first = next((name for name in names(term) if is_parameter(name)), "")
    return first[0] if first and len(factors(term)) <= 2 else "other"


_MISSING = {
    "b": mark("{line} has no bias: `{term}` is missing."),
    "W": mark("{line} does not look at the input: `{term}` is missing."),
    "U": mark("{line} does not look at the hidden state: `{term}` is missing."),
    "P": mark("{line} has no peephole: `{term}` is missing."),
    "other": mark("In {line}, `{term}` is missing."),
}


def missing_term(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """A term left out."""
    if ctx.sum_root(path, node):
        signed = terms(node)
        for k, (_sign, term) in enumerate(signed):
            rest = join_sum(signed[:k] + signed[k + 1 :])
            kind = role(term)
            several = kind == "b" and sum(name.startswith("b_") for name in names(ctx.line.expr)) > 1
            yield ctx.site(path, rest, ("missing", kind), _MISSING["other" if several else kind], term=term)


def wrong_sign(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """A plus for a minus or a minus for a plus."""
    if ctx.sum_root(path, node):
        signed = terms(node)
        for k, (sign, term) in enumerate(signed):
            flipped = join_sum([*signed[:k], (-sign, term), *signed[k + 1 :]])
            words = mark("In {line}, `{term}` is subtracted instead of added.")
            if sign < 0:
                words = mark("In {line}, `{term}` is added instead of subtracted.")
            yield ctx.site(path, flipped, ("sign", role(term)), words, term=term)


def term_twice(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """A term added twice."""
    if ctx.sum_root(path, node):
        signed = terms(node)
        for sign, term in signed:
            if not isinstance(term, Num):
                words = mark("In {line}, `{term}` counts twice.")
                yield ctx.site(path, join_sum([*signed, (sign, term)]), ("twice", role(term)), words, term=term)


def product_for_sum(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """Two terms multiplied instead of added."""
    if ctx.sum_root(path, node):
        signed = terms(node)
        for k in range(len(signed) - 1):
            (sign, first), (_next_sign, second) = signed[k], signed[k + 1]
            joined = signed[:k] + [(sign, Op("*", first, second))] + signed[k + 2 :]
            words = mark("In {line}, `{first}` and `{second}` are multiplied instead of added.")
            if sign != _next_sign:
                words = mark("In {line}, `{first}` and `{second}` are multiplied instead of subtracted.")
            yield ctx.site(path, join_sum(joined), ("product for sum",), words, first=first, second=second)


def bracket_too_wide(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """A factor of one term taken for a factor of the whole sum."""
    if not ctx.sum_root(path, node):
        return
    signed = terms(node)
    for k, (_sign, term) in enumerate(signed):
        parts = factors(term)
        for j, factor in enumerate(parts):
            if len(parts) < 2 or not isinstance(factor, Name):
                continue
            rest = join_product(parts[:j] + parts[j + 1 :])
            inside = join_sum([(s, rest if n == k else t) for n, (s, t) in enumerate(signed)])
            words = mark(
                "In {line}, `{factor}` multiplies the whole sum instead of `{rest}` alone: check the brackets."
            )
            yield ctx.site(path, Op("*", factor, inside), ("bracket",), words, factor=factor, rest=rest)
