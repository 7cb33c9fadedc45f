"""An item that takes derivatives back through a whole sequence of a cell."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from gatedrnn_course.cells.backward_program import BackwardProgram, backward_step
from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.edits import Edit, Trial, Words, classes
from gatedrnn_course.cells.numeric import compiled
from gatedrnn_course.cells.params import Params
from gatedrnn_course.grading.exchange.values import Argument, Value
from gatedrnn_course.grading.items.backward_loops import RIGHT, BackwardLoop, backward_loop_pairs, backward_loops
from gatedrnn_course.grading.items.by_output import explain_outputs
from gatedrnn_course.grading.items.diagnosis import Seen, same_numbers
from gatedrnn_course.grading.items.docstrings import backward_sequence_docstring
from gatedrnn_course.grading.items.item import Ask, Draw, Explanation, Item, Observation
from gatedrnn_course.grading.items.sequence_item import SequenceItem
from gatedrnn_course.text import mark

__all__ = ["BackwardSequenceItem"]

_SECONDS = 2.5
"""Processor time for an explanation."""
LARGE = 64.0
"""What the derivatives that arrive are multiplied by in a draw that reaches far."""


@dataclass(frozen=True)
class BackwardSequenceItem(Item):
    """A function that takes derivatives back through a sequence: `(saved, d_hs, p) -> mapping`.

    `saved` holds what the forward kept of every step, stacked over time; `d_hs` are the derivatives of the loss with
    respect to every h. Nothing else arrives at the last step.

    Attributes:
        cell: The cell.
        wanted: Some of the outputs; all where left out.
        clock: Seconds of processor time; they bound the search.
    """

    cell: Cell = field(kw_only=True)
    wanted: tuple[str, ...] = field(default=(), kw_only=True)
    clock: Callable[[], float] = field(default=time.process_time, kw_only=True, compare=False, repr=False)

    @cached_property
    def slice(self) -> BackwardProgram:
        """The backward equations of one step."""
        return backward_step(self.cell)

    @property
    def arguments(self) -> tuple[str, ...]:
        """What was kept, the derivatives of all h, the parameters."""
        return ("saved", "d_hs", "p")

    @property
    def outputs(self) -> tuple[str, ...]:
        """Derivatives with respect to the inputs, the initial states and the parameters."""
        return self.wanted or self._every

    def only(self, outputs: Sequence[str]) -> Item:
        """The same with some of the outputs."""
        return replace(self, wanted=tuple(outputs))

    @property
    def _every(self) -> tuple[str, ...]:
        names = {f"d_{state}_prev": f"d_{state}_0" for state in self.cell.states} | {"d_x": "d_xs"}
        return tuple(names.get(name, name) for name in self.slice.outputs)

    def docstring(self) -> str:
        """Title, arguments with shapes, and what to return."""
        return backward_sequence_docstring(self.title, self.slice, self.outputs)

    def reference(self, *args: Argument) -> Value:
        """The loop in NumPy float64."""
        return dict(zip(self.outputs, self.run(RIGHT, None, args), strict=True))

    def run(self, loop: BackwardLoop, edit: Edit | None, args: Sequence[Any]) -> tuple[Any, ...]:
        """The outputs of a loop around the step, or around one with a mistake."""
        program = self.slice
        lines, outputs = (edit.lines, edit.outputs) if edit else (program.lines, program.outputs)
        saved, d_hs, p = args
        found = loop(compiled(lines, program.inputs, outputs), program, saved, d_hs, Params(p))
        return tuple(value for name, value in zip(self._every, found, strict=True) if name in self.outputs)

    def draws(self, rng: np.random.Generator) -> tuple[Draw, ...]:
        """The draws of a sequence, each with what its forward keeps and with derivatives that arrive."""
        forward = SequenceItem(self.name, self.points, self.title, self.hints, self.forbidden, cell=self.cell)
        draws = [self._back(rng, draw) for draw in forward.draws(rng)]
        saved, d_hs, p = draws[0].args
        large = replace(
            draws[0], args=(saved, LARGE * np.asarray(d_hs), p), words=mark("a batch with large derivatives")
        )
        return (*draws, large)

    def _back(self, rng: np.random.Generator, draw: Draw) -> Draw:
        xs, *states, p = draw.args
        rows = []
        for x in np.asarray(xs):
            rows.append(self.slice.keep((x, *states), Params(p)))  # type: ignore[arg-type]
            kept = dict(zip(self.slice.kept, rows[-1], strict=True))
            states = [kept[name] for name in self.cell.states]
        saved = Params(dict(zip(self.slice.kept, map(np.stack, zip(*rows, strict=True)), strict=True)))
        return replace(draw, args=(saved, rng.normal(size=saved["h"].shape), p))

    def explain(self, observed: Sequence[Observation], ask: Ask) -> Explanation | None:
        """A mistake of the loop, or of the step inside it; both; two of the loop; or several in the step."""
        if all(o.value is None for o in observed):
            return None
        order = ("square", "batch", "ones")
        until = self.clock() + _SECONDS
        alone = [] if self.wanted else self._alone(ask)
        seen = [*alone, *sorted(observed, key=lambda o: (order.index(o.draw.kind), o.value is None))]
        for words, loop, edit in self._wrong_ways(alone):
            if self.clock() > until:
                return None
            if all(same_numbers(self._try(loop, edit, o.draw.args), o.value) for o in seen):
                said = [*words, *(edit.words if edit else ())]
                return Explanation(" ".join(map(str, said)), " ".join(one.english for one in said))
        return None

    def _wrong_ways(
        self, alone: Sequence[Observation]
    ) -> Iterator[tuple[tuple[Words, ...], BackwardLoop, Edit | None]]:
        """Loops and steps with mistakes, those with fewer first."""
        loops = list(backward_loops(self.slice))
        yield from ((words, loop, None) for words, loop in loops)
        steps = [self._step(one) for one in alone]
        edits = _that_fit(self.slice, steps)
        yield from (((), RIGHT, edit) for edit in edits)
        if not edits and (found := explain_outputs(self.slice, steps, self.clock)):
            edits = [found.edit]
            yield (), RIGHT, found.edit
        for edit in edits:
            yield from ((words, loop, edit) for words, loop in loops)
        yield from ((words, loop, None) for words, loop in backward_loop_pairs(self.slice))

    def _alone(self, ask: Ask) -> list[Observation]:
        """What comes of sequences of one step, which settle most and cost least."""
        rng = np.random.default_rng(0)
        seen = []
        for kind, sizes, batch in (("square", {"D": 3, "H": 3}, 3), ("batch", {"D": 4, "H": 3}, 2)):
            inputs, p = self.slice.draw(rng, sizes, (batch,))
            saved = Params({n: v[None] for n, v in zip(self.slice.kept, inputs, strict=False)})
            seen.append(ask(Draw(kind, (saved, inputs[len(self.slice.kept)][None], p), decides=False)))
        return seen

    def _step(self, one: Observation) -> Seen:
        """A sequence of one step as a step at which nothing arrives but at h."""
        saved, d_hs, p = one.draw.args
        kept = [saved[name][0] for name in self.slice.kept]  # type: ignore[call-overload]
        arriving = [np.asarray(d_hs)[0], *(np.zeros_like(kept[-1]) for _name in self.slice.arriving[1:])]
        value = one.value
        if value is not None and self.outputs[0] == "d_xs" and len(value[0]) == 1:
            value = (value[0][0], *value[1:])
        return (*kept, *arriving), Params(p), value, one.draw.kind  # type: ignore[arg-type]

    def _try(self, loop: BackwardLoop, edit: Edit | None, args: Sequence[Any]) -> tuple[Any, ...] | None:
        """The outputs, or None when the shapes do not fit."""
        with np.errstate(all="ignore"):
            try:
                return self.run(loop, edit, args)
            except (ValueError, IndexError):
                return None


def _that_fit(program: BackwardProgram, seen: Sequence[Seen]) -> list[Edit]:
    """The edits of a step that give what was seen of it; where it was right, those that do not show there."""
    trials = [(Trial(program, inputs, p), value) for inputs, p, value, _kind in seen]
    with np.errstate(all="ignore"):
        return [
            found.edit
            for found in classes(program)
            if all(same_numbers(trial.outputs(found.edit), value) for trial, value in trials)
        ]
