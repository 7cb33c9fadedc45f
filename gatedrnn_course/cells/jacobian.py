"""The Jacobian of a step of a cell with one state, from its backward: row i takes back the unit vector i."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gatedrnn_course.cells.backward_program import BackwardProgram, backward_step
from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import Expr, names, substituted
from gatedrnn_course.cells.language import Line, is_parameter
from gatedrnn_course.cells.numeric import compiled
from gatedrnn_course.cells.params import Params
from gatedrnn_course.errors import CellError
from gatedrnn_course.text import _, mark

__all__ = ["JACOBIAN", "JacobianProgram"]

JACOBIAN = "J"
"""The name of the line, and of the output."""
_WORDS = mark("Jacobian")


@dataclass(frozen=True, repr=False)
class JacobianProgram:
    """The backward of a step as one line, `J = U_h.T @ (d_h_next * (1 - h * h))`.

    With a leading axis of unit vectors for `d_h_next`, and 1 in its place in all else, entry [..., i, j] is the
    derivative of h_i with respect to h_prev_j.

    Attributes:
        cell: The cell, with h as its only state.

    Raises:
        CellError: If the cell has another state.
    """

    cell: Cell

    def __post_init__(self) -> None:
        if self.cell.states != ("h",):
            asked = _("The Jacobian of a step of {cell}.").format(cell=self.cell.name)
            raise CellError(asked, _("It has the states {states}.").format(states=", ".join(self.cell.states)))

    @cached_property
    def backward(self) -> BackwardProgram:
        """The backward of the step."""
        return backward_step(self.cell)

    @property
    def arriving(self) -> str:
        """The name of the unit vectors."""
        return self.backward.arriving[0]

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The one line."""
        written: dict[str, Expr] = {}
        for line in BackwardProgram(self.backward.forward, ("d_h_prev",)).lines:
            written[line.name] = substituted(line.expr, written)
        return (Line(JACOBIAN, written["d_h_prev"], _WORDS),)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """What the line uses of the forward, then the unit vectors."""
        used = set(names(self.lines[0].expr))
        return (*(name for name in self.backward.kept if name in used), self.arriving)

    @property
    def outputs(self) -> tuple[str, ...]:
        """The Jacobian."""
        return (JACOBIAN,)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters `p` holds: the whole cell's, or none when the line uses none."""
        return self.cell.parameters if any(map(is_parameter, names(self.lines[0].expr))) else ()

    @cached_property
    def function(self) -> Callable[..., tuple[Any, ...]]:
        """The line in NumPy: `function(*inputs, p)` gives a tuple of the Jacobian alone."""
        return compiled(self.lines, self.inputs, self.outputs)

    def line(self, name: str) -> Line:
        """The line."""
        return self.lines[0]

    def shape(self, name: str) -> tuple[str, ...]:
        """The shape of a name in letters, without the leading axes."""
        return 2 * self.backward.shape("h") if name == JACOBIAN else self.backward.shape(name)

    def words(self, name: str) -> str:
        """A name in words."""
        return _(_WORDS) if name == JACOBIAN else self.backward.words(name)

    def draw(
        self, rng: np.random.Generator, sizes: Mapping[str, int], batch: tuple[int, ...]
    ) -> tuple[tuple[Any, ...], Params]:
        """What a forward pass on drawn inputs kept, the unit vectors, and the parameters.

        Args:
            rng: Source of randomness.
            sizes: The numbers for `"D"` and `"H"`.
            batch: The leading axes.
        """
        inputs, p = self.backward.draw(rng, sizes, batch)
        kept = dict(zip(self.backward.inputs, inputs, strict=True))
        return self.rows([kept[name] for name in self.inputs[:-1]]), p

    def rows(self, kept: list[Any]) -> tuple[Any, ...]:
        """What was kept with an axis for the rows of the Jacobian, and the unit vectors."""
        *lead, H = np.shape(kept[0])
        return (*(np.asarray(value)[..., None, :] for value in kept), np.broadcast_to(np.eye(H), (*lead, H, H)))
