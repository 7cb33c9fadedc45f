"""An item that is the backward of one step of a cell: signature, reference and mistakes come from derived equations."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from gatedrnn_course.cells.backward_program import BackwardProgram, backward_step
from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.params import Params
from gatedrnn_course.grading.exchange.values import Argument, Value
from gatedrnn_course.grading.items.by_output import explain_outputs
from gatedrnn_course.grading.items.docstrings import backward_docstring
from gatedrnn_course.grading.items.findings import told
from gatedrnn_course.grading.items.item import Ask, Draw, Explanation, Item, Observation
from gatedrnn_course.grading.items.slice_item import SliceItem
from gatedrnn_course.text import mark

__all__ = ["BackwardItem"]

LARGE = 64.0
"""What the derivatives that arrive are multiplied by in a draw that reaches far."""


@dataclass(frozen=True)
class BackwardItem(Item):
    """A function that takes derivatives back through one step: `(saved, d_h, d_c, p) -> mapping`.

    `saved` holds what the forward kept, by the names of the equations; `d_h` and `d_c` are the derivatives of the loss
    that arrive from outside the step, `d_h_next` and `d_c_next` of the equations.

    Attributes:
        cell: The cell.
        wanted: Some of the outputs; all where left out.
        clock: Seconds of processor time; they bound the search for several mistakes.
    """

    cell: Cell = field(kw_only=True)
    wanted: tuple[str, ...] = field(default=(), kw_only=True)
    clock: Callable[[], float] = field(default=time.process_time, kw_only=True, compare=False, repr=False)

    @cached_property
    def slice(self) -> BackwardProgram:
        """The backward equations."""
        return replace(backward_step(self.cell), outputs=self.wanted) if self.wanted else backward_step(self.cell)

    def only(self, outputs: Sequence[str]) -> Item:
        """The same with some of the outputs."""
        return replace(self, wanted=tuple(outputs))

    @property
    def arguments(self) -> tuple[str, ...]:
        """What was kept, one derivative for each state, the parameters."""
        return ("saved", *(f"d_{state}" for state in self.cell.states), "p")

    @property
    def outputs(self) -> tuple[str, ...]:
        """Derivatives with respect to the input, the old states and the parameters."""
        return self.slice.outputs

    def docstring(self) -> str:
        """Title, arguments with shapes, and what to return."""
        return backward_docstring(self.title, self.slice, self.arguments)

    def reference(self, *args: Argument) -> Value:
        """The derived equations in NumPy float64."""
        inputs, p = self.split(args)
        return dict(zip(self.outputs, self.slice.function(*inputs, p), strict=True))

    def split(self, args: Sequence[Argument]) -> tuple[tuple[Any, ...], Params]:
        """The arguments as inputs of the equations and parameters."""
        saved, *arriving, p = args
        return (*(saved[name] for name in self.slice.kept), *arriving), Params(p)  # type: ignore[call-overload, arg-type]

    def joined(self, inputs: Sequence[Any], p: Params) -> tuple[Argument, ...]:
        """Inputs of the equations and parameters as arguments."""
        count = len(self.slice.kept)
        return (Params(dict(zip(self.slice.kept, inputs, strict=False))), *inputs[count:], p)

    def draws(self, rng: np.random.Generator) -> tuple[Draw, ...]:
        """The draws of a step of the cell, each with what its forward keeps and with derivatives that arrive."""
        step = SliceItem(self.name, self.points, self.title, self.hints, self.forbidden, slice=self.slice.forward)
        draws = [self._back(rng, draw) for draw in step.draws(rng)]
        saved, *arriving, p = draws[0].args
        far = (saved, *(LARGE * np.asarray(d) for d in arriving), p)
        return (*draws, replace(draws[0], args=far, words=mark("a batch with large derivatives")))

    def _back(self, rng: np.random.Generator, draw: Draw) -> Draw:
        *inputs, p = draw.args
        kept = self.slice.keep(tuple(inputs), Params(p))  # type: ignore[arg-type]
        lead, size = np.shape(kept[-1])[:-1], np.shape(kept[-1])[-1]
        arriving = tuple(rng.normal(size=(*lead, size)) for _name in self.slice.arriving)
        return replace(draw, args=self.joined((*kept, *arriving), Params(p)))  # type: ignore[arg-type]

    def explain(self, observed: Sequence[Observation], ask: Ask) -> Explanation | None:
        """One edit, the same edit in every line it fits, or the fewest in several lines."""
        seen = [(*self.split(o.draw.args), o.value, o.draw.kind) for o in observed]
        found = explain_outputs(self.slice, seen, self.clock)
        return None if found is None else told(self.slice, found)
