"""Mistakes with something too much: a vector added to a line, a vector a line should not see, a constant."""

from __future__ import annotations

from collections.abc import Iterator

from gatedrnn_course.cells.edits.site import Context, Site, is_derivative
from gatedrnn_course.cells.expr import Call, Expr, MatMul, Name, Num, Op, Path, names, terms
from gatedrnn_course.cells.language import is_parameter, is_state
from gatedrnn_course.text import mark

__all__ = ["constant_inside", "extra_term", "full_peephole", "sees_too"]


def _alike(ctx: Context) -> Iterator[str]:
    """The vectors at hand that have the shape of the line."""
    shape = ctx.slice.shape(ctx.line.name)
    return (name for name in ctx.vectors() if ctx.slice.shape(name) == shape)


def extra_term(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """An old state added to the whole line: h plus h_prev."""
    if not path and not is_derivative(ctx.line.name):
        for name in filter(is_state, _alike(ctx)):
            words = mark("In {line}, `{name}` is added, and should not be.")
            yield ctx.site(path, Op("+", node, Name(name)), ("extra",), words, name=name)


def sees_too(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """A recurrent sum that sees one more vector, through a matrix of its own or through a peephole."""
    if not ctx.sum_root(path, node):
        return
    products = [t.matrix for _sign, t in terms(node) if isinstance(t, MatMul) and next(names(t))[0] == "U"]
    matrices = [matrix for matrix in products if isinstance(matrix, Name)]
    if not matrices:
        return
    peepholes = [Name(name) for name in ctx.slice.parameters if name.startswith("P_")]
    used = set(names(node))
    for name in _alike(ctx):
        if name not in used and (is_state(name) or name in ctx.slice.cell.states):
            new = [MatMul(matrix, Name(name)) for matrix in matrices]
            terms_: list[Expr] = [*new, *(Op("*", peephole, Name(name)) for peephole in peepholes)]
            for term in terms_:
                words = mark("{line} sees `{name}` as well: `{term}` is one term too many.")
                yield ctx.site(path, Op("+", node, term), ("sees too", name), words, name=name, term=term)


def full_peephole(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """A whole matrix where the weights of a peephole, one for each unit, belong."""
    if isinstance(node, Op) and node.op == "*" and isinstance(node.left, Name) and node.left.id.startswith("P_"):
        for matrix in dict.fromkeys(name for name in names(ctx.line.expr) if name.startswith("U_")):
            words = mark("In {line}, the whole matrix {matrix} stands where the peephole `{peephole}` belongs.")
            new = MatMul(Name(matrix), node.right)
            yield ctx.site(path, new, ("full peephole",), words, matrix=matrix, peephole=node.left)


def constant_inside(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """A forget bias of 1 added in the code, as some libraries do, where it belongs to the parameters."""
    if isinstance(node, Call) and node.function == "sigmoid" and any(is_parameter(name) for name in names(node)):
        words = mark("In {line}, 1 is added inside {function}: the bias is larger by 1 than `p` says.")
        new = Call(node.function, Op("+", node.arg, Num(1.0)))
        yield ctx.site(path, new, ("constant",), words, function=node.function)
