"""Mistakes with an activation: another one, none, one too many, or a term on its wrong side."""

from __future__ import annotations

from collections.abc import Iterator

from gatedrnn_course.cells.activations import EXCHANGED
from gatedrnn_course.cells.edits.site import Context, Site
from gatedrnn_course.cells.expr import Call, Expr, MatMul, Name, Op, Path, join_sum, put, terms, walk
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.text import mark

__all__ = ["around_too_much", "no_activation", "one_too_many", "other_activation", "term_outside"]


def other_activation(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """tanh for sigmoid, and so on."""
    if isinstance(node, Call):
        for function in EXCHANGED:
            if function != node.function:
                words = mark("{line} uses {function} where {right} belongs.")
                group = ("activation", node.function, function)
                yield ctx.site(path, Call(function, node.arg), group, words, function=function, right=node.function)


def no_activation(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """No activation at all."""
    if isinstance(node, Call):
        words = mark("{line} has no {function} around `{arg}`.")
        group = ("no activation", node.function)
        yield ctx.site(path, node.arg, group, words, function=node.function, arg=node.arg)


def term_outside(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """A term added after the activation instead of inside it."""
    if isinstance(node, Call) and len(signed := terms(node.arg)) > 1:
        for k, (sign, term) in enumerate(signed):
            inside = Call(node.function, join_sum(signed[:k] + signed[k + 1 :]))
            words = mark("In {line}, `{term}` is added after {function} instead of inside it.")
            new = Op("+" if sign > 0 else "-", inside, term)
            yield ctx.site(path, new, ("outside",), words, term=term, function=node.function)


def around_too_much(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """An activation taken after the next matrix instead of before it."""
    if not path:
        for inner, child in walk(node):
            if isinstance(child, Call) and inner and isinstance(ctx.parent(inner), MatMul):
                words = mark("In {line}, {function} stands around the whole line instead of around `{arg}` alone.")
                new = Call(child.function, put(node, inner, child.arg))
                yield ctx.site(path, new, ("too wide",), words, function=child.function, arg=child.arg)


def one_too_many(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """An activation around a line, or around a vector, that needs none."""
    if not path and not isinstance(node, Call):
        for function in ("tanh", "sigmoid"):
            words = mark("{line} passes through {function}, and should not.")
            yield ctx.site(path, Call(function, node), ("too many", function), words, function=function)
    if isinstance(node, Name) and node.id in ctx.slice.inputs and ctx.is_gate(node) and path:  # a gate handed in
        words = mark("In {line}, `{name}` passes through sigmoid, and is a gate already.")
        yield ctx.site(path, Call("sigmoid", node), ("too many", "gate"), words, name=node)
    bare = isinstance(node, Name) and not is_parameter(node.id) and not ctx.is_gate(node) and node.id != "x"
    if bare and not isinstance(ctx.parent(path), Call) and path:
        words = mark("In {line}, `{name}` passes through tanh, and should not.")
        yield ctx.site(path, Call("tanh", node), ("too many", "name"), words, name=node)
