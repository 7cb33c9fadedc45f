"""Inputs chosen to tell the lines of a slice apart: most parameters zero, a few alive.

With all parameters zero a gate is 1/2 and a candidate 0 whatever most mistakes do to them, so the outputs depend on the
lines without parameters alone. Each parameter that comes alive then splits only the readings that use it. All of this
is read off the slice's equations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits.evaluate import Trial
from gatedrnn_course.cells.edits.readings import readings
from gatedrnn_course.cells.expr import Expr, names
from gatedrnn_course.cells.language import Line
from gatedrnn_course.cells.params import Params
from gatedrnn_course.cells.slices import Slice

__all__ = ["SIZE", "Probe", "probes"]

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

    slice: Slice
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


@lru_cache(maxsize=64)
def probes(slice_: Slice) -> tuple[Probe, ...]:
    """The probes of a slice, those in which most readings agree first."""
    rng = np.random.default_rng(20020801)
    found = []
    for alive in dict.fromkeys(_alive(slice_)):
        inputs, p = slice_.draw(rng, {"D": SIZE, "H": SIZE}, (SIZE,))
        found.append(Probe(slice_, inputs, p, p, frozenset(p)).with_alive(alive))
    return tuple(found)


def _alive(slice_: Slice) -> Iterator[frozenset[str]]:
    """Which parameters are alive: none; one bias; all biases; these and one matrix or peephole; all."""
    used = [name for name in slice_.parameters if any(name in names(line.expr) for line in slice_.lines)]
    biases = frozenset(name for name in used if name.startswith("b_"))
    yield frozenset()
    yield from (frozenset({name}) for name in used if name in biases)
    yield biases
    yield from (biases | {name} for name in used if name not in biases)
    yield frozenset(used)
