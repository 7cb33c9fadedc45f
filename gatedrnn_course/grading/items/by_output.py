"""Finds several mistakes in equations with many outputs, output by output, without a further call.

Each output depends on few lines. Those of the first output are searched for the fewest mistakes that explain it; what
was found there holds for the next output, which depends on some of the same lines and on some more.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import combinations, count, product
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Edit, Trial, classes
from gatedrnn_course.cells.edits.handed import output_edits
from gatedrnn_course.cells.edits.readings import edit_with, further_readings, in_fewer_words, readings
from gatedrnn_course.cells.expr import names
from gatedrnn_course.cells.language import Line
from gatedrnn_course.cells.program import Program
from gatedrnn_course.closure import closure
from gatedrnn_course.grading.items.diagnosis import Seen, same_numbers
from gatedrnn_course.grading.items.search import Found

__all__ = ["explain_outputs"]

_SECONDS, _TRIES = 2.0, 15_000
"""Processor time allowed for the search, and readings tried in it."""
_AT_ONCE = 2
"""Mistakes that one output may add to those found before it."""
_KEPT = 40
"""Ways to explain an output that are followed further."""

Chosen = tuple[tuple[str, int], ...]
"""Lines that are not as they should be, each with the place of its reading."""


def explain_outputs(program: Program, seen: Sequence[Seen], clock: Callable[[], float]) -> Found | None:
    """What is wrong in equations with many outputs.

    Args:
        program: The equations.
        seen: What the function gave for several draws; one with all sizes equal tells the most apart.
        clock: Seconds of processor time.

    Returns:
        One edit, or the same edit in every line it fits; else the fewest readings of lines that reproduce every draw,
        what is handed back included; else None.
    """
    telling = sorted(seen, key=lambda one: ("square", "batch", "single", "ones").index(one[3]))
    trials = [(Trial(program, inputs, p), value) for inputs, p, value, _kind in telling]
    if all(value is None for _trial, value in trials):
        return None
    with np.errstate(all="ignore"):
        first, value = trials[0]
        right = first.pick(first.right, program.outputs)
        pairs = enumerate(zip(right or (), value or (), strict=False))
        wrong = [k for k, (one, other) in pairs if not same_numbers((one,), (other,))]
        for found in classes(program):
            if _may_fit(found.edit, first, value, wrong) and _fits(found.edit, trials):
                return Found(found.edit)
        search = _Search(program, trials, clock)
        for handed in (None, *output_edits(program)):
            if search.over:
                return None
            if (edit := search.run(handed)) is not None:
                return Found(edit)
        if len(program.lines) == 1 and (edit := search.two_in_the_line()) is not None:
            return Found(edit)
    return None


def _fits(edit: Edit, trials: Sequence[tuple[Trial, Any]]) -> bool:
    return all(same_numbers(trial.outputs(edit), value) for trial, value in trials)


def _may_fit(edit: Edit, trial: Trial, value: Any, wrong: Sequence[int]) -> bool:
    """Whether an edit gives the outputs that are wrong, which settles nearly all."""
    got = trial.outputs(edit)
    if got is None or value is None or len(got) != len(value):
        return got is value
    return all(same_numbers((got[k],), (value[k],)) for k in wrong)


class _Search:
    """The search, with the first draw that gave numbers to compare with and all draws to confirm."""

    def __init__(self, program: Program, trials: Sequence[tuple[Trial, Any]], clock: Callable[[], float]) -> None:
        self.program, self.trials, self.clock = program, trials, clock
        self.until, self.left = clock() + _SECONDS, _TRIES
        self.trial, self.value = next((trial, value) for trial, value in trials if value is not None)
        self.rows = readings(program)

    @property
    def over(self) -> bool:
        """Whether the search has taken what it may."""
        return self.left < 0 or self.clock() > self.until

    def run(self, handed: Edit | None) -> Edit | None:
        """The fewest mistakes in the lines that explain all outputs, with one mistake in what is handed back."""
        outputs = self.program.outputs if handed is None else handed.outputs
        if len(self.value) != len(outputs):
            return None
        given = list(zip(outputs, self.value, strict=True))
        given.sort(key=lambda pair: len(_above(self.program.lines, pair[0])))
        number = count()
        places = tuple(range(len(given)))
        heap: list[tuple[int, int, int, Chosen, tuple[int, ...]]] = [(0, len(given), next(number), (), places)]
        while heap and not self.over:
            cost, left, _n, chosen, order = heapq.heappop(heap)
            done, todo = order[: len(order) - left], order[len(order) - left :]
            if not todo:
                if (edit := self._confirmed(chosen, handed)) is not None:
                    return edit
                continue
            found = list(self._explained(chosen, *given[todo[0]], [given[k][0] for k in done]))
            for more in found:
                heapq.heappush(heap, (cost + len(more), left - 1, next(number), (*chosen, *more), order))
            waits = len(todo) > 1 and todo == tuple(sorted(todo))
            if waits and not found:  # it may use a line that another output tells more of
                later = (*done, *todo[1:], todo[0])
                heapq.heappush(heap, (cost, left, next(number), chosen, later))
        return None

    def two_in_the_line(self) -> Edit | None:
        """Two edits in the only line."""
        name = self.program.lines[0].name
        for reading in further_readings(self.program, name):
            if self.over:
                return None
            if _fits(edit := edit_with(self.program, {name: reading}), self.trials):
                return edit
        return None

    def _confirmed(self, chosen: Chosen, handed: Edit | None) -> Edit | None:
        told = {name: self.rows[name][k] for name, k in chosen}
        edit = edit_with(self.program, told, handed)
        if not edit.words or not _fits(edit, self.trials):
            return None
        return in_fewer_words(self.program, edit, told)

    def _explained(self, chosen: Chosen, output: str, value: Any, before: Sequence[str]) -> Iterator[Chosen]:
        """The readings of further lines under which an output is the learner's: none, else one, else two."""
        lines = edit_with(self.program, {name: self.rows[name][k] for name, k in chosen}).lines
        known = self.trial.run(self.trial.inputs, lines)
        if known is None:
            return
        fixed = {name for name, _k in chosen}.union(*(_above(lines, name) for name in before))
        above = _above(lines, output)
        need = [line for line in lines if line.name in above]
        for size in range(_AT_ONCE + 1):
            tried = self._tried(known, need, [line.name for line in need if line.name not in fixed], size)
            found = [more for more, values in tried if same_numbers(self.trial.pick(values, (output,)), (value,))]
            if found:
                yield from found[:_KEPT]
                return

    def _tried(
        self, known: dict[str, Any], need: Sequence[Line], free: Sequence[str], size: int
    ) -> Iterator[tuple[Chosen, dict[str, Any]]]:
        """What comes of further readings in some of the free lines, where all else is known."""
        for wrong in combinations(free, size):
            for places in product(*(range(1, len(self.rows[name])) for name in wrong)):
                self.left -= 1
                if self.over:
                    return
                more = dict(zip(wrong, places, strict=True))
                lines = [
                    replace(ln, expr=self.rows[ln.name][more[ln.name]].expr) if ln.name in more else ln for ln in need
                ]
                values = self.trial.run(known, lines)
                if values is not None:
                    yield tuple(more.items()), values


@lru_cache(maxsize=4096)
def _above(written: tuple[Line, ...], output: str) -> frozenset[str]:
    """The lines an output depends on, and its own."""
    lines = {line.name: line for line in written}
    found = closure([output], lambda name: names(lines[name].expr) if name in lines else ())
    return frozenset(found & set(lines))
