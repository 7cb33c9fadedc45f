"""A slice of a cell: some of its names in, some out, and the lines between. It is what people build."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gatedrnn_course.cells.activations import ACTIVATIONS
from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import Call, names
from gatedrnn_course.cells.language import Line, is_parameter
from gatedrnn_course.cells.numeric import compiled
from gatedrnn_course.cells.params import Params
from gatedrnn_course.errors import CellError
from gatedrnn_course.text import _

__all__ = ["Slice", "whole_step"]


@dataclass(frozen=True, repr=False)
class Slice:
    """The part of a cell that computes some names from others.

    Attributes:
        cell: The cell it is cut from.
        inputs: Names it receives, in order: x, then states or gates.
        outputs: Names it computes, in order.

    Raises:
        CellError: If the outputs need a name that is neither an input nor computed by the cell from the inputs.
    """

    cell: Cell
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def __post_init__(self) -> None:
        self.lines  # noqa: B018  computing them is the check

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The equations between inputs and outputs, in order."""
        defined = {line.name: line for line in self.cell.lines}
        needed: set[str] = set()
        open_names = [name for name in self.outputs if name not in self.inputs]
        while open_names:
            name = open_names.pop()
            if name not in defined:
                raise CellError(
                    _("A slice of {cell} from {inputs} to {outputs}.").format(
                        cell=self.cell.name, inputs=", ".join(self.inputs), outputs=", ".join(self.outputs)
                    ),
                    _("It needs {name}, which is no input.").format(name=name),
                )
            if name not in needed:
                needed.add(name)
                used = names(defined[name].expr)
                open_names += [n for n in used if n not in self.inputs and not is_parameter(n)]
        return tuple(line for line in self.cell.lines if line.name in needed)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The parameters `p` holds: the whole cell's, or none when no line of the slice uses any."""
        used = any(is_parameter(name) for line in self.lines for name in names(line.expr))
        return self.cell.parameters if used else ()

    def shape(self, name: str) -> tuple[str, ...]:
        """The shape of a name in letters; a state's is that of the line that defines it."""
        shapes = self.cell.shapes
        return shapes[name] if name in shapes else shapes[name.removesuffix("_prev")]

    def words(self, name: str) -> str:
        """A name in words: the comment of its line; "input"; "cell state of the step before"."""
        if name == "x":
            return _("input")
        if name == "p":
            return _("parameters by name, such as p.{example}").format(example=self.parameters[0])
        line = next((line for line in self.cell.lines if line.name == name.removesuffix("_prev")), None)
        if line is None:
            return name
        if not name.endswith("_prev"):
            return _(line.words)
        if not self.cell.inputs:  # its steps are layers
            return _("the layer before")
        return _("{state} of the step before").format(state=_(line.words))

    def line(self, name: str) -> Line:
        """The equation that defines a name.

        Raises:
            CourseError: If none does.
        """
        return self.cell.line(name)

    @property
    def function(self) -> Callable[..., tuple[Any, ...]]:
        """The slice in NumPy: `function(*inputs, p)` gives a tuple of the outputs."""
        return compiled(self.lines, self.inputs, self.outputs)

    def __repr__(self) -> str:
        return f"{self.cell.name}: {', '.join(self.inputs)} -> {', '.join(self.outputs)}"

    def draw(
        self, rng: np.random.Generator, sizes: Mapping[str, int], batch: tuple[int, ...]
    ) -> tuple[tuple[Any, ...], Params]:
        """Inputs and parameters drawn at random.

        Gates are drawn from (0, 1), the candidate from (-1, 1), all else from normal distributions wide enough that the
        activations bend.

        Args:
            rng: Source of randomness.
            sizes: The numbers for `"D"` and `"H"`.
            batch: The leading axes.

        Returns:
            The inputs in order, each (*batch, size), and the parameters.
        """
        inputs = tuple(self._draw_input(name, rng, (*batch, sizes[self.shape(name)[0]])) for name in self.inputs)
        p = Params({n: rng.normal(0.0, 0.8, [sizes[s] for s in self.shape(n)]) for n in self.parameters})
        return inputs, p

    def _draw_input(self, name: str, rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
        """One input, in the range its line gives it."""
        line = next((line for line in self.cell.lines if line.name == name), None)
        values = ACTIVATIONS[line.expr.function].values if line and isinstance(line.expr, Call) else None
        if values is None:
            return rng.normal(0.0, 1.0, shape)
        return rng.uniform(values[0] + 0.05, values[1] - 0.05, shape)


def whole_step(cell: Cell) -> Slice:
    """The slice from x and the old states to the new states."""
    return Slice(cell, (*cell.inputs, *(f"{name}_prev" for name in cell.states)), cell.states)
