"""Stacks wires that run across in the same gap, so that none lie on each other and few are crossed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Span", "tracks"]

_CLEAR = 8


@dataclass(frozen=True)
class Span:
    """A wire across.

    Attributes:
        left: Where it begins.
        right: Where it ends.
        meets: Where it goes on upwards (True) or downwards.
    """

    left: float
    right: float
    meets: tuple[tuple[float, bool], ...]

    def overlaps(self, other: Span) -> bool:
        """Whether two wires at the same height would touch."""
        return self.left - _CLEAR < other.right and other.left - _CLEAR < self.right

    def crossings_above(self, other: Span) -> int:
        """How often the two cross when this one lies above the other."""
        mine = sum(other.left < x < other.right for x, up in self.meets if not up)
        return mine + sum(self.left < x < self.right for x, up in other.meets if up)


def tracks(spans: Mapping[int, Span]) -> tuple[dict[int, int], int]:
    """The height of each wire, counted from the top, and how many heights there are.

    Args:
        spans: The wires of one gap.

    Returns:
        A number from 0 for each wire, and the number of heights.
    """
    order = sorted(spans, key=lambda k: (spans[k].right - spans[k].left, k))
    for _round in range(len(order)):
        for k in range(len(order) - 1):
            one, other = spans[order[k]], spans[order[k + 1]]
            if other.crossings_above(one) < one.crossings_above(other):
                order[k], order[k + 1] = order[k + 1], order[k]
    heights: dict[int, int] = {}
    for k in order:
        above = [heights[j] + 1 for j in heights if spans[j].overlaps(spans[k])]
        heights[k] = max(above, default=0)
    return heights, max(heights.values(), default=-1) + 1
