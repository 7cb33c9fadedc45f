"""The equations as tables of numbers, small enough to be stored with the picture and read without Python.

Every activation and every quotient gets a line of its own. What is left is linear in each of its names, so two points
an axis hold it exactly; an activation is one curve of 513 points. A browser interpolates and needs no equation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gatedrnn_course.cells import Line, Params
from gatedrnn_course.cells.expr import Call, Expr, Name, Op, at, names, put, walk
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.cells.numeric import compiled
from gatedrnn_course.lab.gates.flow import Flow, degree

__all__ = ["tabulate"]

CURVE, BENT = 513, 31
"""Points of an axis: of a function of one name, and of a name that several others stand beside."""
DIGITS = 4

Range = tuple[float, float]


def tabulate(flow: Flow, knobs: Mapping[str, Range], p: Params) -> list[dict[str, Any]]:
    """Tables to compute one step by looking up, in order.

    Args:
        flow: The cell and what the picture shows of it.
        knobs: For each knob its smallest and largest value.
        p: Weights.

    Returns:
        For each line its `name`, the names it depends on (`args`), an axis `[low, high, points]` for each, and the
        `values` over the grid, last axis fastest.
    """
    ranges = dict(knobs)
    tables = []
    for line in (part for whole in flow.lines for part in _split(whole)):
        used = dict.fromkeys(names(line.expr))
        args = [name for name in used if name in ranges]
        axes = [(*ranges[name], _points(line.expr, name, len(args))) for name in args]
        grid = np.meshgrid(*(np.linspace(*axis) for axis in axes), indexing="ij") if axes else [np.zeros(1)]
        columns = {name: axis.reshape(-1, 1) for name, axis in zip(args, grid, strict=False)}
        values = _evaluate(line, columns, p)
        ranges[line.name] = (float(values.min()), float(values.max()))
        rounded = [float(value) for value in np.round(values, DIGITS) + 0.0]
        tables.append({"name": line.name, "args": args, "axes": [list(axis) for axis in axes], "values": rounded})
    return tables


def _split(line: Line) -> Iterator[Line]:
    """The line with each activation inside it on a line of its own, innermost first."""
    expr = line.expr
    count = 0
    while path := _inner_sum(expr):
        count += 1
        part = f"part_{count}_of_{line.name}"
        yield Line(part, at(expr, path), line.words)
        expr = put(expr, path, Name(part))
    yield Line(line.name, expr, line.words)


def _inner_sum(expr: Expr) -> tuple[str, ...] | None:
    """Where the innermost part stands that must be a line of its own: an activation, what is under one, a quotient."""
    found: list[tuple[str, ...]] = []
    for path, node in walk(expr):
        if isinstance(node, Call) and not isinstance(node.arg, Name):
            found.append((*path, "arg"))
        elif path and (isinstance(node, Call) or (isinstance(node, Op) and node.op == "/")):
            found.append(path)
    return max(found, key=len, default=None)


def _points(expr: Expr, name: str, together: int) -> int:
    if degree(expr, name) <= 1:
        return 2
    return CURVE if together == 1 else BENT


def _evaluate(line: Line, columns: Mapping[str, Any], p: Params) -> Any:
    """The line on all points of the grid at once, one point a row."""
    vectors = tuple(name for name in columns if not is_parameter(name))
    moved = Params({**p, **{name: column for name, column in columns.items() if is_parameter(name)}})
    values = compiled((line,), vectors, (line.name,))(*(columns[name] for name in vectors), moved)[0]
    rows = max((len(column) for column in columns.values()), default=1)
    return np.broadcast_to(np.asarray(values, dtype=float), (rows, 1)).ravel()
