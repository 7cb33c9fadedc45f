"""An item that runs a cell over a whole sequence."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.edits import Edit, Words, classes
from gatedrnn_course.cells.numeric import compiled
from gatedrnn_course.cells.params import Params
from gatedrnn_course.cells.slices import Slice, whole_step
from gatedrnn_course.grading.exchange.values import Argument, Value
from gatedrnn_course.grading.items.diagnosis import explain_slice, same_numbers
from gatedrnn_course.grading.items.docstrings import sequence_docstring
from gatedrnn_course.grading.items.item import Ask, Draw, Explanation, Item, Observation
from gatedrnn_course.grading.items.loops import LOOP_MISTAKES, Loop, pairs_of_loops
from gatedrnn_course.grading.items.reach import far_draws

__all__ = ["SequenceItem"]

_SECONDS = 1.0
"""Processor time for an explanation."""
_RIGHT = Loop()


def _one_step(row: Any) -> Any:
    """The step in what a loop over one input hands back, also where its axes are not as they should be."""
    if row.ndim < 3:
        return row
    if len(row) == 1:
        return row[0]
    return row[:, 0] if row.shape[1] == 1 else row[-1]


def _fits(made: tuple[Any, ...] | None, seen: tuple[Any, ...] | None) -> bool:
    """Whether a wrong loop gives what was seen. Where it hands back no step at all, stacking them may have raised."""
    if made is not None and seen is None:
        return not any(np.size(kind) for kind in made)
    return same_numbers(made, seen)


@dataclass(frozen=True)
class SequenceItem(Item):
    """A function that runs a cell over a sequence: `(xs, h_0, c_0, p) -> (hs, cs)`.

    Attributes:
        cell: The cell.
        clock: Seconds of processor time; they bound the search.
    """

    cell: Cell = field(kw_only=True)
    clock: Callable[[], float] = field(default=time.process_time, kw_only=True, compare=False, repr=False)

    @property
    def arguments(self) -> tuple[str, ...]:
        """The inputs, the initial states, the parameters."""
        return ("xs", *(f"{name}_0" for name in self.cell.states), "p")

    @property
    def outputs(self) -> tuple[str, ...]:
        """All states of each kind, stacked over time."""
        return tuple(f"{name}s" for name in self.cell.states)

    @cached_property
    def slice(self) -> Slice:
        """The step inside the loop."""
        return whole_step(self.cell)

    def docstring(self) -> str:
        """Title, arguments with shapes, and what to return."""
        return sequence_docstring(self.title, self.slice, self.arguments, self.outputs)

    def reference(self, *args: Argument) -> Value:
        """The loop in NumPy float64."""
        values = self._run(_RIGHT, None, args)
        return values[0] if len(values) == 1 else values

    def _run(self, loop: Loop, edit: Edit | None, args: Sequence[Any]) -> tuple[Any, ...]:
        whole = self.slice
        lines, outputs = (edit.lines, edit.outputs) if edit else (whole.lines, whole.outputs)
        xs, *start, p = args
        return loop(compiled(lines, whole.inputs, outputs), xs, tuple(start), Params(p))

    def draws(self, rng: np.random.Generator) -> tuple[Draw, ...]:
        """Two batches of distinct sizes with T of at least 3, size 1, and a square batch to explain with.

        Then batches whose numbers reach further, with the sizes of the first two.
        """
        draws = []
        for k in range(2):
            b, d, h = (int(n) for n in rng.permutation((2, 3, 4, 5))[:3])
            draws.append(self._draw("batch", rng, 6 + k, {"D": d, "H": h}, b))
        draws.append(self._draw("ones", rng, 1, {"D": 1, "H": 1}, 1))
        n = int(rng.integers(3, 6))
        square = self._draw("square", rng, n, {"D": n, "H": n}, n, decides=False)
        return (*draws, square, *far_draws(self.slice, rng, draws[0], draws[1], self.arguments))

    def _draw(self, kind: str, rng: np.random.Generator, T: int, sizes: Any, batch: int, decides: bool = True) -> Draw:
        states, p = self.slice.draw(rng, sizes, (batch,))
        xs = rng.normal(size=(T, batch, sizes["D"]))
        return Draw(kind, (xs, *states[1:], p), decides)

    def explain(self, observed: Sequence[Observation], ask: Ask) -> Explanation | None:
        """A mistake of the loop, or of the step inside it; two of the loop; both; or several in the step."""
        if all(o.value is None for o in observed):
            return None
        order = ("square", "batch", "ones")
        seen = sorted(observed, key=lambda o: order.index(o.draw.kind))
        until = self.clock() + _SECONDS
        for words, loop, edit in self._wrong_ways(ask):
            if self.clock() > until:
                return None
            if all(_fits(self._try(loop, edit, o.draw.args), o.value) for o in seen):
                said = [Words(one) for one in words] + list(edit.words if edit else ())
                return Explanation(" ".join(map(str, said)), " ".join(one.english for one in said))
        return None

    def _wrong_ways(self, ask: Ask) -> Iterator[tuple[tuple[str, ...], Loop, Edit | None]]:
        """Loops and steps with mistakes, those with fewer first."""
        yield from (((words,), loop, None) for words, loop in LOOP_MISTAKES.items())
        edits = [found.edit for found in classes(self.slice)]
        yield from (((), _RIGHT, edit) for edit in edits)
        yield from ((words, loop, None) for words, loop in pairs_of_loops())
        step = self._step_alone(ask)
        if step is not None:
            yield (), _RIGHT, step
            yield from (((words,), loop, step) for words, loop in LOOP_MISTAKES.items())
        for words, loop in LOOP_MISTAKES.items():
            yield from (((words,), loop, edit) for edit in edits)

    def _step_alone(self, ask: Ask) -> Edit | None:
        """What is wrong in the step: a sequence of one input is a step without a loop."""

        def call(inputs: Sequence[Any], p: Params) -> tuple[Any, ...] | None:
            x, *states = inputs
            value = ask(Draw("square", (x[None], *states, p), decides=False)).value
            rows = () if value is None else tuple(map(_one_step, value))
            return rows if rows and all(row.shape == states[0].shape for row in rows) else None

        rng = np.random.default_rng(0)
        draws = [self.slice.draw(rng, sizes, (b,)) for sizes, b in (({"D": 3, "H": 3}, 3), ({"D": 4, "H": 3}, 2))]
        kinds = ("square", "batch")
        seen = [(inputs, p, call(inputs, p), kind) for (inputs, p), kind in zip(draws, kinds, strict=True)]
        if all(same_numbers(self.slice.function(*inputs, p), value) for inputs, p, value, _kind in seen):
            return None  # the step is right, the loop is not
        found = explain_slice(self.slice, seen, call, self.clock)
        return None if found is None or found.unexplained else found.edit

    def _try(self, loop: Loop, edit: Edit | None, args: Sequence[Any]) -> tuple[Any, ...] | None:
        """The outputs, or None when the shapes do not fit."""
        with np.errstate(all="ignore"):
            try:
                return self._run(loop, edit, args)
            except (ValueError, IndexError):
                return None
