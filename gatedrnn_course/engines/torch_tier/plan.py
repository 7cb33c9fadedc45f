"""A cell's program in the order of torch calls: for all steps at once what can be, neighbouring columns together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.engines.program.flat import Apply, Flat, Statement, Sum, Term
from gatedrnn_course.engines.program.fuse import runs
from gatedrnn_course.engines.program.hoist import hoisted
from gatedrnn_course.engines.program.linear import Linear
from gatedrnn_course.engines.program.normal import normal
from gatedrnn_course.engines.program.program import Program, program_of
from gatedrnn_course.engines.program.step import SLOT, is_slot
from gatedrnn_course.engines.torch_tier.backward_plan import BackwardPlan, arrange
from gatedrnn_course.engines.torch_tier.schedule import Action, Multiply, Scheduler, Slot

__all__ = ["Plan", "plan_of"]


@dataclass(frozen=True)
class Plan:
    """The program of one cell, without sizes.

    The forward does `before` for all steps at once, then `step` for one step after the other. For the backward see
    `BackwardPlan`.

    Attributes:
        cell: The cell.
        values: The value that each state has after the step, in the order of `cell.states`.
        letters: The size of every value, `"H"` or `"D"`.
        slots: The sums that hold products with matrices, side by side in one array, in this order.
        before: What depends on the input and the parameters only.
        step: What depends on the states.
        early: Values known before the first step, `x` among them.
        kept: Values of the step outside slots and states which the backward needs.
        backward: The backward.
    """

    cell: Cell
    values: tuple[str, ...]
    letters: Mapping[str, str]
    slots: tuple[Slot, ...]
    before: tuple[Action, ...]
    step: tuple[Action, ...]
    early: frozenset[str]
    kept: tuple[str, ...]
    backward: BackwardPlan


@lru_cache(maxsize=1024)
def plan_of(cell: Cell) -> Plan:
    """Bring the program of a cell into the order of torch calls.

    Args:
        cell: The cell.

    Returns:
        Its plan.
    """
    program, cell = program_of(cell), normal(cell)
    flat = Flat(program.forward.letters)
    for name, expr in program.forward.values.items():
        flat.define(name, expr)
    values = tuple(map(flat.held, cell.states))
    kept = dict.fromkeys(map(flat.held, program.memory.forward))
    vectors = [flat.held(block.vector) for block in program.blocks]
    statements = tuple(flat.statements.values())
    slots, early = _slots(program, statements, kept), _early(program, statements)
    scheduler = Scheduler(slots, _products(program, vectors, slots), flat.letters)
    before = (*scheduler.start(), *scheduler.run((s for s in statements if s.name in early), ["x"]))
    late = (s for s in statements if s.name not in early)
    step = tuple(scheduler.run(late, [f"{name}_prev" for name in cell.states]))
    elsewhere = {*values, *early, *(slot.value for slot in slots)}
    apart = tuple(name for name in kept if name in flat.statements and name not in elsewhere)
    linear = Linear(flat.after(early), program.step)
    letters = {**linear.flat.letters, **linear.letters}
    return Plan(cell, values, letters, slots, before, step, early, apart, arrange(linear, program))


def _products(program: Program, vectors: Sequence[str], slots: Sequence[Slot]) -> list[Multiply]:
    """The blocks of the program, neighbours as one: slots that hold nothing yet grow from a bias or from zero."""
    found = []
    for block, vector in zip(program.blocks, vectors, strict=True):
        first = program.columns.index(block.entries[0][1])
        matrices = tuple((slots[k].scale, matrix) for k, (matrix, _) in enumerate(block.entries, start=first))
        found.append(Multiply(first, first + len(matrices), vector, matrices))
    joined = runs(found, lambda a, b: a.vector == b.vector != "x" and a.last == b.first)
    return [
        replace(run[0], last=run[-1].last, matrices=tuple(m for own in run for m in own.matrices)) for run in joined
    ]


def _early(program: Program, statements: Sequence[Statement]) -> frozenset[str]:
    """The statements, x and slots that depend on the input and the parameters only."""
    early = {name for name in hoisted(program.forward) if name == "x" or is_slot(name)}
    for statement in statements:
        if all(name in early or is_parameter(name) for name in statement.used()):
            early.add(statement.name)
    return frozenset(early)


def _slots(program: Program, statements: Sequence[Statement], kept: Collection[str]) -> tuple[Slot, ...]:
    """The slots in the order of columns.

    A sum grows over the first of its slots that nothing else looks at, and an activation in place over such a sum.
    """
    uses = Counter(name for statement in statements for name in statement.used())
    alone = {name for name, count in uses.items() if count == 1 and name not in kept}
    functions = {s.arg: s for s in statements if isinstance(s, Apply) and s.arg in alone}
    sums: dict[str, tuple[Sum, Term]] = {}
    for statement in (s for s in statements if isinstance(s, Sum)):
        own = (t for t in statement.terms if len(t.factors) == 1 and is_slot(t.factors[0]) and t.factors[0] in alone)
        sums.update((term.factors[0], (statement, term)) for term in islice(own, 1))
    found = []
    for column in program.columns:
        name, scale, rest = f"{SLOT}{column}", 1.0, tuple[Term, ...]()
        if name in sums:
            total, term = sums[name]
            name, scale, rest = total.name, term.scale, tuple(t for t in total.terms if t is not term)
        inside = functions.get(name)
        found.append(Slot(name, inside.name if inside else name, inside.function if inside else "", scale, rest))
    return tuple(found)
