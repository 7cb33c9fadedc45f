"""The backward of a slice as a program to be built: what the forward kept comes in, derivatives go out.

It is the derived backward with the sums over the batch written out: `d_b_f = batch_sum(d_a_f)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import names
from gatedrnn_course.cells.gradients import Backward, backward, summed
from gatedrnn_course.cells.language import Line, is_parameter
from gatedrnn_course.cells.numeric import compiled
from gatedrnn_course.cells.params import Params
from gatedrnn_course.cells.shapes import shape_of
from gatedrnn_course.cells.slices import Slice, whole_step
from gatedrnn_course.lookup import missing
from gatedrnn_course.text import _

__all__ = ["BackwardProgram", "backward_step"]


@dataclass(frozen=True, repr=False)
class BackwardProgram:
    """The backward equations of a slice, from what it kept and the derivatives that arrive.

    Attributes:
        forward: The slice.
        outputs: Derivatives it computes, in order; of all inputs and parameters where left out.
    """

    forward: Slice
    outputs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.outputs:
            object.__setattr__(self, "outputs", self.derived.outputs)

    @property
    def derived(self) -> Backward:
        """The derived backward."""
        return backward(self.forward)

    @property
    def cell(self) -> Cell:
        """The cell."""
        return self.forward.cell

    @property
    def kept(self) -> tuple[str, ...]:
        """What the forward kept: its inputs, then every line."""
        return (*self.forward.inputs, *(line.name for line in self.forward.lines))

    @property
    def arriving(self) -> tuple[str, ...]:
        """The derivatives that arrive, one for each output of the forward."""
        return tuple(f"d_{name}_next" for name in self.forward.outputs)

    @property
    def inputs(self) -> tuple[str, ...]:
        """What the forward kept, then what arrives."""
        return (*self.kept, *self.arriving)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The equations that the outputs need, in order."""
        needed, found = set(self.outputs), list[Line]()
        for line in reversed(self.derived.lines):
            if line.name in needed:
                needed |= set(names(line.expr))
                found.append(summed(line))
        return tuple(reversed(found))

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The parameters `p` holds: the whole cell's, or none when no line uses any."""
        used = any(is_parameter(name) for line in self.lines for name in names(line.expr))
        return self.cell.parameters if used else ()

    @cached_property
    def function(self) -> Callable[..., tuple[Any, ...]]:
        """The equations in NumPy: `function(*inputs, p)` gives a tuple of the outputs."""
        return compiled(self.lines, self.inputs, self.outputs)

    def line(self, name: str) -> Line:
        """The equation that defines a name.

        Raises:
            CourseError: If none does.
        """
        found = next((line for line in self.lines if line.name == name), None)
        if found is None:
            asked = _("A line of the backward of {cell}.").format(cell=self.cell.name)
            raise missing(asked, name, (line.name for line in self.lines))
        return found

    @cached_property
    def _shapes(self) -> dict[str, tuple[str, ...]]:
        """The shape of every name, found line by line."""
        shapes = {name: self.forward.shape(name) for name in (*self.kept, *self.cell.parameters)}
        shapes |= {f"d_{name}_next": self.forward.shape(name) for name in self.forward.outputs}
        for line in self.lines:
            shapes[line.name] = shape_of(line, shapes)
        return shapes

    def shape(self, name: str) -> tuple[str, ...]:
        """The shape of a name in letters, without the leading axes: that of `d_W_f` is that of `W_f`."""
        return self._shapes[name]

    def words(self, name: str) -> str:
        """A name in words: "derivative of the loss with respect to c, from outside this step"."""
        if name in self.arriving:
            words = _("derivative of the loss with respect to {name}, from outside this step")
            return words.format(name=name.removeprefix("d_").removesuffix("_next"))
        if name.startswith("d_"):
            return _("derivative of the loss with respect to {name}").format(name=name.removeprefix("d_"))
        return self.forward.words(name)

    def __repr__(self) -> str:
        return f"{self.cell.name}, backward: {', '.join(self.arriving)} -> {', '.join(self.outputs)}"

    def draw(
        self, rng: np.random.Generator, sizes: Mapping[str, int], batch: tuple[int, ...]
    ) -> tuple[tuple[Any, ...], Params]:
        """Inputs and parameters drawn at random: a forward pass on drawn inputs, and derivatives that arrive.

        Args:
            rng: Source of randomness.
            sizes: The numbers for `"D"` and `"H"`.
            batch: The leading axes.

        Returns:
            The inputs in order, each (*batch, size), and the parameters.
        """
        inputs, p = self.forward.draw(rng, sizes, batch)
        return (*self.keep(inputs, p), *(rng.normal(size=(*batch, sizes[self.shape(n)[0]])) for n in self.arriving)), p

    def keep(self, inputs: tuple[Any, ...], p: Params) -> tuple[Any, ...]:
        """What the forward keeps of a pass, in the order of `kept`."""
        values = compiled(self.forward.lines, self.forward.inputs, self.kept[len(self.forward.inputs) :])
        return (*inputs, *values(*inputs, p))


def backward_step(cell: Cell) -> BackwardProgram:
    """The backward of one whole step of a cell."""
    return BackwardProgram(whole_step(cell))
