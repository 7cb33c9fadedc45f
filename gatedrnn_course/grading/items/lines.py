"""Finds what stands in each line of an answer, line by line: any number of mistakes costs the sum of the searches.

A reading of a line is one way it may stand (`cells.edits.readings`). A probe (`cells.edits.probes`) is a call in which
most readings of most lines give the same value, so few combinations are left to compare with what the learner's
function gave; those that do not fit are struck out, and the next probe tells the rest apart. An output that is itself a
line is taken as the learner gave it by the lines below, so a mistake above does not reach them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits.probes import SIZE, Probe
from gatedrnn_course.cells.edits.readings import readings
from gatedrnn_course.cells.expr import names
from gatedrnn_course.cells.slices import Slice

__all__ = ["Lines", "TooMany", "fitting"]

_MOST = 60_000
"""Combinations compared at once."""

Why = dict[str, frozenset[int]]
"""Readings by line that together give a value; a line that is not in it may read anything."""


class TooMany(Exception):
    """A probe leaves too many combinations; others may narrow them down first."""


@dataclass
class _Column:
    """The distinct values an unseen line may have in a probe, each with the readings it may come from."""

    values: list[Any] = field(default_factory=list)
    whys: list[list[Why]] = field(default_factory=list)
    spot: dict[bytes, int] = field(default_factory=dict)

    def add(self, value: Any, whys: Iterable[Why], line: str, reading: int) -> None:
        full = np.broadcast_to(value, (SIZE,) * max(np.ndim(value), 2))
        key = (np.round(full, 9) + 0.0).tobytes()
        if key not in self.spot:
            self.spot[key] = len(self.values)
            self.values.append(full)
            self.whys.append([])
        rows = self.whys[self.spot[key]]
        for why in whys:
            own = why.get(line, frozenset()) | {reading}
            alike = (k for k, row in enumerate(rows) if _others(row, line) == _others(why, line))
            k = next(alike, len(rows))
            rows[k:] = [{**why, line: rows[k][line] | own if k < len(rows) else own}, *rows[k + 1 :]]


def _others(why: Why, line: str) -> Why:
    return {name: own for name, own in why.items() if name != line}


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
        self.left = {name: frozenset(range(len(rows))) for name, rows in self.rows.items()}

    @property
    def possible(self) -> bool:
        """Whether every line has a reading left."""
        return all(self.left.values())

    @property
    def settled(self) -> bool:
        """Whether every line that is searched has one reading left."""
        return all(len(left) == 1 for name, left in self.left.items() if name not in self.unknown)

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
        known = {**pinned, **{n: seen[n] for n in self.unknown & set(seen)}}
        columns: dict[str, _Column] = {}
        left = dict(self.left)
        for line in self.slice.lines:
            name, given_here = line.name, seen.get(line.name)
            if name in known:
                continue
            column, fits = _Column(), dict.fromkeys(left, frozenset[int]())
            for k in sorted(left[name]):
                for value, whys in self._values(probe, name, k, known, columns, left, given_here):
                    if given_here is None:
                        column.add(value, whys, name, k)
                        continue
                    for why in whys:
                        for other in left:
                            own = frozenset({k}) if other == name else left[other]
                            fits[other] |= why.get(other, own) & left[other]
            if given_here is None:
                columns[name] = column
            else:
                left = fits
                known[name] = given_here
                columns = {other: _kept(old, left) for other, old in columns.items()}
        self.left = left

    def _values(
        self,
        probe: Probe,
        name: str,
        k: int,
        known: Mapping[str, Any],
        columns: Mapping[str, _Column],
        left: Mapping[str, frozenset[int]],
        given: Any,
    ) -> Iterator[tuple[Any, list[Why]]]:
        """What one reading of a line gives, for every combination of values of the lines it uses that fits."""
        value = probe.values[name][k]
        if value is not None:
            if given is None or fitting(value, given):
                yield value, [{}]
            return
        expr = self.rows[name][k].expr
        used = [n for n in dict.fromkeys(names(expr)) if n in columns]
        sizes = [len(columns[n].values) for n in used]
        if np.prod(sizes, dtype=float) > _MOST:
            raise TooMany
        if not all(sizes):
            return
        stacked = {n: _on_axis(columns[n].values, at, len(used)) for at, n in enumerate(used)}
        found = probe.value(name, expr, {**known, **stacked})
        if found is None:
            return
        found = np.broadcast_to(found, (*sizes, *found.shape[len(used) :]))
        for at in product(*map(range, sizes)) if given is None else fitting(found, given):
            whys = [
                why
                for rows in product(*(columns[n].whys[j] for n, j in zip(used, at, strict=True)))
                if (why := _both(rows, left)) is not None
            ]
            if whys:
                yield found[at], whys


def _on_axis(values: Sequence[Any], at: int, count: int) -> Any:
    """Values stacked along one of several leading axes."""
    stack = np.stack(values)
    shape = [1] * count
    shape[at] = len(stack)
    return stack.reshape(*shape, *stack.shape[1:])


def _both(rows: Iterable[Why], left: Mapping[str, frozenset[int]]) -> Why | None:
    """Readings under which all of several values arise; None where they contradict each other."""
    found: Why = {}
    for why in rows:
        for name, own in why.items():
            found[name] = found.get(name, left[name]) & own
            if not found[name]:
                return None
    return found


def _kept(column: _Column, left: Mapping[str, frozenset[int]]) -> _Column:
    """A column without the values whose readings have been struck out."""
    kept = _Column()
    for value, whys in zip(column.values, column.whys, strict=True):
        rows = [why for row in whys if (why := _both([row], left)) is not None]
        if rows:
            kept.values.append(value)
            kept.whys.append(rows)
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
