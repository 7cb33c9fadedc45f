"""What an item is tried on: inputs from a seed and what is right there, computed once for all answers judged by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gatedrnn_course.grading.exchange.values import Value
from gatedrnn_course.grading.items import Draw, Item
from gatedrnn_course.grading.items.item import rows_of

__all__ = ["Cases", "cases_of"]

KEPT = 64
"""More than the items of a unit: a class is judged by one seed."""


class Cases:
    """The inputs drawn for an item, which nobody can change, and what is right on them.

    Args:
        item: The item.
        seed: Seed of the inputs; fresh ones where left out.

    Attributes:
        item: The item.
        draws: The inputs.
    """

    def __init__(self, item: Item, seed: int | None) -> None:
        self.item = item
        self.draws = item.draws(np.random.default_rng(seed))
        self._drawn = {id(draw) for draw in self.draws}
        self._right: dict[int, Value] = {}
        for draw in self.draws:
            for array in _arrays((*draw.args, *draw.hidden)):
                array.flags.writeable = False

    def right(self, draw: Draw) -> Value:
        """What is right for a draw; kept for those of `draws`."""
        if id(draw) not in self._drawn:
            return self.item.right(draw)
        if id(draw) not in self._right:
            self._right[id(draw)] = self.item.right(draw)
        return self._right[id(draw)]


def cases_of(item: Item, seed: int | None) -> Cases:
    """The cases of an item for a seed, the same ones each time; fresh ones where the seed is left out."""
    return Cases(item, seed) if seed is None else _kept(_One(item), seed)


@dataclass(frozen=True, eq=False)
class _One:
    """An item as itself: another one is another, however alike."""

    item: Item

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _One) and other.item is self.item

    def __hash__(self) -> int:
        return id(self.item)


@lru_cache(maxsize=KEPT)
def _kept(one: _One, seed: int) -> Cases:
    return Cases(one.item, seed)


def _arrays(values: tuple[Any, ...]) -> Iterator[np.ndarray]:
    for value in values:
        yield from (one for one in rows_of(value) if isinstance(one, np.ndarray))
