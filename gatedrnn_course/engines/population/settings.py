"""What each model of a population is: its cell, sizes, seed, and how it learns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.engines.population.noise import noise_key, normals
from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["LOSSES", "REVERSE", "Loss", "Optimiser", "Settings", "each"]

Loss = Literal["mse", "cross_entropy", "bernoulli", "ctc"]
Optimiser = Literal["sgd", "adam"]
LOSSES: tuple[Loss, ...] = ("mse", "cross_entropy", "bernoulli")
"""Those of outputs with targets row by row, in the order of compiled code."""
BETA2, EPSILON = 0.999, 1e-8
"""Of Adam."""
WEIGHT, BIAS = "W_y", "b_y"
"""The read-out y = W_y h + b_y; h of both directions one behind the other."""
REVERSE = "reverse."
"""Stands before the names of the parameters with which a model reads a sequence from its end."""


@dataclass(frozen=True)
class Settings:
    """One model.

    Attributes:
        cell: Its cell.
        input_size: D.
        hidden_size: H.
        output_size: K.
        seed: Of its first parameters and of its noise.
        optimiser: `"sgd"`: with Nesterov's momentum, the learning rate scaled by 1 - momentum; `"adam"`: momentum is
            its first beta.
        learning_rate: Its learning rate.
        momentum: Its momentum.
        noise: Standard deviation of the noise added to its inputs while it trains.
        bidirectional: Whether a second cell of the same equations reads each sequence from its end.
    """

    cell: Cell
    input_size: int
    hidden_size: int
    output_size: int
    seed: int
    optimiser: Optimiser
    learning_rate: float
    momentum: float
    noise: float
    bidirectional: bool = False

    @property
    def ways(self) -> int:
        """How many directions it reads in."""
        return 1 + self.bidirectional

    @property
    def names(self) -> list[list[str]]:
        """The parameters of the cell, for each direction, in the order of `cell.parameters`."""
        return [[before + name for name in self.cell.parameters] for before in ("", REVERSE)[: self.ways]]

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every parameter, those of the read-out last."""
        sizes = {"D": self.input_size, "H": self.hidden_size}
        own = [tuple(sizes[letter] for letter in self.cell.shape(name)) for name in self.cell.parameters]
        cells = {name: shape for names in self.names for name, shape in zip(names, own, strict=True)}
        return {**cells, WEIGHT: (self.output_size, self.ways * self.hidden_size), BIAS: (self.output_size,)}

    def draw(self, scale: float) -> dict[str, NDArray[np.float64]]:
        """First parameters from a normal distribution, as in the Odyssey."""
        rng = np.random.default_rng(self.seed)
        return {name: rng.normal(0.0, scale, shape) for name, shape in self.shapes.items()}

    def drawn_noise(self, step: int, shape: tuple[int, ...], real: Any = np.float64) -> NDArray[Any]:
        """The noise of one step in this type, the same whenever it is asked for."""
        return float(self.noise) * normals(self.noise_key, step, prod(shape), real).reshape(shape)

    @cached_property
    def noise_key(self) -> tuple[int, int, int, int]:
        """The key of its noise."""
        return noise_key(self.seed)


def each(given: Any, count: int, what: str) -> list[Any]:
    """A setting for each model, from one for all or one for each.

    Raises:
        CourseError: If there are neither one nor `count`.
    """
    if isinstance(given, (str, Cell)) or not isinstance(given, Iterable):
        return [given] * count
    found = list(given)
    if len(found) != count:
        raise CourseError(
            _("A population of {count} models.").format(count=count),
            _("{came} {what} were given.").format(came=len(found), what=what),
            _("It takes one for all models, or one for each."),
        )
    return found
