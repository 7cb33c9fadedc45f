"""The rounds of a step: each is some products with matrices, and then all values that can be computed from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gatedrnn_course.cells.expr import names
from gatedrnn_course.engines.program.step import Part, Step, is_slot

__all__ = ["Rounds", "rounds"]


@dataclass(frozen=True)
class Rounds:
    """When everything is computed.

    Attributes:
        forward: The round of every value of the forward.
        backward: The round of every value of the backward; what only the derivative of the input needs comes last.
        late: How many rounds the backward has before those.
    """

    forward: Mapping[str, int]
    backward: Mapping[str, int]
    late: int


def rounds(step: Step) -> Rounds:
    """The round of every value."""
    back, late = step.backward, step.late
    main = _rounds(back, [n for n in back.values if n not in late], 0, {})
    first = 1 + max(main.values(), default=-1)
    last = _rounds(back, [n for n in back.values if n in late], first, main)
    return Rounds(_rounds(step.forward, step.forward.values, 0, {}), {**main, **last}, first)


def _rounds(part: Part, values: Iterable[str], lowest: int, known: Mapping[str, int]) -> dict[str, int]:
    """The round of every value: one more than that of anything a matrix multiplies on the way to it."""
    found: dict[str, int] = {}

    def of(name: str) -> int:
        if is_slot(name):
            return max((of(v) + 1 if v in part.values else 0 for v in part.used(name)), default=0)
        return found[name] if name in found else known.get(name, 0)

    for name in values:
        found[name] = max([lowest, *(of(used) for used in names(part.values[name]))])
    return found
