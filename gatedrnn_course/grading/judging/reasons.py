"""Why an answer is wrong: from what is plain and certain to what has to be searched for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.cells.expr import Call
from gatedrnn_course.cells.numeric import compiled
from gatedrnn_course.cells.slices import Slice
from gatedrnn_course.grading.exchange.values import Problem
from gatedrnn_course.grading.items import Ask, Draw, Explanation, Item, JacobianItem, Observation, SliceItem, behaviour
from gatedrnn_course.grading.items.item import rows_of
from gatedrnn_course.grading.items.oddities import RANGE, RULES, Values, odd_in_all
from gatedrnn_course.grading.items.slips import explain_order, explain_slip, is_an_edit
from gatedrnn_course.text import _, mark

__all__ = ["KINDS", "Came", "only_the_shape", "reason_of"]

ODD = 3
"""Outputs whose values are told to be odd."""
KINDS = {
    "batch": mark("a batch"),
    "ones": mark("sizes of 1"),
    "single": mark("a single vector"),
    "square": mark("a batch"),
}
"""The kinds of draws in words."""


@dataclass(frozen=True)
class Came:
    """What came of one draw.

    Attributes:
        seen: The draw and the outputs.
        right: Whether they are right.
        problem: What the call raised instead, if it did.
    """

    seen: Observation
    right: bool
    problem: Problem | None = None

    @property
    def kind(self) -> str:
        """The kind of the draw."""
        return self.seen.draw.kind


def reason_of(item: Item, outcomes: Sequence[Came], ask: Ask, head: tuple[str, ...] | None) -> Explanation | None:
    """The mistake behind a wrong answer.

    Args:
        item: The item.
        outcomes: What came of every draw whose outputs could be read, in the order of the calls.
        ask: Calls the function once more.
        head: Names of its arguments, where they are known.
    """
    return next(_reasons(item, outcomes, ask, head), None)


def _reasons(item: Item, outcomes: Sequence[Came], ask: Ask, head: tuple[str, ...] | None) -> Iterator[Explanation]:
    observed = [outcome.seen for outcome in outcomes]
    if not observed:
        return
    if any(one.draw.driver for one in observed):  # the driver has tried what further calls would show
        yield from _found(item.explain(observed, ask))
        return
    if not item.arguments:
        handed_back = [one for one in observed if one.raw is not None]  # a function that raised gave nothing to read
        if handed_back:
            yield from _found(item.explain(handed_back, ask))
            yield from _odd(item, handed_back, (*RULES, *RANGE))
        return
    if head not in (None, item.arguments):  # the names are the learner's own
        yield from _told(explain_order(item, observed))
    steady = behaviour.unsteady(observed, ask)
    yield from _told(behaviour.remembers(item, observed))
    yield from _told(steady)
    yield from _told(behaviour.uses_the_example(item, ask))
    rest, beside = _without_shapes(item, outcomes)
    mixes = behaviour.mixes_rows(item, observed, ask)
    edited = not isinstance(item, SliceItem) or is_an_edit(item, rest)  # what an item explains itself comes first
    if not edited:
        yield from _told(behaviour.handed_back(item, observed))
        yield from _with(beside, _odd(item, rest, RULES))
        yield from _with(beside, _slips(item, rest))
    if mixes is None:
        yield from _with(beside, _found(item.explain(rest, _whole(item, ask) if isinstance(item, SliceItem) else ask)))
    if edited:
        yield from _told(behaviour.handed_back(item, observed))
        yield from _with(beside, _odd(item, rest, RULES))
    yield from _told(behaviour.one_vector_only(item, observed, ask))
    yield from _told(mixes)
    yield from _told(behaviour.depends_on_nothing_of(item, observed, ask))
    yield from _odd(item, rest, RANGE)


def _whole(item: Item, ask: Ask) -> Ask:
    """The same, but an answer in another shape counts as none: a search by numbers has no use for it."""

    def ask_for_shape(draw: Draw) -> Observation:
        seen = ask(draw)
        return seen if seen.value is not None and _in_shape(item, seen) else replace(seen, value=None)

    return ask_for_shape


def _in_shape(item: Item, seen: Observation) -> bool:
    pairs = zip(seen.value or (), _right(item, seen.draw), strict=True)
    return all(np.shape(given) == np.shape(right) for given, right in pairs)


def _found(explanation: Explanation | None) -> list[Explanation]:
    return [] if explanation is None else [explanation]


def _told(words: Words | None) -> Iterator[Explanation]:
    if words is not None:
        yield Explanation(str(words), words.english)


def _with(beside: Words | None, found: Sequence[Explanation]) -> Iterator[Explanation]:
    """Explanations of the batches, with what is wrong with the shape beside them."""
    for one in found:
        more, key = (f" {beside}", f" {beside.english}") if beside else ("", "")
        yield Explanation(one.sentence + more, one.key + key)


def _slips(item: Item, observed: Sequence[Observation]) -> list[Explanation]:
    """The slip that gives what was observed; a second reading with the same numbers is named as well."""
    found = explain_slip(item, observed)
    if not found:
        return []
    if len(found) == 1:
        return [Explanation(str(found[0]), found[0].english)]
    words = _("{first} Or, with the same numbers: {second}")
    return [Explanation(words.format(first=found[0], second=found[1]), found[0].english)]


def only_the_shape(outcomes: Sequence[Came]) -> Words | None:
    """Right for batches and wrong for single vectors or sizes of 1, or right for ordinary numbers only."""
    deciding = [outcome for outcome in outcomes if outcome.seen.draw.decides]
    wrong = [outcome for outcome in deciding if not outcome.right]
    kinds = {outcome.kind for outcome in wrong}
    if not wrong or len(kinds) != 1 or any(o.seen.draw.words for o in wrong):
        return None
    kind = kinds.pop()
    if kind == "single":
        return Words(mark("Right for a batch, not for one vector: {hint}"), {"hint": _hint(wrong[0].problem)})
    if kind == "ones":
        return Words(
            mark(
                "Right, except where all sizes are 1. Does np.squeeze, or a test of a size, take such an array for a "
                "number?"
            )
        )
    return None


def _hint(problem: Problem | None) -> str:
    """How to write what raised for one vector so that it is right for both."""
    line = problem.line if problem else ""
    message = problem.message if problem else ""
    loops = "for " in line and "axis" not in line
    if not loops and ("axis" in line or "axis 1 is out of bounds" in message or "stack" in line):
        return mark("axis=1 is there for a batch only; `axis=-1`, the last axis, is right for both.")
    if ".shape[1]" in line or "tuple index out of range" in message:
        return mark("`shape[1]` is there for a batch only; `shape[-1]`, the last size, is right for both.")
    if "[:, None]" in line or "[:,None]" in line or "too many indices" in message or "[:," in line:
        return mark("`[:, k]` is there for a batch only; `[..., k]` is right for both.")
    if "zip(" in line or "for " in line or "range(" in line:
        return mark("the loop goes over the rows of a batch; `x @ p.W.T` needs no loop and is right for both.")
    return mark("`x @ p.W.T` and `axis=-1` are right for both; `[:, k]`, `shape[1]`, `axis=1` and `x.T` are not.")


def _without_shapes(item: Item, outcomes: Sequence[Came]) -> tuple[list[Observation], Words | None]:
    """The outcomes without those that another slip spoils: a shape that is wrong on some kinds of input only."""
    batches = [outcome for outcome in outcomes if outcome.kind == "batch"]
    if not isinstance(item, (SliceItem, JacobianItem)) or not all(_fits(item, one.seen) for one in batches):
        return [outcome.seen for outcome in outcomes], None
    spoilt = [o for o in outcomes if o.kind in ("single", "ones") and not _fits(item, o.seen)]
    endless = [o for o in outcomes if o.kind == "ones" and o not in spoilt and not _finite(o.seen)]
    if endless and not spoilt and all(_finite(outcome.seen) for outcome in batches):  # a spread of one unit is 0
        rest = [outcome.seen for outcome in outcomes if outcome not in endless]
        return rest, Words(mark("And at sizes of 1 its numbers are not finite."))
    if not spoilt:
        return [outcome.seen for outcome in outcomes], None
    rest = [outcome.seen for outcome in outcomes if outcome not in spoilt]
    if spoilt[0].kind == "ones":
        return rest, Words(mark("And it is not for sizes of 1."))
    return rest, Words(mark("And it is not for one vector: {hint}"), {"hint": _hint(spoilt[0].problem)})


def _fits(item: Item, seen: Observation) -> bool:
    """Whether values came, in the right shape."""
    return seen.value is not None and _in_shape(item, seen)


def _finite(seen: Observation) -> bool:
    return all(np.isfinite(row).all() for row in seen.value or ())


def _odd(item: Item, observed: Sequence[Observation], among: Any) -> list[Explanation]:
    """What is odd about the values of the outputs that are wrong."""
    found = []
    observed = [one for one in observed if one.draw.kind != "single"] or observed  # a batch has axes to tell apart
    for k, name in enumerate(item.outputs):
        if any(one.value is None for one in observed):
            return []
        seen = [Values(_value(one, k), _right(item, one.draw)[k], _before(item, one.draw, name)) for one in observed]
        oddity = odd_in_all(seen, name, among)
        if oddity is None and not all(values.is_right() for values in seen):
            return []
        if oddity is not None:
            found.append(Explanation(oddity.sentence, oddity.key))
    if not found:
        return []
    found = found[:ODD]  # of many outputs the first: what is odd about one is odd about those that depend on it
    return [Explanation(" ".join(o.sentence for o in found), " ".join(o.key for o in found))]


def _value(one: Observation, k: int) -> Any:
    return one.value[k] if one.value is not None else None


def _right(item: Item, draw: Draw) -> tuple[Any, ...]:
    return rows_of(item.right(draw))


def _before(item: Item, draw: Draw, output: str) -> Any:
    """What stands inside the activation of an output's line; None where the line is none."""
    if not isinstance(item, SliceItem):
        return None
    line = next(line for line in item.slice.lines if line.name == output)
    if not isinstance(line.expr, Call):
        return None
    return _inside(item.slice, output)(*item.split(draw.args)[0], item.split(draw.args)[1])[0]


def _inside(slice_: Slice, output: str) -> Callable[..., tuple[Any, ...]]:
    lines = tuple(
        replace(line, expr=line.expr.arg) if line.name == output and isinstance(line.expr, Call) else line
        for line in slice_.lines
    )
    return compiled(lines, slice_.inputs, (output,))
