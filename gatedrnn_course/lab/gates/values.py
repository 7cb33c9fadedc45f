"""The numbers of one step, line by line: the cell's own, or those of the learner's functions that passed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from gatedrnn_course.cells import Cell, Line, Params
from gatedrnn_course.cells.expr import Name, Num, names
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.cells.numeric import compiled
from gatedrnn_course.grading.items import SliceItem
from gatedrnn_course.grading.units import UNITS, load
from gatedrnn_course.lab import passed
from gatedrnn_course.lab.gates.flow import Flow

__all__ = ["XS", "numbers", "presets", "run_flow", "starting_point", "weights"]

XS = (0.0, 0.0, 1.0, 0.0, 0.2, -0.3, 0.6, 0.0, -0.5, 0.4, 0.0, -0.6, 0.3, 0.5, -0.2, 0.0, 0.6, -0.4, 0.1, -0.6)
"""The inputs of a run: one of size 1 at step 3, then distractors."""
SHUT, OPEN = 0.002, 0.998
"""A gate as good as shut, and as good as open."""
NEAR = 0.1
"""How far the valves of a preset may be from what it is called, all together."""


def weights(flow: Flow) -> Params:
    """Fixed readable weights for a cell of size 1.

    The valve on the old state closes when x grows and is wide open without it (bias 2); the valve on what is new does
    the opposite (bias -1). A candidate looks at x with weight 2, everything at h with 0.5.
    """
    roles: dict[str, str] = {}
    valves = (("keep", flow.keep), ("add", flow.add))
    for role, valve in sorted(valves, key=lambda pair: not isinstance(pair[1], Name)):
        for name in list(names(valve))[:1]:
            roles.setdefault(name, role)
    gates = {gate.name for gate in flow.gates}
    values: dict[str, float] = {}
    for line in flow.cell.lines:
        role = roles.get(line.name, "") if line.name in gates else "new"
        for name in filter(is_parameter, names(line.expr)):
            values.setdefault(name, _weight(name[0], role))
    return Params({name: np.full([1] * len(flow.cell.shape(name)), value) for name, value in values.items()})


def _weight(kind: str, role: str) -> float:
    if kind == "W":
        return {"keep": -1.0, "new": 2.0}.get(role, 1.0)
    if kind == "b":
        return {"keep": 2.0, "add": -1.0}.get(role, 0.0)
    return 0.5


def starting_point(flow: Flow, p: Params) -> dict[str, float]:
    """The default position: a full state, a bit of input, biases as the weights have them."""
    start = {"x": 0.5, "h_prev": 0.5, "c_prev": 1.5}
    return {name: float(p[name][0]) if is_parameter(name) else start.get(name, 0.5) for name in flow.knobs}


def numbers(flow: Flow, position: Mapping[str, float], p: Params) -> tuple[dict[str, float], tuple[str, ...]]:
    """All numbers of one step.

    Args:
        flow: The cell and what the picture shows of it.
        position: A number for each knob.
        p: Weights; biases that are knobs are taken from the position.

    Returns:
        The number of every name, and the names of the learner's functions that took part.
    """
    moved = Params({**p, **{name: np.array([position[name]]) for name in position if is_parameter(name)}})
    values: dict[str, Any] = {n: np.array([[position[n]]]) for n in flow.knobs if not is_parameter(n)}
    used = []
    for line in flow.lines:
        item = _items(flow.cell).get(line.name)
        own = _learners(item, values, moved) if item else None
        if own is not None and item is not None:
            used.append(item.name)
        values[line.name] = _ours(line, values, moved) if own is None else own
    biases = {name: position[name] for name in position if is_parameter(name)}
    return {**{name: float(np.ravel(value)[0]) for name, value in values.items()}, **biases}, tuple(used)


def run_flow(flow: Flow, position: Mapping[str, float], p: Params) -> tuple[list[dict[str, float]], tuple[str, ...]]:
    """All numbers of a run over `XS`, from the old state in the position; any other state starts at 0.

    Args:
        flow: The cell and what the picture shows of it.
        position: The old state and the biases that are knobs.
        p: Weights.

    Returns:
        For each step what `numbers` gives, and the names of the learner's functions that took part.
    """
    states = {f"{state}_prev": position.get(f"{state}_prev", 0.0) for state in flow.cell.states}
    biases = {name: value for name, value in position.items() if is_parameter(name)}
    rows: list[dict[str, float]] = []
    all_used: dict[str, None] = {}
    for x in XS:
        values, used = numbers(flow, {**dict.fromkeys(flow.cell.inputs, x), **states, **biases}, p)
        rows.append(values)
        all_used |= dict.fromkeys(used)
        states = {f"{state}_prev": values[state] for state in flow.cell.states}
    return rows, tuple(all_used)


def presets(flow: Flow, p: Params, least: float, most: float) -> dict[str, dict[str, float]]:
    """What the valves can do at their ends, read off their equations: keep, overwrite and, where h has a valve, hide.

    Args:
        flow: The cell and its valves.
        p: Weights.
        least: A bias that shuts a gate.
        most: A bias that opens it.

    Returns:
        For each preset the cell is able to, the biases of its gates.
    """
    valves = {"keep": flow.keep, "add": flow.add, "show": flow.show or Num(1.0)}
    wanted = {"keep": (1, 0, 1), "overwrite": (0, 1, 1), "hide": (1, 0, 0)}
    gates = [gate for gate in flow.gates if any(gate.name in names(valve) for valve in valves.values())]
    if not {name for valve in valves.values() for name in names(valve)} <= {gate.name for gate in gates}:
        return {}  # a valve that no bias alone can set
    found: dict[str, dict[str, float]] = {}
    for preset, targets in wanted.items():
        best: tuple[float, tuple[float, ...]] = (NEAR, ())
        for ends in product((SHUT, OPEN), repeat=len(gates)):
            values = {gate.name: np.array([[end]]) for gate, end in zip(gates, ends, strict=True)}
            shares = [float(np.ravel(_ours(Line("share", valve, ""), values, p))[0]) for valve in valves.values()]
            miss = sum(abs(share - target) for share, target in zip(shares, targets, strict=True))
            best = min(best, (miss, ends), key=lambda pair: pair[0])
        if best[1]:
            found[preset] = {
                bias: most if end == OPEN else least
                for gate, end in zip(gates, best[1], strict=True)
                for bias in names(gate.expr)
                if bias in flow.knobs and is_parameter(bias)
            }
    return found


def _ours(line: Line, values: Mapping[str, Any], p: Params) -> Any:
    used = tuple(dict.fromkeys(name for name in names(line.expr) if not is_parameter(name)))
    return compiled((line,), used, (line.name,))(*(values[name] for name in used), p)[0]


def _learners(item: SliceItem, values: Mapping[str, Any], p: Params) -> Any:
    """What the learner's function gives, or None where none has passed or it does not give one number."""
    function: Callable[..., Any] | None = passed.function(item.name)
    if function is None:
        return None
    args = [np.array(values[name]) for name in item.slice.inputs]
    try:
        value = np.asarray(function(*args, p) if item.slice.parameters else function(*args), dtype=float)
    except Exception:  # it passed, and its helpers may have been redefined since
        return None
    return value.reshape(1, 1) if value.size == 1 and np.isfinite(value).all() else None


@lru_cache(maxsize=32)
def _items(cell: Cell) -> Mapping[str, SliceItem]:
    """For each line of a cell the exercise that builds exactly this line."""
    found: dict[str, SliceItem] = {}
    for number in UNITS:
        for item in load(number).items:
            if isinstance(item, SliceItem) and item.slice.cell == cell and len(item.slice.lines) == 1:
                found.setdefault(item.slice.lines[0].name, item)
    return found
