"""A cell in NumPy float64: one step, and a whole sequence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.numeric import compiled
from gatedrnn_course.cells.params import Params
from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["draw_params", "sequence", "step", "zero_state"]


def step(cell: Cell, x: Any, state: Sequence[Any], p: Mapping[str, Any]) -> tuple[Any, ...]:
    """One step of a cell.

    Args:
        cell: The cell.
        x: Input (..., D); None for a cell without input.
        state: The states of the step before, in the order of `cell.states`, each (..., H).
        p: Parameters by name, shapes as `cell.shape` says.

    Returns:
        The new states, in the order of `cell.states`.

    Raises:
        CourseError: If a parameter is missing or an array has another size than the cell needs.
    """
    if len(state) != len(cell.states):
        raise CourseError(
            _("One step of {cell}.").format(cell=cell.name),
            _("{came} states were given.").format(came=len(state)),
            _("It has {most}: {names}.").format(most=len(cell.states), names=", ".join(cell.states)),
        )
    arrays = dict.fromkeys(cell.inputs, x)
    arrays.update(zip((f"{name}_prev" for name in cell.states), state, strict=True))
    _check_sizes(cell, arrays, p)
    lead = np.broadcast_shapes(*(np.shape(array)[:-1] for array in arrays.values()))
    values: tuple[Any, ...] = _step(cell)(*arrays.values(), Params(p))
    return tuple(v if v.shape[:-1] == lead else np.broadcast_to(v, (*lead, v.shape[-1])).copy() for v in values)


def sequence(cell: Cell, xs: Any, state: Sequence[Any], p: Mapping[str, Any]) -> tuple[Any, tuple[Any, ...]]:
    """A cell over a whole sequence, the same parameters at every step.

    Args:
        cell: The cell.
        xs: Inputs (T, ..., D).
        state: The states before the first step, in the order of `cell.states`, each (..., H).
        p: Parameters by name.

    Returns:
        The hidden states (T, ..., H), and the states after the last step.

    Raises:
        CourseError: If a parameter is missing or an array has another size than the cell needs.
    """
    hs = []
    for x in xs:
        state = step(cell, x, state, p)
        hs.append(state[0])
    return np.stack(hs) if hs else np.zeros((0, *np.shape(state[0]))), tuple(state)


def zero_state(cell: Cell, H: int, batch: tuple[int, ...] = ()) -> tuple[Any, ...]:
    """States of zeros, each (*batch, H), in the order of `cell.states`."""
    return tuple(np.zeros((*batch, H)) for _name in cell.states)


def draw_params(cell: Cell, D: int, H: int, rng: np.random.Generator, scale: float = 0.7) -> Params:
    """Parameters drawn from a normal distribution.

    Args:
        cell: The cell.
        D: Size of the input.
        H: Size of the hidden state.
        rng: Source of randomness.
        scale: Standard deviation.

    Returns:
        Arrays by name, float64.
    """
    sizes = {"D": D, "H": H}
    return Params({n: rng.normal(0.0, scale, [sizes[s] for s in cell.shape(n)]) for n in cell.parameters})


def _step(cell: Cell) -> Any:
    inputs = (*cell.inputs, *(f"{name}_prev" for name in cell.states))
    return compiled(cell.lines, inputs, cell.states)


def _check_sizes(cell: Cell, arrays: Mapping[str, Any], p: Mapping[str, Any]) -> None:
    """Compare every array's trailing axes with the letters of the cell."""
    missing = [name for name in cell.parameters if name not in p]
    if missing:
        raise CourseError(
            _("One step of {cell}.").format(cell=cell.name),
            _("p holds no {names}.").format(names=", ".join(missing)),
            _("It needs {names}.").format(names=", ".join(cell.parameters)),
        )
    sizes: dict[str, int] = {}
    for name in (*arrays, *cell.parameters):
        letters = cell.shapes.get(name) or cell.shape(name.removesuffix("_prev"))
        came = np.shape(arrays[name] if name in arrays else p[name])
        tail = came[-len(letters) :]
        wanted = tuple(sizes.setdefault(letter, size) for letter, size in zip(letters, tail, strict=False))
        if len(tail) != len(letters) or tail != wanted:
            raise CourseError(
                _("One step of {cell}.").format(cell=cell.name),
                _("{name} has shape {came}.").format(name=name, came=came),
                _("It ends in ({letters}), with {sizes}.").format(
                    letters=", ".join(letters), sizes=", ".join(f"{k} = {v}" for k, v in sizes.items())
                ),
            )
