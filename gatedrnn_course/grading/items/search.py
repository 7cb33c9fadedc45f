"""The search line by line: first among readings alone, then with lines that no reading explains."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Edit
from gatedrnn_course.cells.edits.evaluate import Trial
from gatedrnn_course.cells.edits.handed import output_edits
from gatedrnn_course.cells.edits.probe import Probe
from gatedrnn_course.cells.edits.probes import probes
from gatedrnn_course.cells.edits.readings import Reading, edit_with, further_readings, in_fewer_words, readings
from gatedrnn_course.cells.expr import Call
from gatedrnn_course.cells.program import Program
from gatedrnn_course.grading.items.lines import Lines, TooMany, same_as
from gatedrnn_course.grading.items.oddities import Oddity, odd_in_all
from gatedrnn_course.grading.items.oddities.values import Values
from gatedrnn_course.grading.items.recover import Asked, Recovery

__all__ = ["Found", "LineSearch", "Unexplained"]

_PASSES = (*((most, False) for most in (3_000, 3_000, 20_000, 20_000, 100_000, 100_000)), (100_000, True))
"""Combinations compared at once: a probe that leaves more waits until others have narrowed them down; and haste."""
_NAMED, _HANDED = 0.5, 0.65
"""The share of the time for named mistakes in the lines, and for these with one in what is handed back."""
_TRIES = 200
"""Combinations of readings that are compared with all that was seen."""


@dataclass(frozen=True, eq=False)
class Unexplained:
    """A line that no edit explains.

    Attributes:
        line: Its name.
        oddity: What is odd about its values, if anything.
    """

    line: str
    oddity: Oddity | None


@dataclass(frozen=True, eq=False)
class Found:
    """What a search found.

    Attributes:
        edit: The mistakes with a name.
        right: Names of the lines that are surely right.
        unexplained: The lines that no edit explains.
        also: A mistake elsewhere that gives the same numbers as `edit`.
    """

    edit: Edit
    right: tuple[str, ...] = ()
    unexplained: tuple[Unexplained, ...] = ()
    also: Edit | None = None


def _length(found: Found) -> int:
    """How much there is to say; a mistake with a name is half as much as a line without one."""
    return len(found.edit.words) + 2 * len(found.unexplained)


class LineSearch:
    """Searches the readings of every line.

    Args:
        slice_: The slice.
        asked: What the learner's function gives for probes.
        fits: Whether an edit reproduces all that was seen before.
        clock: Seconds of processor time.
        seconds: How many of them the search may take.
    """

    def __init__(
        self, slice_: Program, asked: Asked, fits: Callable[[Edit], bool], clock: Callable[[], float], seconds: float
    ) -> None:
        self.slice, self.asked, self.fits, self.clock = slice_, asked, fits, clock
        self.start, self.seconds, self.until = clock(), seconds, 0.0
        self.rows = readings(slice_)

    def run(self) -> Found | None:
        """Named mistakes that reproduce all that was seen; else the lines that are right and those that are not."""
        hands: list[Edit | None] = [None, *output_edits(self.slice)]
        for handed in hands:
            self.until = self.start + self.seconds * (_NAMED if handed is None else _HANDED)
            if self.clock() > self.until:
                break
            found = self._named(handed)
            if found is not None:
                return found
        self.until = self.start + self.seconds
        return self._unnamed([h for h in hands if h is None or sorted(h.outputs) == sorted(self.slice.outputs)])

    def _unnamed(self, hands: Sequence[Edit | None]) -> Found | None:
        """The fewest lines that no reading explains, those of them first that have something odd about their values."""
        vague: Found | None = None
        telling: list[Found] = []
        for alike in filter(None, self._unknown()):
            if self.clock() > self.until:
                break
            found = [one for unknown in alike for h in hands if (one := self._with_unknown(frozenset(unknown), h))]
            vague = vague or next(iter(found), None)
            telling += [one for one in found if all(line.oddity for line in one.unexplained)]
            best = min(telling, key=_length, default=None)
            if best and (not best.edit.words or not best.unexplained or len(alike[0]) > 1):
                return best
        return min(telling, key=_length, default=vague)

    def _named(self, handed: Edit | None) -> Found | None:
        """Readings of all lines that reproduce all that was seen."""
        lines = self._narrowed(handed, frozenset())
        if lines is None:
            return None
        for chosen in islice(self._choices(lines), _TRIES):
            edit = edit_with(self.slice, chosen, handed)
            if edit.words and self.fits(edit):
                return Found(in_fewer_words(self.slice, edit, chosen), self._right(lines, chosen))
        return None

    def _choices(self, lines: Lines) -> Iterator[dict[str, Reading]]:
        """Combinations of the readings left, those with the fewest mistakes first."""
        names = [name for name in self.rows if name not in lines.unknown]
        left = [lines.left[name][:8] for name in names]
        combos = islice(product(*left), 50 * _TRIES)
        for combo in sorted(combos, key=lambda one: sum(k > 0 for k in one)):
            yield {name: self.rows[name][k] for name, k in zip(names, combo, strict=True) if k}

    def _right(self, lines: Lines, chosen: Mapping[str, Reading]) -> tuple[str, ...]:
        """The lines that stand as they should; not those the outputs say nothing about."""
        return tuple(
            name
            for name, rows in self.rows.items()
            if name not in chosen and name not in lines.unknown and 2 * len(lines.left[name]) < len(rows)
        )

    def _narrowed(self, handed: Edit | None, unknown: frozenset[str]) -> Lines | None:
        """The readings that fit every probe; None where some line has none."""
        outputs = self.slice.outputs if handed is None else handed.outputs
        lines = Lines(self.slice, outputs, unknown)
        recovery = Recovery(self.slice, self.asked, outputs, unknown)
        waiting, blind = list(probes(self.slice)), list[Probe]()
        same_names = sorted(outputs) == sorted(self.slice.outputs)
        for most, hasty in _PASSES if same_names else _PASSES[:2]:
            postponed = []
            for probe in waiting:
                if self.clock() > self.until:
                    return None
                given = self.asked(probe)
                if given is None:
                    return None
                pinned = recovery.pinned(probe)
                if pinned is None or not all(np.isfinite(row).all() for row in given):
                    blind.append(probe)
                    continue
                try:
                    lines.see(probe, given, pinned, most, hasty)
                except TooMany:
                    postponed.append(probe)
                if not lines.possible:
                    return None
            waiting = postponed
        if waiting and not same_names:
            return None
        if set(blind) & set(probes(self.slice)[-2:]):
            return None
        return lines

    def _unknown(self) -> Iterator[list[tuple[str, ...]]]:
        """Sets of lines that may be anything, small ones first; of those handed back, one at a time."""
        inside = [name for name in self.rows if name not in self.slice.outputs]
        yield [(name,) for name in inside]
        yield [(name,) for name in self.slice.outputs if name in self.rows]
        for size in range(2, len(inside)):
            yield list(combinations(inside, size))

    def _with_unknown(self, unknown: frozenset[str], handed: Edit | None) -> Found | None:
        lines = self._narrowed(handed, unknown)
        if lines is None:
            return None
        chosen = next(self._choices(lines))
        outputs = self.slice.outputs if handed is None else handed.outputs
        recovery = Recovery(self.slice, self.asked, outputs, unknown)
        told, puzzling = dict(chosen), []
        for name in self.rows:
            if name in unknown:
                seen = self._values(name, recovery, chosen)
                if all(same_as(probe.value(name, self.rows[name][0].expr, known), v) for probe, v, known in seen):
                    return None  # the line is right: it explains nothing
                reading, oddity = self._explained(name, seen, self.rows[name]), None
                if reading is None:
                    oddity = odd_in_all([self._row(name, *one) for one in seen], name)
                if reading is None and oddity is None:
                    reading = self._explained(name, seen, further_readings(self.slice, name))
                if reading is not None:
                    told[name] = reading
                else:
                    puzzling.append(Unexplained(name, oddity))
        edit = edit_with(self.slice, told, handed)
        if not puzzling and not self.fits(edit):
            return None
        return Found(edit, self._right(lines, chosen), tuple(puzzling))

    def _values(
        self, name: str, recovery: Recovery, chosen: Mapping[str, Reading]
    ) -> list[tuple[Probe, Any, dict[str, Any]]]:
        """For the probes, from the liveliest down: what an unknown line gave, and the values of the lines above it."""
        found = []
        for probe in reversed(probes(self.slice)):
            value = recovery.value(name, probe)
            pinned = recovery.pinned(probe)
            given = self.asked(probe)
            if value is None or pinned is None or given is None or not np.isfinite(value).all():
                continue
            known: dict[str, Any] | None = dict(probe.names)
            for line in edit_with(self.slice, chosen).lines:
                if line.name == name or known is None:
                    break
                known = {**known, **pinned} if line.name in pinned else Trial.run(known, (line,))
                if known is not None and line.name in recovery.outputs:
                    known[line.name] = given[recovery.outputs.index(line.name)]
            if known is not None:
                found.append((probe, value, known))
        return found

    def _explained(
        self, name: str, seen: Sequence[tuple[Probe, Any, dict[str, Any]]], rows: Iterable[Reading]
    ) -> Reading | None:
        """The first of some readings that gives what an unknown line gave."""
        right = [probe.value(name, self.rows[name][0].expr, known) for probe, _value, known in seen]
        telling = [one for one, r in zip(seen, right, strict=True) if r is not None and not same_as(r, one[1])]
        if not telling:
            return None
        for reading in rows:
            if self.clock() > self.until:
                return None
            fits = (
                (found := probe.value(name, reading.expr, known)) is not None and same_as(found, value)
                for probe, value, known in (*telling, *seen)
            )
            if all(fits):
                return reading
        return None

    def _row(self, name: str, probe: Probe, value: Any, known: Mapping[str, Any]) -> Values:
        """What a line gave, what is right, and what is right inside its activation."""
        expr = self.rows[name][0].expr
        inside = probe.value(name, expr.arg, known) if isinstance(expr, Call) else None
        return Values(value, probe.value(name, expr, known), inside)
