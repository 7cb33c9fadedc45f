"""A population of which some cells have no kernel: their models run in torch, all others in compiled code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gatedrnn_course.engines.population.batch import Scored
from gatedrnn_course.engines.population.rows import Rows
from gatedrnn_course.engines.population.settings import Loss

__all__ = ["MixedModels", "Models"]


class Models(Protocol):
    """What every tier of a population can."""

    @property
    def frozen(self) -> NDArray[np.bool_]:
        """Which models have diverged (N,)."""

    @property
    def steps(self) -> list[int]:
        """How many updates each model has made."""

    def set_progress(self, k: int, steps: int, frozen: bool) -> None:
        """Say how many updates a model has made, and whether it diverged."""

    def run(
        self, xs: Sequence[Tensor], batch: Scored, loss: Loss, step: int | None, chosen: Sequence[int]
    ) -> NDArray[np.float64]:
        """The losses of some models on a batch, and where `step` is given one step of training of each.

        Args:
            xs: The inputs of each model in rows (N, D), or one for all.
            batch: What is asked of the outputs.
            loss: What the outputs mean.
            step: The number of this step of training, for the noise; None: nobody learns.
            chosen: Which models; none of them is frozen where they learn.
        """

    def outputs(self, xs: Tensor, rows: Rows, chosen: Sequence[int]) -> Tensor:
        """Raw outputs of some models (len(chosen), N, K) for inputs in rows (N, D)."""

    def read(self, k: int, row: int) -> dict[str, NDArray[Any]]:
        """Arrays by name of one model: row 0 its parameters, 1 and 2 the memory of its optimiser."""

    def write(self, k: int, arrays: Mapping[str, NDArray[Any]], row: int) -> None:
        """Put arrays where `read` finds them."""


class MixedModels:
    """Models of several tiers as those of one.

    Args:
        parts: The models of each tier, and which of the population they are.
    """

    def __init__(self, parts: Sequence[tuple[Models, Sequence[int]]]) -> None:
        self._parts = parts
        self._place = {k: (models, j) for models, own in parts for j, k in enumerate(own)}

    def _told(self, found: Sequence[Sequence[Any] | NDArray[Any]]) -> NDArray[Any]:
        """Values of the parts in the order of the population."""
        order = np.concatenate([own for _, own in self._parts])
        return np.concatenate(found)[np.argsort(order)]

    @property
    def frozen(self) -> NDArray[np.bool_]:
        """Which models have diverged (N,)."""
        return self._told([models.frozen for models, _ in self._parts])

    @property
    def steps(self) -> list[int]:
        """How many updates each model has made."""
        return [int(count) for count in self._told([models.steps for models, _ in self._parts])]

    def set_progress(self, k: int, steps: int, frozen: bool) -> None:
        """Say how many updates a model has made, and whether it diverged."""
        models, j = self._place[k]
        models.set_progress(j, steps, frozen)

    def _split(self, chosen: Sequence[int]) -> list[tuple[Models, list[int], list[int]]]:
        """The parts that hold chosen models, which of their own these are, and their places among the chosen."""
        found = []
        for models, _own in self._parts:
            places = [place for place, k in enumerate(chosen) if self._place[k][0] is models]
            if places:
                found.append((models, [self._place[chosen[place]][1] for place in places], places))
        return found

    def run(
        self, xs: Sequence[Tensor], batch: Scored, loss: Loss, step: int | None, chosen: Sequence[int]
    ) -> NDArray[np.float64]:
        """The losses of some models, as in `Models`."""
        losses = np.empty(len(chosen))
        inputs = {id(models): xs if len(xs) == 1 else [xs[k] for k in own] for models, own in self._parts}
        for models, own, places in self._split(chosen):
            losses[places] = models.run(inputs[id(models)], batch, loss, step, own)
        return losses

    def outputs(self, xs: Tensor, rows: Rows, chosen: Sequence[int]) -> Tensor:
        """Raw outputs of some models (len(chosen), N, K)."""
        split = self._split(chosen)
        order = np.argsort(np.concatenate([places for _, _, places in split]))
        return torch.cat([models.outputs(xs, rows, own) for models, own, _ in split])[order]

    def read(self, k: int, row: int) -> dict[str, NDArray[Any]]:
        """Arrays by name of one model, as in `Models`."""
        models, j = self._place[k]
        return models.read(j, row)

    def write(self, k: int, arrays: Mapping[str, NDArray[Any]], row: int) -> None:
        """Put arrays where `read` finds them."""
        models, j = self._place[k]
        models.write(j, arrays, row)
