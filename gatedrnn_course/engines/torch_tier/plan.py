"""What an engine runs for a cell: its equations, one operation a statement, ordered so that products are shared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import Name
from gatedrnn_course.cells.gradients import backward
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.cells.slices import whole_step
from gatedrnn_course.engines.program.flat import Apply, Flat, Statement, Sum
from gatedrnn_course.engines.program.linear import Linear
from gatedrnn_course.engines.program.normal import normal
from gatedrnn_course.engines.torch_tier.backward_plan import Backward, arrange
from gatedrnn_course.engines.torch_tier.schedule import Action, Slot, order

__all__ = ["Plan", "plan_of"]


@dataclass(frozen=True)
class Plan:
    """The program of one cell, without sizes.

    The forward does `before` for all steps at once, then `step` for one step after the other. For the backward see
    `Backward`.

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
    backward: Backward


@lru_cache(maxsize=1024)
def plan_of(cell: Cell) -> Plan:
    """Derive the program of a cell from its equations and its derived backward equations.

    Args:
        cell: The cell.

    Returns:
        Its program.
    """
    cell = normal(cell)
    whole = whole_step(cell)
    vectors = {name: whole.shape(name) for name in (*whole.inputs, *cell.shapes)}
    flat = Flat({name: shape[0] for name, shape in vectors.items() if len(shape) == 1}, cell.shapes)
    for line in whole.lines:
        flat.define(line.name, line.expr)
    values = tuple(flat.vector(Name(name)) for name in cell.states)
    forward = flat.needed(values)
    linear = Linear(flat, backward(whole))
    lost = [s.name for s in flat.needed(linear.roots()) if _has_product(s) and s not in forward]
    forward = flat.needed((*values, *lost))  # a product that only the backward reads is computed too
    early = _early(forward)
    read, again = _trace(flat, linear.roots(), _storable(forward) | early | set(values))
    slots, sums = _slots(forward, {*values, *read})
    first = [s for s in forward if s.name in early]
    rest = [s for s in forward if s.name not in early]
    slots, before, step = order(slots, sums, flat.letters, first, rest, [f"{name}_prev" for name in cell.states])
    elsewhere = {*values, *early, *(slot.value for slot in slots)}
    kept = tuple(s.name for s in forward if s.name in read and s.name not in elsewhere)
    program = arrange(linear, slots, {s.name: s for s in forward}, again)
    letters = {**flat.letters, **linear.letters}
    return Plan(cell, values, letters, slots, before, step, early, kept, program)


def _has_product(statement: Statement) -> bool:
    """Whether a statement multiplies with a matrix."""
    return isinstance(statement, Sum) and any(term.matrix for term in statement.terms)


def _early(statements: Sequence[Statement]) -> frozenset[str]:
    """What depends on the input and the parameters only."""
    early = {"x"}
    for statement in statements:
        if all(name in early or is_parameter(name) for name in statement.used()):
            early.add(statement.name)
    return frozenset(early)


def _storable(statements: Sequence[Statement]) -> set[str]:
    """Values worth keeping for the backward: of functions, of products with matrices, and what matrices multiply."""
    terms = [(s.name, t) for s in statements if isinstance(s, Sum) for t in s.terms if t.matrix]
    functions = {s.name for s in statements if isinstance(s, Apply)}
    return functions | {name for name, _ in terms} | {t.factors[0] for _, t in terms}


def _trace(flat: Flat, roots: Collection[str], storable: Collection[str]) -> tuple[set[str], tuple[Statement, ...]]:
    """What the backward reads of the forward, and what it computes from that."""
    read, again, todo = set(), set(), list(roots)
    while todo:
        name = todo.pop()
        if name in storable or name not in flat.statements:
            read.add(name)
        elif name not in again:
            again.add(name)
            todo += flat.statements[name].used()
    return read, tuple(statement for name, statement in flat.statements.items() if name in again)


def _slots(statements: Sequence[Statement], apart: Collection[str]) -> tuple[tuple[Slot, ...], list[Sum]]:
    """The sums with matrices. An activation is computed in place where nothing else looks at its sum."""
    uses = Counter(name for statement in statements for name in statement.used())
    functions = {s.arg: s for s in statements if isinstance(s, Apply)}
    slots, sums = [], []
    for statement in statements:
        if isinstance(statement, Sum) and _has_product(statement):
            name = statement.name
            inside = functions.get(name) if uses[name] == 1 and name not in apart else None
            slots.append(Slot(name, inside.name if inside else name, inside.function if inside else ""))
            sums.append(statement)
    return tuple(slots), sums
