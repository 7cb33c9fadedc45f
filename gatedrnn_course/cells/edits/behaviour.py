"""Whether two cells are one architecture: the same function, whatever their lines, terms and weights are called.

A cell is a family of functions, one for each choice of parameters, and it is trained from parameters that are drawn
alike and as often positive as negative. Two cells are one architecture when a renaming and a change of sign of
parameters makes the functions equal: the GRU with z and with 1 - z, for example. Which parameter corresponds to which
is found by what each does: from all parameters at zero, each is tried alone, with both signs; the one whose outputs
come first in order is fixed at numbers drawn for its place, and so on with the rest. States play no part: what counts
is h over a sequence from a state of zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from itertools import permutations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.numeric import compiled
from gatedrnn_course.cells.params import Params

__all__ = ["behaviour", "same_architecture"]

SIZES = {"D": 3, "H": 4}
STEPS, BATCH = 4, 5
DIGITS = 8
"""Significant digits in which outputs are compared."""

Draw = Mapping[str, NDArray[np.float64]]


class _Stack:
    """Matrices (N, rows, columns) that a product takes as one: `v @ p.W.T`."""

    __slots__ = ("T",)

    def __init__(self, matrices: NDArray[np.float64]) -> None:
        self.T = np.swapaxes(matrices, -1, -2)


@lru_cache(maxsize=1)
def _inputs() -> NDArray[np.float64]:
    return np.random.default_rng(2015).normal(0.0, 1.0, (STEPS, BATCH, SIZES["D"]))


@lru_cache(maxsize=1)
def _directions() -> NDArray[np.float64]:
    """What outputs are projected on: a signature is three numbers."""
    return np.random.default_rng(2342).normal(0.0, 1.0, (STEPS * BATCH * SIZES["H"], 3))


@lru_cache(maxsize=4096)
def _numbers(place: int, shape: tuple[str, ...]) -> NDArray[np.float64]:
    """The parameter of a shape that comes at a place; biases and peepholes are one shape."""
    sizes = tuple(SIZES[letter] for letter in shape)
    key = [place, *(ord(letter) for letter in shape)]
    rng = np.random.default_rng(key)
    return np.asarray(rng.uniform(0.4, 1.2, sizes) * rng.choice([-1.0, 1.0], sizes))


class _Family:
    """The functions of a cell, many at once."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        inputs = (*cell.inputs, *(f"{state}_prev" for state in cell.states))
        self.function = compiled(cell.lines, inputs, cell.states)

    def signatures(self, drawn: Sequence[Draw]) -> list[tuple[float, ...]]:
        """What h does under each choice of parameters; names that are missing are zero."""
        p = Params({name: self._stacked(name, drawn) for name in self.cell.parameters})
        state: Sequence[Any] = [np.zeros((len(drawn), BATCH, SIZES["H"]))] * len(self.cell.states)
        hidden = []
        with np.errstate(all="ignore"):
            for x in _inputs():
                given = (x, *state) if self.cell.inputs else tuple(state)
                state = self.function(*given, p)
                hidden.append(np.broadcast_to(state[0], (len(drawn), BATCH, SIZES["H"])))
        flat = np.stack(hidden, axis=1).reshape(len(drawn), -1)
        flat = np.clip(np.nan_to_num(flat, nan=1e9, posinf=1e9, neginf=-1e9), -1e9, 1e9)
        return [tuple(_rounded(float(v)) for v in row) for row in flat @ _directions()]

    def _stacked(self, name: str, drawn: Sequence[Draw]) -> Any:
        shape = self.cell.shape(name)
        zero = np.zeros(tuple(SIZES[letter] for letter in shape))
        stack = np.stack([draw.get(name, zero) for draw in drawn])
        return _Stack(stack) if len(shape) == 2 else stack[:, None]


def _rounded(value: float) -> float:
    """To so many significant digits; what is zero but for rounding is zero."""
    return float(f"{value:.{DIGITS}g}") + 0.0 if abs(value) > 1e-9 else 0.0


def behaviour(cell: Cell) -> str:
    """A short text that two cells share when they are one architecture.

    Args:
        cell: The cell.

    Returns:
        Hexadecimal digits.
    """
    family = _Family(cell)
    fixed: dict[str, NDArray[np.float64]] = {}
    waiting = list(cell.parameters)
    while waiting:
        _fix(family, fixed, waiting)
    final = family.signatures([fixed, {name: 0.5 * array for name, array in fixed.items()}])
    shapes = sorted(cell.shape(name) for name in cell.parameters)
    return sha256(repr((final, shapes)).encode()).hexdigest()[:20]


def _fix(family: _Family, fixed: dict[str, NDArray[np.float64]], waiting: list[str]) -> None:
    """Give numbers to parameters whose place is clear, alone or, where none does anything alone, two together."""
    for many in (1, 2):
        tried = [(names, signs) for names in permutations(waiting, many) for signs in product((1.0, -1.0), repeat=many)]
        draws = [{**fixed, **_valued(family.cell, names, signs, len(fixed))} for names, signs in tried]
        if not draws:
            continue
        now, *found = family.signatures([fixed, *draws])
        alive = [(signature, names, signs) for signature, (names, signs) in zip(found, tried, strict=True)]
        alive = [entry for entry in alive if entry[0] != now]
        if not alive:
            continue
        best = min(signature for signature, _names, _signs in alive)
        _signature, names, signs = next(entry for entry in alive if entry[0] == best)
        fixed |= _valued(family.cell, names, signs, len(fixed))
        for name in names:
            waiting.remove(name)
        return
    name = waiting.pop(0)
    fixed |= _valued(family.cell, (name,), (1.0,), len(fixed))


def _valued(cell: Cell, names: Sequence[str], signs: Sequence[float], place: int) -> Draw:
    """Numbers for some parameters at the next places."""
    each = zip(names, signs, strict=True)
    return {name: sign * _numbers(place + k, cell.shape(name)) for k, (name, sign) in enumerate(each)}


def same_architecture(one: Cell, other: Cell) -> bool:
    """Whether two cells are one architecture but for the names and signs of their parameters.

    Args:
        one: A cell.
        other: Another.
    """
    return behaviour(one) == behaviour(other)
