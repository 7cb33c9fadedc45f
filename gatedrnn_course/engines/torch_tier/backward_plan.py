"""The backward of a cell in the order an engine runs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.closure import closure
from gatedrnn_course.engines.program.flat import Statement
from gatedrnn_course.engines.program.linear import Combine, Gradient, Linear, Mix
from gatedrnn_course.engines.program.program import Program

__all__ = ["BackwardPlan", "Spread", "arrange"]


@dataclass(frozen=True, slots=True)
class Spread:
    """Deltas `first` to `last` (excluded), each its coefficient times one and the same derivative."""

    first: int
    last: int
    base: str
    coefficients: tuple[str, ...]

    def used(self) -> Iterator[str]:
        """The derivative it needs."""
        yield self.base


BackAction: TypeAlias = "Mix | Combine | Spread"


@dataclass(frozen=True)
class BackwardPlan:
    """The backward of one step. `d_h_next` arrives with the derivative of that step's output already added.

    Attributes:
        coefficients: Statements for all steps at once, before the loop.
        deltas: Derivatives that matrices multiply, side by side in one array, in this order.
        loop: What one step computes, from its last statement to its first.
        ends: What leaves for the step before, in the order of the states.
        after: What can be computed for all steps at once, after the loop.
        input: The derivative with respect to the input; None for a cell without.
        gradients: Parts of the gradients of the matrices.
        totals: Gradients of biases and peepholes.
        kept: Derivatives outside the deltas that are needed after the loop.
        read: Values of the forward and coefficients that loop, sums and gradients read.
    """

    coefficients: tuple[Statement, ...]
    deltas: tuple[str, ...]
    loop: tuple[BackAction, ...]
    ends: tuple[Combine, ...]
    after: tuple[BackAction, ...]
    input: Combine | None
    gradients: tuple[Gradient, ...]
    totals: tuple[Combine, ...]
    kept: tuple[str, ...]
    read: frozenset[str]


def arrange(linear: Linear, program: Program) -> BackwardPlan:
    """Split the backward into what each step needs and what can wait, and lay the deltas side by side.

    Args:
        linear: The backward as linear combinations.
        program: The program; deltas lie in the order of its columns.
    """
    states = program.step.cell.states
    ends = tuple(linear.ends[f"d_{name}_prev"] for name in states)
    given = linear.ends.get("d_x")
    looped = _reach(linear, [name for end in ends for name in end.used()])
    ends_late = (*linear.totals, *((given,) if given else ()))
    late = _reach(linear, [n for a in ends_late for n in a.used()])
    late |= _reach(linear, [gradient.delta for gradient in linear.gradients])
    every = dict.fromkeys(program.step.deltas[slot] for slot in program.columns)
    deltas = tuple(name for name in every if name in linear.values)
    loop = [a for name, a in linear.values.items() if name in looped]
    after = [a for name, a in linear.values.items() if name in late - looped]
    wanted = {n for a in (*after, *ends_late) for n in a.used()}
    arriving = [f"d_{name}_next" for name in states]
    kept = tuple(n for n in (*arriving, *(a.name for a in loop)) if n in wanted and n not in deltas)
    return BackwardPlan(
        coefficients=linear.flat.needed(linear.roots()),
        deltas=deltas,
        loop=_spread(loop, deltas, linear.letters),
        ends=ends,
        after=_spread(after, deltas, linear.letters),
        input=given,
        gradients=tuple(linear.gradients),
        totals=tuple(linear.totals),
        kept=kept,
        read=frozenset(linear.roots()),
    )


def _reach(linear: Linear, names: Sequence[str]) -> set[str]:
    """The derivatives that these need, themselves included."""
    return closure(names, lambda name: linear.values[name].used() if name in linear.values else ())


def _spread(
    actions: Sequence[Mix | Combine], deltas: Sequence[str], letters: Mapping[str, str]
) -> tuple[BackAction, ...]:
    """Neighbouring deltas that are multiples of one derivative, computed as one."""
    single = {a.name: a.form[0] for a in actions if isinstance(a, Combine) and len(a.form) == 1}
    single = {n: f for n, f in single.items() if n in deltas and isinstance(f[0], str) and not is_parameter(f[0])}
    found: dict[str, Spread] = {}
    keys = [(single[name][1] if name in single else "", letters[name]) for name in deltas]
    for (base, _), group in groupby(range(len(deltas)), lambda k: keys[k]):
        run = list(group)
        if base and len(run) > 1:
            spread = Spread(run[0], run[-1] + 1, base, tuple(str(single[deltas[k]][0]) for k in run))
            found.update(dict.fromkeys((deltas[k] for k in run), spread))
    result: dict[BackAction, None] = {}
    for action in actions:
        result.setdefault(found.get(action.name, action))
    return tuple(result)
