"""What equations between inputs and outputs are to all that reads them: a slice of a cell, or its backward."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.language import Line
from gatedrnn_course.cells.params import Params

__all__ = ["Program"]


class Program(Protocol):
    """Equations from some names to others."""

    def __hash__(self) -> int:
        """Programs are compared by value: what is derived from one is kept for it."""
        ...

    @property
    def cell(self) -> Cell:
        """The cell they belong to."""
        ...

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names they receive, in order."""
        ...

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names they compute, in order."""
        ...

    @property
    def lines(self) -> tuple[Line, ...]:
        """The equations, in the order they are computed."""
        ...

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters `p` holds; none when no line uses any."""
        ...

    @property
    def function(self) -> Callable[..., tuple[Any, ...]]:
        """The equations in NumPy: `function(*inputs, p)` gives a tuple of the outputs."""
        ...

    def line(self, name: str) -> Line:
        """The equation that defines a name."""
        ...

    def shape(self, name: str) -> tuple[str, ...]:
        """The shape of a name in letters, without the leading axes."""
        ...

    def words(self, name: str) -> str:
        """A name in words."""
        ...

    def draw(
        self, rng: np.random.Generator, sizes: Mapping[str, int], batch: tuple[int, ...]
    ) -> tuple[tuple[Any, ...], Params]:
        """Inputs in order, each (*batch, size), and parameters, drawn at random.

        Args:
            rng: Source of randomness.
            sizes: The numbers for `"D"` and `"H"`.
            batch: The leading axes.
        """
        ...
