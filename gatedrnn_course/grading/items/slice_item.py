"""An item that is a slice of a cell: signature, docstring, reference and mistakes all come from its equations."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gatedrnn_course.cells.params import Params
from gatedrnn_course.cells.slices import Slice
from gatedrnn_course.grading.exchange.values import Argument, Value
from gatedrnn_course.grading.items.diagnosis import explain_slice
from gatedrnn_course.grading.items.docstrings import slice_docstring
from gatedrnn_course.grading.items.findings import told
from gatedrnn_course.grading.items.item import Ask, Draw, Explanation, Item, Observation
from gatedrnn_course.grading.items.reach import far_draws

__all__ = ["SliceItem"]

SIZES = (2, 3, 4, 5)


@dataclass(frozen=True)
class SliceItem(Item):
    """A function that computes a slice of a cell.

    Attributes:
        slice: The slice.
        single: Whether the function is also called with single vectors, without a leading axis.
        clock: Seconds of processor time; they bound the search line by line.
    """

    slice: Slice = field(kw_only=True)
    single: bool = False
    clock: Callable[[], float] = field(default=time.process_time, kw_only=True, compare=False, repr=False)

    @property
    def arguments(self) -> tuple[str, ...]:
        """The slice's inputs, then `p` where it takes parameters."""
        return (*self.slice.inputs, *(("p",) if self.slice.parameters else ()))

    @property
    def outputs(self) -> tuple[str, ...]:
        """The slice's outputs."""
        return self.slice.outputs

    def docstring(self) -> str:
        """Title, arguments with shapes, and what to return."""
        return slice_docstring(self.title, self.slice)

    def reference(self, *args: Argument) -> Value:
        """The slice in NumPy float64."""
        inputs, p = self.split(args)
        values = self.slice.function(*inputs, p)
        return values[0] if len(values) == 1 else values

    def split(self, args: Sequence[Argument]) -> tuple[tuple[Any, ...], Params]:
        """The arguments as inputs and parameters."""
        if self.slice.parameters:
            return tuple(args[:-1]), Params(args[-1])  # type: ignore[arg-type]
        return tuple(args), Params()

    def draws(self, rng: np.random.Generator) -> tuple[Draw, ...]:
        """Two batches of distinct sizes, size 1, single vectors where asked, a square batch to explain with.

        Then batches whose numbers reach further, with the sizes of the first two.
        """
        draws = []
        for _k in range(2):
            b, d, h = (int(n) for n in rng.permutation(SIZES)[:3])
            draws.append(self._draw("batch", rng, {"D": d, "H": h}, (b,)))
        if self.single:
            draws.append(self._draw("single", rng, {"D": 3, "H": 4}, ()))
        draws.append(self._draw("ones", rng, {"D": 1, "H": 1}, (1,)))
        n = int(rng.integers(3, 6))
        square = self._draw("square", rng, {"D": n, "H": n}, (n,), decides=False)
        return (*draws, square, *far_draws(self.slice, rng, draws[0], draws[1], self.arguments))

    def _draw(
        self, kind: str, rng: np.random.Generator, sizes: Any, batch: tuple[int, ...], decides: bool = True
    ) -> Draw:
        inputs, p = self.slice.draw(rng, sizes, batch)
        return Draw(kind, (*inputs, p) if self.slice.parameters else inputs, decides)

    def explain(self, observed: Sequence[Observation], ask: Ask) -> Explanation | None:
        """One edit, the same edit in every line it fits, or what is wrong line by line."""
        seen = [(*self.split(o.draw.args), o.value, o.draw.kind) for o in observed]

        def call(inputs: Sequence[Any], p: Params) -> tuple[Any, ...] | None:
            return ask(Draw("square", (*inputs, p) if self.slice.parameters else tuple(inputs), decides=False)).value

        found = explain_slice(self.slice, seen, call, self.clock)
        return None if found is None else told(self.slice, found)
