"""Mistakes in a product: a factor missing, added, or turned into one minus itself."""

from __future__ import annotations

from collections.abc import Iterator

from gatedrnn_course.cells.edits.site import Context, Site, is_derivative
from gatedrnn_course.cells.expr import Call, Expr, Name, Num, Op, Path, factors, join_product, join_sum, names, terms
from gatedrnn_course.cells.language import is_state
from gatedrnn_course.text import mark

__all__ = [
    "complement",
    "division",
    "exchanged_gates",
    "extra_factor",
    "factor_inside",
    "missing_factor",
    "one_minus",
    "sum_for_product",
]


def missing_factor(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """A factor left out."""
    if ctx.product_root(path, node):
        parts = factors(node)
        for k, factor in enumerate(parts):
            rest = join_product(parts[:k] + parts[k + 1 :])
            words = mark("In {line}, `{rest}` is not multiplied by `{factor}`.")
            yield ctx.site(path, rest, ("missing factor",), words, factor=factor, rest=rest)


def extra_factor(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """A term of a sum weighed by a gate too many.

    An old state that enters a sum whole may meet any gate, or what the gate leaves; another term of a whole line, a
    gate that has no part in the line, such as `z * (r * h_prev) + (1 - z) * h_tilde`.
    """
    if not ctx.sum_root(path, node):
        return
    signed, used = terms(node), set(names(node))
    gates = [name for name in ctx.vectors() if ctx.is_gate(Name(name))]
    for k, (sign, term) in enumerate(signed):
        weights: list[Expr] = []
        if isinstance(term, Name) and is_state(term.id):
            weights = [weight for name in gates for weight in (Op("-", Num(1.0), Name(name)), Name(name))]
        elif not path and not is_derivative(ctx.line.name):
            weights = [Name(name) for name in gates if name not in used]
        for factor in weights:
            weighed = [*signed[:k], (sign, Op("*", factor, term)), *signed[k + 1 :]]
            words = mark("In {line}, `{term}` is multiplied by `{factor}`, and should not be.")
            yield ctx.site(path, join_sum(weighed), ("extra factor",), words, term=term, factor=factor)


def sum_for_product(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """Two factors added instead of multiplied."""
    if ctx.product_root(path, node):
        parts = factors(node)
        for k in range(len(parts) - 1):
            joined = [*parts[:k], Op("+", parts[k], parts[k + 1]), *parts[k + 2 :]]
            words = mark("In {line}, `{first}` and `{second}` are added instead of multiplied.")
            yield ctx.site(path, join_product(joined), ("sum for product",), words, first=parts[k], second=parts[k + 1])


def one_minus(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """A gate turned into one minus itself, or the other way round."""
    if ctx.is_gate(node) and not _in_one_minus(ctx, path):
        words = mark("In {line}, `{other}` stands where `{gate}` belongs.")
        new = Op("-", Num(1.0), node)
        yield ctx.site(path, new, ("one minus",), words, gate=node, other=new)
    if isinstance(node, Op) and node.op == "-" and node.left == Num(1.0) and ctx.is_gate(node.right):
        words = mark("In {line}, `{other}` stands where `{gate}` belongs.")
        yield ctx.site(path, node.right, ("one minus",), words, gate=node, other=node.right)


def _in_one_minus(ctx: Context, path: Path) -> bool:
    parent = ctx.parent(path)
    return isinstance(parent, Op) and parent.op == "-" and parent.left == Num(1.0)


def factor_inside(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """`tanh(o * c)` for `o * tanh(c)`."""
    if ctx.product_root(path, node):
        parts = factors(node)
        for k, call in enumerate(parts):
            if isinstance(call, Call):
                rest = parts[:k] + parts[k + 1 :]
                new = Call(call.function, join_product([*rest, call.arg]))
                words = mark("In {line}, `{factor}` is multiplied inside {function} instead of outside.")
                yield ctx.site(path, new, ("inside",), words, factor=join_product(rest), function=call.function)


def division(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """A fraction upside down, or a product for a fraction."""
    if isinstance(node, Op) and node.op == "/":
        words = mark("In {line}, the fraction `{fraction}` is upside down.")
        yield ctx.site(path, Op("/", node.right, node.left), ("upside down",), words, fraction=node)
        words = mark("In {line}, `{first}` is multiplied by `{second}` instead of divided.")
        yield ctx.site(path, Op("*", node.left, node.right), ("undivided",), words, first=node.left, second=node.right)


def complement(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """One minus the whole line."""
    if not path and isinstance(node, Call) and node.function == "sigmoid":
        words = mark("{line} is one minus what it should be, as with a wrong sign inside {function}.")
        yield ctx.site(path, Op("-", Num(1.0), node), ("complement",), words, function=node.function)


def exchanged_gates(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """A mix `z * a + (1 - z) * b` the other way round."""
    if not ctx.sum_root(path, node):
        return
    parts = [factors(term) for sign, term in terms(node) if sign > 0]
    if len(parts) != 2 or any(len(part) != 2 for part in parts):
        return
    (a, b), (c, d) = parts
    if Op("-", Num(1.0), a) == c or Op("-", Num(1.0), c) == a:
        words = mark(
            "In {line}, `{a}` and `{c}` weigh the wrong terms: they are exchanged. "
            "This is the other convention of the literature."
        )
        yield ctx.site(path, Op("+", Op("*", c, b), Op("*", a, d)), ("mix",), words, a=a, c=c)
