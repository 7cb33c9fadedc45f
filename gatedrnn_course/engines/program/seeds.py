"""Ends of the backward that begin as a sum and end as a product: `d_h_prev = d_h * z + U_z.T @ d_a_z`.

The elementwise part is written to where the end belongs, and the product is added there: one pass over the elements
less, and nothing has to be kept for it.
"""

from __future__ import annotations

from collections import Counter

from gatedrnn_course.cells.expr import Expr, Name, join_sum, names, terms
from gatedrnn_course.engines.program.equations import Equations
from gatedrnn_course.engines.program.lowering import is_slot, slot_number

__all__ = ["find_seeds"]


def find_seeds(e: Equations, levels: dict[str, int]) -> dict[int, tuple[str, tuple[str, ...]]]:
    """Split the ends that hold one slot; the parts become values of their own, added to `e` and `levels`.

    Args:
        e: The equations; an end that is split is no value any more.
        levels: Level of every value of the backward.

    Returns:
        For each slot its end, and the values it begins with.
    """
    uses = Counter(n for value in e.backward.values.values() for n in names(value) if is_slot(n))
    found: dict[int, tuple[str, tuple[str, ...]]] = {}
    for end in (*e.ends.values(), *((e.d_x,) if e.d_x else ())):
        signed = terms(e.backward.values[end])
        slots = [term.id for sign, term in signed if isinstance(term, Name) and is_slot(term.id) and sign > 0]
        inside = [n for n in names(e.backward.values[end]) if is_slot(n)]
        if len(inside) != 1 or slots != inside or uses[inside[0]] != 1 or _read_elsewhere(e, end):
            continue
        slot = slot_number(inside[0])
        rest = [(sign, term) for sign, term in signed if term != Name(inside[0])]
        vectors = [p.vector for p in e.backward.products if p.slot == slot]
        ready = max(levels[v] for v in vectors) + 1
        by_level = _by_level(rest, levels)
        if max(by_level, default=0) < ready and (end != e.d_x or not rest):
            found[slot] = end, _chain(e, levels, end, by_level)
    return found


def _read_elsewhere(e: Equations, end: str) -> bool:
    return any(end in names(value) for value in e.backward.values.values())


def _by_level(rest: list[tuple[int, Expr]], levels: dict[str, int]) -> dict[int, list[tuple[int, Expr]]]:
    found: dict[int, list[tuple[int, Expr]]] = {}
    for sign, term in rest:
        level = max((levels.get(name, 0) for name in names(term)), default=0)
        found.setdefault(level, []).append((sign, term))
    return dict(sorted(found.items()))


def _chain(
    e: Equations, levels: dict[str, int], end: str, by_level: dict[int, list[tuple[int, Expr]]]
) -> tuple[str, ...]:
    """The values the end begins with: the terms of the first level, and each next level's added to it."""
    part = e.backward
    chain: list[str] = []
    letter = part.letters[end]
    del part.values[end], levels[end]
    for level, signed in by_level.items():
        name = f"_{end}_{level}"
        part.values[name] = join_sum(([(1, Name(chain[-1]))] if chain else []) + signed)
        part.letters[name], levels[name] = letter, level
        chain.append(name)
    return tuple(chain)
