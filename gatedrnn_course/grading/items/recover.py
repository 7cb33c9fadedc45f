"""Reads the value of one line off the outputs: h / tanh(c) is the output gate, c / c_prev the forget gate.

Nothing here knows a gate. A call is looked for in which the parameters of the other lines are zero and some output
depends on the line element by element; then the value under which the equations below give that output is found by
Newton's method.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits.evaluate import Trial
from gatedrnn_course.cells.edits.isolation import isolating, matters, through
from gatedrnn_course.cells.edits.probe import Probe
from gatedrnn_course.cells.program import Program

__all__ = ["Asked", "Recovery"]

_TINY, _STEPS, _TRUST = 1e-20, 25, 1e-9

Values = tuple[Any, ...]


class Asked:
    """What the learner's function gives for probes; each is asked once.

    Args:
        call: Calls the function with inputs and parameters; None where it raises or gives no arrays.
    """

    def __init__(self, call: Callable[[Sequence[Any], Any], Values | None]) -> None:
        self._call = call
        self._known: dict[tuple[Any, ...], Values | None] = {}

    def __call__(self, probe: Probe) -> Values | None:
        """The outputs for a probe."""
        key = tuple(np.asarray(value).tobytes() for value in (*probe.inputs, *probe.p.values()))
        if key not in self._known:
            given = self._call(probe.inputs, probe.p)
            self._known[key] = None if given is None else tuple(np.asarray(row) for row in given)
        return self._known[key]


class Recovery:
    """Recovers values of lines that may be anything.

    Args:
        slice_: The slice.
        asked: What the learner's function gives.
        outputs: The names taken to be handed back.
        unknown: The lines that may be anything.
    """

    def __init__(self, slice_: Program, asked: Asked, outputs: Sequence[str], unknown: frozenset[str]) -> None:
        self.slice, self.asked, self.outputs, self.unknown = slice_, asked, tuple(outputs), unknown

    def pinned(self, probe: Probe) -> dict[str, Any] | None:
        """The values of all unknown lines in a probe; None where one cannot be read off."""
        found = {}
        for name in self.unknown - set(self.outputs):
            value = self.value(name, probe)
            if value is None:
                return None
            found[name] = value
        return found

    def value(self, line: str, probe: Probe, depth: int = 2) -> Any:
        """The value of a line for the inputs of a probe; None where it cannot be read off."""
        if line in self.outputs:
            given = self.asked(probe)
            return None if given is None else given[self.outputs.index(line)]
        for alive, plain, output in isolating(self.slice, line, probe.alive, self.outputs):
            near = probe.with_alive(alive, plain)
            given = self.asked(near)
            if given is None or any(row.shape != near.inputs[0].shape for row in given):
                return None
            fixed = self._fixed(line, output, near, plain, depth, given)
            if fixed is not None:
                return _invert(self.slice, near, line, output, given[self.outputs.index(output)], fixed)
        return None

    def _fixed(
        self, line: str, output: str, near: Probe, plain: str, depth: int, given: Values
    ) -> dict[str, Any] | None:
        """What the other lines are: outputs as given, unknown lines recovered where they matter."""
        fixed: dict[str, Any] = {}
        for other in self.unknown - {line} - set(self.outputs):
            if matters(self.slice, other, near.alive, plain, output):
                value = self.value(other, near, depth - 1) if depth else None
                if value is None:
                    return None
                fixed[other] = value
        return {**fixed, **dict(zip(self.outputs, given, strict=True))}


def _invert(slice_: Program, probe: Probe, line: str, output: str, given: Any, fixed: dict[str, Any]) -> Any:
    """The value of a line under which an output is the given one; None where there is none to be found."""
    values = Trial.run(probe.names, slice_.lines)
    if values is None:
        return None
    value = np.array(values[line], dtype=float)
    with np.errstate(all="ignore"):
        for _step in range(_STEPS):
            there = through(slice_, probe, line, value + 1j * _TINY, output, fixed)
            gap = given - np.real(there)
            if np.abs(gap).max() <= _TRUST * (1.0 + np.abs(given).max()):
                return value
            value = value + gap * _TINY / np.imag(there)
            if not np.isfinite(value).all():
                return None
    return None
