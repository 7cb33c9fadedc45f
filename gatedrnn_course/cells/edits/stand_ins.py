"""Mistakes in which something else stands for a whole: `1 - i` for f, r wherever z belongs, one term for the line."""

from __future__ import annotations

from collections.abc import Iterator

from gatedrnn_course.cells.edits.site import Context, Site
from gatedrnn_course.cells.expr import Call, Expr, Name, Num, Op, Path, names, put, terms, walk
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.text import mark

__all__ = ["complement_of_another", "one_term_alone", "throughout"]


def complement_of_another(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """One minus another gate, as in coupled gates: `(1 - i) * c_prev`."""
    if path and ctx.is_gate(node):
        for name in ctx.vectors():
            if ctx.is_gate(Name(name)) and Name(name) != node:
                words = mark("In {line}, `{other}` stands where `{gate}` belongs.")
                new = Op("-", Num(1.0), Name(name))
                yield ctx.site(path, new, ("complement of another",), words, gate=node, other=new)


def throughout(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """Another vector at every place of one that stands in the line more than once."""
    if path:
        return
    used = [name for name in names(node) if not is_parameter(name)]
    for old in dict.fromkeys(name for name in used if used.count(name) > 1):
        for name in ctx.vectors(old):
            if name != old and name not in used:
                new = node
                for inner, child in walk(node):
                    if child == Name(old):
                        new = put(new, inner, Name(name))
                words = mark("In {line}, `{used}` stands wherever `{right}` belongs.")
                yield ctx.site(path, new, ("throughout", old, name), words, used=name, right=old)


def one_term_alone(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """One term in place of the whole line: only the bias."""
    if not path:
        signed = terms(node.arg if isinstance(node, Call) else node)
        for _sign, term in signed if len(signed) > 1 else ():
            words = mark("Only `{term}` stands in {line}.")
            yield ctx.site(path, term, ("alone",), words, term=term)
