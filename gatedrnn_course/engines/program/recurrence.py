"""Cells whose recurrence is elementwise and linear in the state: all steps can then be computed in log2(T) rounds.

Of minGRU's `h = (1 - z) * h_prev + z * h_tilde` the factor is `1 - z` and the rest `z * h_tilde`, as z and h_tilde
know nothing of the state. That is read off the equations, however they are spelled.

Source: Blelloch 1990, Prefix sums and their applications, section 1.4; Feng et al. 2024, section 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import Expr, Name, Neg, Num, Op, join_sum, names, product
from gatedrnn_course.cells.language import Line
from gatedrnn_course.engines.program.normal import normal

__all__ = ["Recurrence", "linear_recurrence"]


@dataclass(frozen=True)
class Recurrence:
    """`s = factor * s_prev + rest` for every state that is carried on.

    Attributes:
        lines: What depends on the input only, in the order of computing; factors and rests are written with it.
        factors: By the name of the state.
        rests: By the name of the state.
    """

    lines: tuple[Line, ...]
    factors: Mapping[str, Expr]
    rests: Mapping[str, Expr]


@dataclass(frozen=True)
class _Affine:
    """A value as `sum of factors[s_prev] * s_prev, + rest`."""

    factors: Mapping[str, Expr]
    rest: Expr


_ZERO = Num(0.0)


@lru_cache(maxsize=1024)
def linear_recurrence(cell: Cell) -> Recurrence | None:
    """The recurrence of a cell, or None where a state goes through a matrix or a function, or meets another.

    Args:
        cell: The cell.
    """
    known: dict[str, _Affine | None] = {f"{s}_prev": _Affine({f"{s}_prev": Num(1.0)}, _ZERO) for s in cell.states}
    free = []
    lines = normal(cell).lines
    for line in lines:
        if any(name in known for name in names(line.expr)):
            known[line.name] = _affine(line.expr, known)
        else:
            free.append(line)
    carried = {name for line in lines for name in names(line.expr)}
    found = {}
    for state in cell.states:
        if f"{state}_prev" not in carried:
            continue
        form = known.get(state, _Affine({}, Name(state)))
        if form is None or not form.factors.keys() <= {f"{state}_prev"}:
            return None
        found[state] = form
    factors = {state: form.factors.get(f"{state}_prev", _ZERO) for state, form in found.items()}
    return Recurrence(tuple(free), factors, {state: form.rest for state, form in found.items()})


def _affine(expr: Expr, known: Mapping[str, _Affine | None]) -> _Affine | None:
    """An expression by the states before the step; None where it is no such sum."""
    if not any(name in known for name in names(expr)):
        return _Affine({}, expr)
    match expr:
        case Name(name):
            return known[name]
        case Neg(arg):
            inner = _affine(arg, known)
            return inner and _Affine({s: Neg(f) for s, f in inner.factors.items()}, Neg(inner.rest))
        case Op(op, left, right):
            a, b = _affine(left, known), _affine(right, known)
            return None if a is None or b is None else _joined(op, a, b)
    return None


def _joined(op: str, a: _Affine, b: _Affine) -> _Affine | None:
    if op in "+-":
        both = {s: _sum(op, a.factors.get(s, _ZERO), b.factors.get(s, _ZERO)) for s in {**a.factors, **b.factors}}
        return _Affine(both, _sum(op, a.rest, b.rest))
    if op == "*" and not a.factors:
        a, b = b, a
    if b.factors:
        return None
    scaled = product if op == "*" else _quotient
    rest = _ZERO if a.rest == _ZERO else scaled(a.rest, b.rest)
    return _Affine({s: scaled(f, b.rest) for s, f in a.factors.items()}, rest)


def _sum(op: str, left: Expr, right: Expr) -> Expr:
    signed = ((1, left), (1 if op == "+" else -1, right))
    return join_sum([(sign, term) for sign, term in signed if term != _ZERO])


def _quotient(top: Expr, bottom: Expr) -> Expr:
    return Op("/", top, bottom)
