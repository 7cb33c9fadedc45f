"""Finds what stands in each line of an answer, line by line: any number of mistakes costs the sum of the searches.

A reading of a line is one way it may stand (`cells.edits.readings`). A probe (`cells.edits.probes`) is a call in which
most readings of most lines give the same value, so few combinations are left to compare with what the learner's
function gave; those that do not fit are struck out, and the next probe tells the rest apart. An output that is itself a
line is taken as the learner gave it by the lines below, so a mistake above does not reach them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import product
from operator import and_
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits.probes import SIZE, Probe
from gatedrnn_course.cells.edits.readings import readings
from gatedrnn_course.cells.expr import names
from gatedrnn_course.cells.slices import Slice

__all__ = ["Lines", "TooMany", "fitting"]

_MOST = 20_000
"""Combinations compared at once."""

Why = tuple[int, ...]
"""For each line the readings under which a value arises, as the bits of a number."""


class TooMany(Exception):
    """A probe leaves too many combinations; others may narrow them down first."""


class _Column:
    """The distinct values an unseen line may have in a probe, each with the readings it may come from.

    Args:
        at: The place of the line in the slice.
    """

    def __init__(self, at: int) -> None:
        self.at = at
        self.values: list[Any] = []
        self.whys: list[dict[Why, int]] = []
        self._spot: dict[bytes, int] = {}

    def add(self, value: Any, whys: Iterable[Why]) -> None:
        """Note that readings give a value; those that differ in this line only become one entry."""
        full = np.broadcast_to(value, (SIZE,) * max(np.ndim(value), 2))
        key = (np.round(full, 9) + 0.0).tobytes()
        spot = self._spot.setdefault(key, len(self.values))
        if spot == len(self.values):
            self.values.append(full)
            self.whys.append({})
        rows = self.whys[spot]
        for why in whys:
            others = (*why[: self.at], 0, *why[self.at + 1 :])
            rows[others] = rows.get(others, 0) | why[self.at]

    def reasons(self, k: int) -> list[Why]:
        """The readings one value may come from."""
        return [(*others[: self.at], own, *others[self.at + 1 :]) for others, own in self.whys[k].items()]


class Lines:
    """The readings of each line that fit all that was seen so far.

    Args:
        slice_: The slice.
        outputs: The names taken to be handed back.
        unknown: Lines that may be anything. Their readings are not searched; their values are given or seen.
    """

    def __init__(self, slice_: Slice, outputs: Sequence[str], unknown: Iterable[str] = ()) -> None:
        self.slice = slice_
        self.outputs = tuple(outputs)
        self.unknown = frozenset(unknown)
        self.rows = readings(slice_)
        self._names = tuple(self.rows)
        self._left: Why = tuple((1 << len(rows)) - 1 for rows in self.rows.values())

    @property
    def possible(self) -> bool:
        """Whether every line has a reading left."""
        return all(self._left)

    @property
    def left(self) -> dict[str, tuple[int, ...]]:
        """The places of the readings left, by line."""
        return {name: tuple(_bits(own)) for name, own in zip(self._names, self._left, strict=True)}

    def see(self, probe: Probe, given: Sequence[Any], pinned: Mapping[str, Any]) -> None:
        """Strike out the readings that cannot give what the learner's function gave for a probe.

        Args:
            probe: The probe.
            given: The outputs.
            pinned: Values of unknown lines that are not outputs.

        Raises:
            TooMany: If too many combinations are left to compare.
        """
        seen = dict(zip(self.outputs, given, strict=True))
        nothing = (0,) * len(self._names)
        plain = {**seen, **{name: probe.names[name] for name in self.outputs if name in self.slice.inputs}}
        if not all(fitting(plain[name], value) for name, value in zip(self.outputs, given, strict=True)):
            self._left = nothing
            return
        known = {**pinned, **{name: seen[name] for name in self.unknown & set(seen)}}
        columns: dict[str, _Column] = {}
        left = self._left
        for at, name in enumerate(self._names):
            if name in known:
                continue
            column, fits, given_here = _Column(at), nothing, seen.get(name)
            for k in _bits(left[at]):
                own = (*left[:at], 1 << k, *left[at + 1 :])
                for value, whys in self._values(probe, name, k, known, columns, own, given_here):
                    if given_here is None:
                        column.add(value, whys)
                    else:
                        for why in whys:
                            fits = tuple(a | b for a, b in zip(fits, why, strict=True))
            if given_here is None:
                columns[name] = column
                continue
            left = fits
            if not any(left):
                break
            known[name] = given_here
            columns = {other: _kept(old, left) for other, old in columns.items()}
        self._left = left

    def _values(
        self,
        probe: Probe,
        name: str,
        k: int,
        known: Mapping[str, Any],
        columns: Mapping[str, _Column],
        own: Why,
        given: Any,
    ) -> Iterator[tuple[Any, list[Why]]]:
        """What one reading of a line gives, for every combination of values of the lines it uses that fits."""
        value = probe.values[name][k]
        if value is not None:
            if given is None or fitting(value, given):
                yield value, [own]
            return
        expr = self.rows[name][k].expr
        used = [columns[n] for n in dict.fromkeys(names(expr)) if n in columns]
        sizes = [len(column.values) for column in used]
        if np.prod(sizes, dtype=float) > _MOST:
            raise TooMany
        if not all(sizes):
            return
        stacked = {self._names[c.at]: _on_axis(c.values, axis, len(used)) for axis, c in enumerate(used)}
        found = probe.value(name, expr, {**known, **stacked})
        if found is None:
            return
        found = np.broadcast_to(found, (*sizes, *found.shape[len(used) :]))
        for place in product(*map(range, sizes)) if given is None else fitting(found, given):
            reasons = (column.reasons(j) for column, j in zip(used, place, strict=True))
            whys = [why for rows in product(*reasons) if all(why := _both((own, *rows)))]
            if whys:
                yield found[place], whys


def _bits(number: int) -> Iterator[int]:
    """The places of the bits that are set."""
    return (k for k in range(number.bit_length()) if number >> k & 1)


def _on_axis(values: Sequence[Any], at: int, count: int) -> Any:
    """Values stacked along one of several leading axes."""
    stack = np.stack(values)
    shape = [1] * count
    shape[at] = len(stack)
    return stack.reshape(*shape, *stack.shape[1:])


def _both(rows: Iterable[Why]) -> Why:
    """Readings under which all of several values arise; no bit where they contradict each other."""
    return tuple(reduce(and_, column) for column in zip(*rows, strict=True))


def _kept(column: _Column, left: Why) -> _Column:
    """A column without the values whose readings have been struck out."""
    kept = _Column(column.at)
    for k, value in enumerate(column.values):
        rows = [why for row in column.reasons(k) if all(why := _both((row, left)))]
        if rows:
            kept.add(value, rows)
    return kept


def fitting(values: Any, given: Any) -> list[tuple[int, ...]]:
    """The places in leading axes of `values` where the learner's value stands; `[()]` where there are no such axes."""
    if values.shape[max(values.ndim - given.ndim, 0) :] != given.shape:
        return []
    tolerance = 1e-4 if given.dtype == np.float32 else 1e-6
    with np.errstate(all="ignore"):
        apart = np.abs(values - given) <= tolerance * (1.0 + np.abs(given))
    same = apart | (np.isnan(values) & np.isnan(given)) | (values == given)
    return [tuple(at) for at in np.argwhere(same.all(axis=tuple(range(-given.ndim, 0))))]
