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

from gatedrnn_course.cells.edits.probe import SIZE, Probe
from gatedrnn_course.cells.edits.readings import Reading, readings
from gatedrnn_course.cells.expr import Call, Expr, Name, names
from gatedrnn_course.cells.slices import Slice

__all__ = ["Lines", "TooMany", "fitting"]

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

    def add(self, value: Any, whys: Iterable[Why], key: bytes) -> None:
        """Note that readings give a value; those that differ in this line only become one entry."""
        spot = self._spot.setdefault(key, len(self.values))
        if spot == len(self.values):
            self.values.append(value)
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
        handed = {o: (Reading(Call("tanh", Name(o[5:-1]))),) for o in self.outputs if o.startswith("tanh(")}
        self.rows = {**readings(slice_), **handed}
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

    def see(self, probe: Probe, given: Sequence[Any], pinned: Mapping[str, Any], most: int = 100_000) -> None:
        """Strike out the readings that cannot give what the learner's function gave for a probe.

        Args:
            probe: The probe.
            given: The outputs.
            pinned: Values of unknown lines that are not outputs.
            most: How many combinations are compared at once.

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
                expr, value = self.rows[name][k].expr, probe.values[name][k] if name in probe.values else None
                used = [columns[n] for n in dict.fromkeys(names(expr)) if n in columns]
                if value is None:
                    if np.prod([len(one.values) for one in used], dtype=float) > most:
                        raise TooMany
                    value = self._stacked(probe, name, expr, known, used)
                if value is None:
                    continue
                if given_here is None:
                    _note(column, value, used, own)
                    if 100 * len(column.values) > most:
                        raise TooMany
                else:
                    for place in fitting(value, given_here):
                        for why in _reasons(used, place, own):
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

    def _stacked(self, probe: Probe, name: str, expr: Expr, known: Mapping[str, Any], used: Sequence[_Column]) -> Any:
        """What a reading of a line gives, one leading axis for each unseen line it uses."""
        sizes = [len(column.values) for column in used]
        if not all(sizes):
            return None
        stacked = {self._names[c.at]: _on_axis(c.values, axis, len(used)) for axis, c in enumerate(used)}
        found = probe.value(name, expr, {**known, **stacked})
        return None if found is None else np.broadcast_to(found, (*sizes, *found.shape[len(used) :]))


def _note(column: _Column, values: Any, used: Sequence[_Column], own: Why) -> None:
    """Add to an unseen line's column what one of its readings gives."""
    sizes = [len(one.values) for one in used]
    full = np.broadcast_to(values, (*sizes, *(SIZE,) * max(values.ndim - len(used), 2)))
    rounded = np.round(full, 9) + 0.0
    for place in product(*map(range, sizes)):
        whys = _reasons(used, place, own)
        if whys:
            column.add(full[place], whys, rounded[place].tobytes())


def _reasons(used: Sequence[_Column], place: Sequence[int], own: Why) -> list[Why]:
    """The readings under which one combination of values arises together with a reading."""
    rows = product(*(column.reasons(j) for column, j in zip(used, place, strict=True)))
    return [why for row in rows if all(why := _both((own, *row)))]


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
            kept.add(value, rows, (np.round(value, 9) + 0.0).tobytes())
    return kept


def fitting(values: Any, given: Any) -> list[tuple[int, ...]]:
    """The places in leading axes of `values` where the learner's value stands; `[()]` where there are no such axes."""
    if values.shape[max(values.ndim - given.ndim, 0) :] != given.shape:
        return []
    first = (..., *(0,) * given.ndim)
    near = np.argwhere(_equal(values[first], given[first]))  # one number settles nearly all
    if not len(near):
        return []
    same = _equal(values[tuple(near.T)], given).reshape(len(near), -1).all(axis=1)
    return [tuple(at) for at in near[same]]


def _equal(values: Any, given: Any) -> Any:
    tolerance = 1e-4 if given.dtype == np.float32 else 1e-6
    with np.errstate(all="ignore"):
        apart = np.abs(values - given) <= tolerance * (1.0 + np.abs(given))
    return apart | (np.isnan(values) & np.isnan(given)) | (values == given)
