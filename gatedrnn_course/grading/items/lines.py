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
from operator import and_, or_
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits.probe import SIZE, Probe
from gatedrnn_course.cells.edits.readings import Reading, readings
from gatedrnn_course.cells.expr import Call, Expr, Name
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.cells.program import Program

__all__ = ["Lines", "TooMany", "same_as"]

_FEW = 8
"""Reasons that are looked at one by one; more are taken together, which strikes out a little less."""

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
        if len(rows) > _FEW:
            either = _either(self.reasons(spot))
            self.whys[spot] = {(*either[: self.at], 0, *either[self.at + 1 :]): either[self.at]}

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

    def __init__(self, slice_: Program, outputs: Sequence[str], unknown: Iterable[str] = ()) -> None:
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

    def see(
        self, probe: Probe, given: Sequence[Any], pinned: Mapping[str, Any], most: int = 100_000, hasty: bool = False
    ) -> None:
        """Strike out the readings that cannot give what the learner's function gave for a probe.

        Args:
            probe: The probe.
            given: The outputs.
            pinned: Values of unknown lines that are not outputs.
            most: How many combinations are compared at once.
            hasty: Whether a reading that needs more is struck out, instead of waiting for another probe.

        Raises:
            TooMany: If too many combinations are left to compare.
        """
        seen = dict(zip(self.outputs, given, strict=True))
        nothing = (0,) * len(self._names)
        plain = {**seen, **{name: probe.names[name] for name in self.outputs if name in self.slice.inputs}}
        if not all(same_as(plain[name], value) for name, value in zip(self.outputs, given, strict=True)):
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
                reading, value = self.rows[name][k], probe.values[name][k] if name in probe.values else None
                used = [columns[n] for n in reading.uses if n in columns]
                size = np.prod([len(one.values) for one in used], dtype=float)
                if size > most and not (hasty and used[1:]):
                    raise TooMany
                if not 0 < size <= most:
                    continue
                if given_here is None:
                    value = self._stacked(probe, name, reading.expr, known, used) if value is None else value
                    _note(column, value, used, own)
                    if 30 * len(column.values) > most:
                        raise TooMany
                elif value is not None:
                    fits = _either([fits, own]) if same_as(value, given_here) else fits
                else:
                    places = self._matching(probe, name, reading, known, used, given_here)
                    fits = _either([fits, *_all_reasons(used, places, own)])
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
        """What a reading gives, one leading axis for each unseen line it uses; None where the shapes do not fit."""
        stacked = {self._names[c.at]: _on_axis(c.values, axis, len(used)) for axis, c in enumerate(used)}
        found = probe.value(name, expr, {**known, **stacked})
        sizes = [len(column.values) for column in used]
        return None if found is None else np.broadcast_to(found, (*sizes, *found.shape[len(used) :]))

    def _matching(
        self, probe: Probe, name: str, reading: Reading, known: Mapping[str, Any], used: Sequence[_Column], given: Any
    ) -> Any:
        """The combinations of unseen values under which a reading gives the learner's value, (count, unseen lines)."""
        sizes = [len(column.values) for column in used]
        places = np.stack(np.unravel_index(np.arange(int(np.prod(sizes))), sizes), axis=1) if used else np.zeros((1, 0))
        if given.shape != (SIZE, SIZE):
            return places[:0]
        stacks = {self._names[c.at]: np.stack(c.values) for c in used}
        parts = [(slice(None), slice(None))]
        if not any(map(is_parameter, reading.uses)):  # element by element: one number settles nearly all
            parts = [(slice(1), slice(1)), *parts]
        for part in parts:
            env = {n: v[part] for n, v in {**probe.names, **known}.items() if n != "p"}
            chosen = {n: s[(slice(None), *part)][places[:, axis]] for axis, (n, s) in enumerate(stacks.items())}
            found = probe.value(name, reading.expr, {**env, **chosen})
            if found is None:
                return places[:0]
            full = np.broadcast_to(found, (len(places), *given[part].shape))
            places = places[_equal(full, given[part]).all(axis=(1, 2))]
        return places


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


def _all_reasons(used: Sequence[_Column], places: Any, own: Why) -> list[Why]:
    """The readings under which any of several combinations arises; of many, a little more than these."""
    if len(places) <= _FEW:
        return [why for place in places for why in _reasons(used, place, own)]
    by_axis = (
        _either([why for j in np.unique(places[:, axis]) for why in column.reasons(j)])
        for axis, column in enumerate(used)
    )
    return [_both((own, *by_axis))]


def _either(rows: Sequence[Why]) -> Why:
    """Readings under which one value or another arises."""
    return tuple(reduce(or_, column) for column in zip(*rows, strict=True))


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


def same_as(value: Any, given: Any) -> bool:
    """Whether a value is the learner's."""
    return value.shape == given.shape and bool(_equal(value, given).all())


def _equal(values: Any, given: Any) -> Any:
    """Which numbers are the learner's."""
    tolerance = 1e-4 if given.dtype == np.float32 else 1e-6
    with np.errstate(all="ignore"):
        apart = np.abs(values - given) <= tolerance * (1.0 + np.abs(given))
    return apart | (np.isnan(values) & np.isnan(given)) | (values == given)
