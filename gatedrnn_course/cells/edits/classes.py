"""Groups edits that are equal as functions; each class carries the name of its plainest member."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits.combine import all_singles
from gatedrnn_course.cells.edits.evaluate import Trial, Values
from gatedrnn_course.cells.edits.site import Edit
from gatedrnn_course.cells.program import Program

__all__ = ["EditClass", "classes", "probe_trials"]

SQUARE, APART = {"D": 5, "H": 5}, {"D": 3, "H": 4}
"""Sizes for telling edits apart: all equal, so that a transposed matrix gives numbers; distinct, so that it raises."""


@dataclass(frozen=True)
class EditClass:
    """Edits that are one function.

    Attributes:
        edit: The plainest of them, which names the class.
        members: All of them.
        raises: Whether they raise where D, H and B differ.
    """

    edit: Edit
    members: tuple[Edit, ...]
    raises: bool


def probe_trials(slice_: Program) -> tuple[Trial, Trial]:
    """Two fixed draws: one with B = D = H, one with all sizes distinct."""
    rng = np.random.default_rng(1997)
    square = Trial(slice_, *slice_.draw(rng, SQUARE, (5,)))
    return square, Trial(slice_, *slice_.draw(rng, APART, (2,)))


@lru_cache(maxsize=256)
def classes(slice_: Program) -> tuple[EditClass, ...]:
    """The single edits of a slice, and the same mistake everywhere, as classes of equal functions.

    Edits that equal the slice itself are left out. The order is that of the plainest members.
    """
    square, apart = probe_trials(slice_)
    groups = _Groups()
    right = groups.key(square.pick(square.right, slice_.outputs), apart.pick(apart.right, slice_.outputs))
    for edit in all_singles(slice_):
        groups.add(edit, square.outputs(edit), apart.outputs(edit))
    return tuple(found for key, found in groups.classes() if key != right)


class _Groups:
    """Edits by the numbers they give, compared to a relative 1e-9."""

    def __init__(self) -> None:
        self._values: list[Any] = []
        self._members: dict[int, list[Edit]] = {}
        self._raises: dict[int, bool] = {}
        self._bins: dict[tuple[object, ...], list[int]] = {}

    def key(self, square: Values | None, apart: Values | None) -> int:
        """The number of the group these values belong to."""
        flat = np.concatenate([_flat(square), _flat(apart)])
        shape = (len(flat), square is None, apart is None)
        spot = int(np.floor(_fingerprint(flat) * 1e6))
        for near in (spot - 1, spot, spot + 1):
            for known in self._bins.get((*shape, near), []):
                if np.allclose(self._values[known], flat, rtol=1e-9, atol=1e-9):
                    return known
        self._values.append(flat)
        self._bins.setdefault((*shape, spot), []).append(len(self._values) - 1)
        return len(self._values) - 1

    def add(self, edit: Edit, square: Values | None, apart: Values | None) -> None:
        key = self.key(square, apart)
        self._members.setdefault(key, []).append(edit)
        self._raises[key] = apart is None

    def classes(self) -> Iterable[tuple[int, EditClass]]:
        for key, members in self._members.items():
            yield key, EditClass(members[0], tuple(members), self._raises[key])


def _flat(values: Values | None) -> Any:
    """All numbers in one row; what is not finite becomes a large number, so that it compares."""
    if values is None:
        return np.zeros(1)
    rows = np.concatenate([np.ravel(np.asarray(value, dtype=float)) for value in values])
    return np.nan_to_num(rows, nan=9e99, posinf=8e99, neginf=-8e99)


def _fingerprint(flat: Any) -> float:
    """One number that equal rows share."""
    return float(np.tanh(flat / 10.0) @ np.cos(np.arange(len(flat)) + 0.5))
