"""Under which parameters an output of a slice depends on one line element by element, so that the line can be read off.

Nothing here knows a gate: W_c = U_c = b_c = 0 leaves c = f * c_prev because the equations say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits.evaluate import Trial
from gatedrnn_course.cells.edits.probe import SIZE, Probe
from gatedrnn_course.cells.expr import names
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.cells.program import Program

__all__ = ["drawn", "isolating", "matters", "own_parameters", "through"]


def drawn(slice_: Program, seed: int = 1997) -> Probe:
    """A probe with every parameter alive."""
    inputs, p = slice_.draw(np.random.default_rng(seed), {"D": SIZE, "H": SIZE}, (SIZE,))
    return Probe(slice_, inputs, p, p, frozenset(p))


def _needed(slice_: Program, line: str) -> frozenset[str]:
    """The parameters of a line and of the lines it uses."""
    needed = own_parameters(slice_, line)
    uses = set(names(next(one.expr for one in slice_.lines if one.name == line)))
    for other in slice_.lines:
        if other.name in uses:
            needed |= _needed(slice_, other.name)
    return needed


def own_parameters(slice_: Program, line: str) -> frozenset[str]:
    """The parameters of a line."""
    expr = next(one.expr for one in slice_.lines if one.name == line)
    return frozenset(name for name in names(expr) if is_parameter(name))


@lru_cache(maxsize=4096)
def isolating(
    slice_: Program, line: str, alive: frozenset[str], outputs: tuple[str, ...]
) -> tuple[tuple[frozenset[str], str, str], ...]:
    """Which parameters to keep so that an output depends on a line element by element, and which output.

    Args:
        slice_: The slice.
        line: Name of the line.
        alive: The parameters that are alive.
        outputs: The names handed back.

    Returns:
        Parameters kept alive, a matrix of another line to make plain or "", and the output; best first.
    """
    own = _needed(slice_, line)
    base, found = drawn(slice_), []
    for kept, plain in _helpers(slice_, own, alive):
        probe = base.with_alive(kept, plain)
        for output in (one.name for one in slice_.lines if one.name in outputs):  # the nearest first
            if _elementwise(slice_, probe, line, output):
                found.append((kept, plain, output))
                break
        if found:
            break
    return tuple(found)


def _helpers(slice_: Program, own: frozenset[str], alive: frozenset[str]) -> Iterator[tuple[frozenset[str], str]]:
    kept = alive & own
    others = [name for name in slice_.parameters if name not in own]
    yield frozenset(kept), ""
    yield from ((frozenset(kept | {name}), "") for name in others if name.startswith("b_"))
    yield from ((frozenset(kept), name) for name in others if name[0] in "WU")


def _elementwise(slice_: Program, probe: Probe, line: str, output: str) -> bool:
    """Whether an output depends on every element of a line, and each of its elements on that one alone."""
    values = Trial.run(probe.names, slice_.lines)
    if values is None:
        return False
    value = values[line]
    fixed: dict[str, Any] = {}
    names_ = [one.name for one in slice_.lines]
    if names_.index(output) < names_.index(line):
        return False
    other = np.array(value)
    other[:, 0] += 0.1
    right, all_moved, one_moved = (through(slice_, probe, line, v, output, fixed) for v in (value, value + 0.1, other))
    apart = np.abs(one_moved - right)
    return bool((np.abs(all_moved - right) > 1e-4).all() and (apart[:, 1:] < 1e-12).all() and apart.any())


@lru_cache(maxsize=4096)
def matters(slice_: Program, line: str, alive: frozenset[str], plain: str, output: str) -> bool:
    """Whether an output depends on a line."""
    probe = drawn(slice_).with_alive(alive - {plain}, plain)
    values = Trial.run(probe.names, slice_.lines)
    if values is None:
        return True
    moved = values[line] + np.random.default_rng(3).uniform(0.1, 0.4, np.shape(values[line]))
    return not np.allclose(through(slice_, probe, line, moved, output, {}), values[output])


def through(slice_: Program, probe: Probe, line: str, value: Any, output: str, fixed: dict[str, Any]) -> Any:
    """An output where a line has a value of its own and others are fixed."""
    known = {**probe.names, line: value}
    for one in slice_.lines:
        if one.name in fixed and one.name not in (line, output):
            known[one.name] = fixed[one.name]
        elif one.name != line:
            ran = Trial.run(known, (one,))
            if ran is None:
                return np.full(np.shape(value), np.nan)
            known = ran
    return known[output]
