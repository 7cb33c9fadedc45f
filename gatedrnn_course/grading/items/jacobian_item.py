"""An item that is the Jacobian of one step of a cell: entry [..., i, j] is the derivative of h_i by h_prev_j."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.jacobian import JacobianProgram
from gatedrnn_course.cells.params import Params
from gatedrnn_course.grading.exchange.values import Argument, Value
from gatedrnn_course.grading.items.by_output import explain_outputs
from gatedrnn_course.grading.items.docstrings import jacobian_docstring
from gatedrnn_course.grading.items.findings import told
from gatedrnn_course.grading.items.function_item import Mistake, first_that_fits
from gatedrnn_course.grading.items.item import Ask, Draw, Explanation, Item, Observation
from gatedrnn_course.grading.items.slice_item import SliceItem
from gatedrnn_course.text import mark

__all__ = ["NP_DIAG", "JacobianItem"]

NP_DIAG = mark(
    "`np.diag` makes a matrix of one vector. For a batch of vectors s, `s[..., :, None] * U` is diag(s) U for each of "
    "them, and `U * s[..., None, :]` is U diag(s)."
)
"""What is said of `np.diag` of a batch, whether it raises or gives another shape."""


@dataclass(frozen=True)
class JacobianItem(Item):
    """A function that gives the Jacobian of a step: `(h, p) -> J` for the RNN.

    Attributes:
        cell: The cell, with h as its only state. The arguments are what its Jacobian needs of the forward.
        mistakes: Wrong functions that no edit of the equation is, such as a form that is lost over a batch.
        clock: Seconds of processor time; they bound the search for several mistakes.
    """

    cell: Cell = field(kw_only=True)
    mistakes: tuple[Mistake, ...] = field(default=(), kw_only=True, repr=False)
    clock: Callable[[], float] = field(default=time.process_time, kw_only=True, compare=False, repr=False)

    @cached_property
    def slice(self) -> JacobianProgram:
        """The backward of the step as one line."""
        return JacobianProgram(self.cell)

    @property
    def arguments(self) -> tuple[str, ...]:
        """What the Jacobian needs of the forward, the parameters."""
        return (*self.slice.inputs[:-1], "p")

    @property
    def outputs(self) -> tuple[str, ...]:
        """The Jacobian."""
        return self.slice.outputs

    def docstring(self) -> str:
        """Title, arguments with shapes, and what to return."""
        return jacobian_docstring(self.title, self.slice)

    def reference(self, *args: Argument) -> Value:
        """The derived equations on unit vectors, in NumPy float64."""
        inputs, p = self.split(args)
        value: np.ndarray = self.slice.function(*inputs, p)[0]
        return value

    def split(self, args: Sequence[Argument]) -> tuple[tuple[Any, ...], Params]:
        """The arguments as inputs of the line and parameters."""
        *kept, p = args
        return self.slice.rows(kept), Params(p)  # type: ignore[arg-type]

    def draws(self, rng: np.random.Generator) -> tuple[Draw, ...]:
        """The draws of a step of the cell, each with what its forward keeps; single vectors among them."""
        forward = self.slice.backward.forward
        step = SliceItem(self.name, self.points, self.title, self.hints, self.forbidden, slice=forward, single=True)
        return tuple(self._kept(draw) for draw in step.draws(rng))

    def _kept(self, draw: Draw) -> Draw:
        *inputs, p = draw.args
        backward = self.slice.backward
        kept = dict(zip(backward.kept, backward.keep(tuple(inputs), Params(p)), strict=True))  # type: ignore[arg-type]
        return replace(draw, args=(*(kept[name] for name in self.slice.inputs[:-1]), p))

    def explain(self, observed: Sequence[Observation], ask: Ask) -> Explanation | None:
        """One of the mistakes; one edit, or two in the one line."""
        if slip := first_that_fits(self.mistakes, observed):
            return slip
        seen = [(*self.split(o.draw.args), o.value, o.draw.kind) for o in observed]
        found = explain_outputs(self.slice, seen, self.clock)
        return None if found is None else told(self.slice, found)
