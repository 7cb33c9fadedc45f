"""Ends of the backward that begin as a sum and end as a product: `d_h_prev = d_h * z + U_z.T @ d_a_z`.

The elementwise part is written to where the end belongs, and the product is added there: one pass over the elements
less, and nothing has to be kept for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from gatedrnn_course.cells.expr import Expr, Name, join_sum, names, terms
from gatedrnn_course.engines.program.rounds import Rounds
from gatedrnn_course.engines.program.step import Part, Step, is_slot, slot_number

__all__ = ["Split", "split_ends"]


@dataclass(frozen=True)
class Split:
    """The backward after its ends were split.

    Attributes:
        backward: What is left to compute: an end that was split is no value any more, its beginnings are.
        rounds: The round of every value of it.
        ends: For each slot that is added to an end, the end, and the values that it begins with, one a round.
    """

    backward: Part
    rounds: Mapping[str, int]
    ends: Mapping[int, tuple[str, tuple[str, ...]]]


def split_ends(step: Step, rounds: Rounds) -> Split:
    """Split the ends that hold one slot, whose products run after all else is known.

    Args:
        step: The step.
        rounds: The round of every value.
    """
    split = Split(step.backward, rounds.backward, {})
    uses = Counter(n for value in step.backward.values.values() for n in names(value) if is_slot(n))
    for end in (*step.ends.values(), *((step.d_x,) if step.d_x else ())):
        signed = terms(split.backward.values[end])
        slots = [term.id for sign, term in signed if isinstance(term, Name) and is_slot(term.id) and sign > 0]
        inside = [n for n in names(split.backward.values[end]) if is_slot(n)]
        if len(inside) != 1 or slots != inside or uses[inside[0]] != 1 or _read_elsewhere(split.backward, end):
            continue
        rest = [(sign, term) for sign, term in signed if term != Name(inside[0])]
        ready = max(split.rounds[v] for v in split.backward.used(inside[0])) + 1
        by_round = _by_round(rest, split.rounds)
        if max(by_round, default=0) < ready and (end != step.d_x or not rest):
            split = _begun(split, end, slot_number(inside[0]), by_round)
    return split


def _read_elsewhere(part: Part, end: str) -> bool:
    return any(end in names(value) for value in part.values.values())


def _by_round(rest: list[tuple[int, Expr]], rounds: Mapping[str, int]) -> dict[int, list[tuple[int, Expr]]]:
    found: dict[int, list[tuple[int, Expr]]] = {}
    for sign, term in rest:
        when = max((rounds.get(name, 0) for name in names(term)), default=0)
        found.setdefault(when, []).append((sign, term))
    return dict(sorted(found.items()))


def _begun(split: Split, end: str, slot: int, by_round: Mapping[int, list[tuple[int, Expr]]]) -> Split:
    """With values in place of an end: the terms of its first round, and each next round's added to it."""
    part, chain = split.backward, list[str]()
    values = {name: value for name, value in part.values.items() if name != end}
    rounds, letters = {name: when for name, when in split.rounds.items() if name != end}, dict(part.letters)
    for when, signed in by_round.items():
        name = f"_{end}_{when}"
        values[name] = join_sum(([(1, Name(chain[-1]))] if chain else []) + signed)
        letters[name], rounds[name] = part.letters[end], when
        chain.append(name)
    return Split(replace(part, values=values, letters=letters), rounds, {**split.ends, slot: (end, tuple(chain))})
