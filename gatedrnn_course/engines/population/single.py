"""A population without a compiler: one model after the other in torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gatedrnn_course.engines.population.batch import Scored
from gatedrnn_course.engines.population.model import TorchModel
from gatedrnn_course.engines.population.settings import Loss, Settings

__all__ = ["TorchModels"]


class TorchModels:
    """The models of a population, each on its own.

    Args:
        settings: What each is.
        parameters: First parameters by name, of each.
        dtype: Their type.
    """

    def __init__(
        self, settings: Sequence[Settings], parameters: Sequence[Mapping[str, NDArray[Any]]], dtype: torch.dtype
    ) -> None:
        self.models = [TorchModel(own, first, dtype) for own, first in zip(settings, parameters, strict=True)]

    def run(self, xs: Sequence[Tensor], batch: Scored, loss: Loss, train: bool) -> NDArray[np.float64]:
        """The loss of every model on a batch, and one step of training each; frozen ones give NaN there."""
        batches = [replace(batch, xs=x) for x in xs]
        if train:
            return np.array([model.step(own, loss) for model, own in zip(self.models, batches, strict=True)])
        return np.array([model.loss(own, loss) for model, own in zip(self.models, batches, strict=True)])

    def outputs(self, xs: Tensor) -> Tensor:
        """Raw outputs of every model (N, T*B, K)."""
        with torch.no_grad():
            return torch.stack([model.outputs(xs) for model in self.models])

    def read(self, k: int, row: int) -> dict[str, NDArray[Any]]:
        """Arrays by name of one model: row 0 its parameters, 2 and 3 the memory of its optimiser."""
        model = self.models[k]
        found = model.values if row == 0 else {n: memory[row - 2] for n, memory in model.memory.items()}
        return {n: value.clone().numpy() for n, value in found.items()}

    def write(self, k: int, arrays: Mapping[str, NDArray[Any]], row: int) -> None:
        """Put arrays where `read` finds them."""
        model = self.models[k]
        for name in model.values:
            target = model.values[name] if row == 0 else model.memory[name][row - 2]
            target.copy_(torch.as_tensor(arrays[name]))
