"""Calls that tell the lines of a slice apart: each line's own parameters alive, those of the others zero.

With all parameters zero a gate is 1/2 and a candidate 0 whatever most mistakes do to them, so the outputs depend on the
lines without parameters alone. With those of one line alive they depend on that line too, and on little else. What is
left after these calls is told apart with all parameters alive.
"""

from __future__ import annotations

from functools import lru_cache

from gatedrnn_course.cells.edits.isolation import drawn, isolating, own_parameters
from gatedrnn_course.cells.edits.probe import Probe
from gatedrnn_course.cells.program import Program

__all__ = ["probes"]


@lru_cache(maxsize=64)
def probes(slice_: Program) -> tuple[Probe, ...]:
    """The probes of a slice, those in which most readings agree first."""
    used = frozenset(name for line in slice_.lines for name in own_parameters(slice_, line.name))
    found = [(frozenset[str](), "")]
    for line in slice_.lines:
        own = own_parameters(slice_, line.name)
        found += [(kept, plain) for kept, plain, _output in isolating(slice_, line.name, own, slice_.outputs) if own]
    found += [(frozenset(name for name in used if name.startswith("b_")), ""), (used, "")]
    chosen = dict.fromkeys(found)
    return tuple(drawn(slice_, seed).with_alive(*one) for seed, one in enumerate(chosen))
