"""Forwards with everything kept, and backwards by the derived equations: what the lessons on gradients look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gatedrnn_course.cells import Cell, Params, cell_of
from gatedrnn_course.cells.backward_program import backward_step
from gatedrnn_course.cells.numeric import compiled
from gatedrnn_course.lab.memory import run_cell

__all__ = ["run_and_keep", "run_back"]


def run_and_keep(cell: Cell | str, p: Params, xs: Any, start: Sequence[Any]) -> Params:
    """A cell over whole sequences, with all that its backward pass needs.

    Args:
        cell: The cell, or its name in the catalogue.
        p: Its parameters.
        xs: Inputs (T, B, D).
        start: The states before the first step, in the order of `cell.states`, each (B, H).

    Returns:
        The input, the states before each step and every line, stacked over the steps: `saved.x` (T, B, D),
        `saved.h_prev`, `saved.f` and so on, each (T, B, H).
    """
    cell = cell_of(cell)
    run = run_cell(cell, p, xs, start)
    befores = {
        f"{name}_prev": np.concatenate([first[None], run[name][:-1]])
        for name, first in zip(cell.states, start, strict=True)
    }
    return Params({**dict.fromkeys(cell.inputs, xs), **befores, **run})


def run_back(
    cell: Cell | str, saved: Params, d_hs: Any, p: Params, carry: Sequence[str] | None = None
) -> dict[str, Any]:
    """Backwards through the steps of a cell, each by the derived equations.

    Args:
        cell: The cell, or its name in the catalogue.
        saved: What `run_and_keep` kept.
        d_hs: Derivative of the loss with respect to each hidden state, (T, B, H), without what comes by later steps.
        p: Parameters by name.
        carry: The states whose derivative is carried from step to step; all of them, as is right, where left out.

    Returns:
        Every derivative of every step, by its name in the backward equations: `d_c`, `d_f`, `d_c_prev` each (T, B, H),
        and of the parameters the share of each step, `d_W_f` (T, H, D).
    """
    cell = cell_of(cell)
    program = backward_step(cell)
    lines = tuple(line.name for line in program.lines)
    function = compiled(program.lines, program.inputs, lines)
    carried = [np.zeros_like(saved[name][0]) for name in cell.states]
    rows: list[dict[str, Any]] = []
    for t in reversed(range(len(d_hs))):
        carried[cell.states.index("h")] = carried[cell.states.index("h")] + d_hs[t]
        values = function(*(saved[name][t] for name in program.kept), *carried, p)
        row = dict(zip(lines, values, strict=True))
        kept = cell.states if carry is None else carry
        carried = [row[f"d_{name}_prev"] * (name in kept) for name in cell.states]
        rows.append(row)
    return {name: np.stack([row[name] for row in reversed(rows)]) for name in lines}
