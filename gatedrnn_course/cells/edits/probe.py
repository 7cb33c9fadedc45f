"""A call of a slice in which only some parameters are alive, and what each reading of each line gives in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits.evaluate import Trial
from gatedrnn_course.cells.edits.readings import readings
from gatedrnn_course.cells.expr import Expr, names
from gatedrnn_course.cells.language import Line
from gatedrnn_course.cells.params import Params
from gatedrnn_course.cells.program import Program

__all__ = ["SIZE", "Probe"]

SIZE = 3
"""B, D and H of every probe: equal, so that a transposed matrix gives numbers."""


@dataclass(frozen=True, eq=False)
class Probe:
    """Inputs and parameters of one call.

    Attributes:
        slice: The slice.
        inputs: Its inputs, in order.
        drawn: Its parameters as drawn.
        p: Its parameters, those that are not alive zero.
        alive: Names of the parameters that are not zero.
    """

    slice: Program
    inputs: tuple[Any, ...]
    drawn: Params
    p: Params
    alive: frozenset[str]

    def with_alive(self, alive: Iterable[str], plain: str = "") -> Probe:
        """The same inputs with other parameters alive; the matrix `plain` becomes a multiple of the identity."""
        chosen = frozenset(alive)
        p = {name: value if name in chosen else np.zeros_like(value) for name, value in self.drawn.items()}
        if plain:
            p[plain] = 0.7 * np.eye(SIZE)
        return Probe(self.slice, self.inputs, self.drawn, Params(p), chosen | ({plain} if plain else frozenset()))

    @cached_property
    def names(self) -> dict[str, Any]:
        """The inputs by name, and `p`."""
        return {**dict(zip(self.slice.inputs, self.inputs, strict=True)), "p": self.p}

    @cached_property
    def values(self) -> dict[str, list[Any]]:
        """What each reading of each line gives; None for one that needs another line, or does not fit the shapes."""
        lines = {line.name for line in self.slice.lines}
        return {
            name: [None if lines & set(names(one.expr)) else self.value(name, one.expr, {}) for one in rows]
            for name, rows in readings(self.slice).items()
        }

    def value(self, name: str, expr: Expr, known: Mapping[str, Any]) -> Any:
        """What an expression gives for a line, where the lines above are known; None where the shapes do not fit."""
        found = Trial.run({**self.names, **known}, (Line(name, expr, name),))
        return None if found is None else np.asarray(found[name])
