"""One model of a population in torch: what the compiled program is compared with, and what runs without a compiler."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gatedrnn_course.cells.slices import whole_step
from gatedrnn_course.engines.population.batch import Scored
from gatedrnn_course.engines.population.settings import BIAS, WEIGHT, Loss, Settings
from gatedrnn_course.engines.sequence import run
from gatedrnn_course.engines.stacks import by_name

__all__ = ["BETA2", "EPSILON", "TorchModel", "loss_of"]

BETA2, EPSILON = 0.999, 1e-8


class TorchModel:
    """A model, its parameters, and the memory of its optimiser.

    Args:
        settings: What it is.
        parameters: First parameters by name.
        dtype: Their type.

    Attributes:
        steps: How many updates it has made.
        frozen: Whether it diverged: its loss or a gradient was not finite. It keeps the parameters it had before.
    """

    def __init__(self, settings: Settings, parameters: Mapping[str, NDArray[Any]], dtype: torch.dtype) -> None:
        self.settings = settings
        self.values = {n: torch.tensor(parameters[n], dtype=dtype) for n in settings.shapes}
        self.memory = {n: torch.zeros(2, *shape, dtype=dtype) for n, shape in settings.shapes.items()}
        self.steps, self.frozen = 0, False

    def outputs(self, xs: Tensor, values: Mapping[str, Tensor] | None = None) -> Tensor:
        """Raw outputs (T*B, K)."""
        v, cell = self.values if values is None else values, self.settings.cell
        T, B = xs.shape[:2]
        sizes = {"D": self.settings.input_size, "H": self.settings.hidden_size}
        letters = [whole_step(cell).shape(f"{name}_prev")[0] for name in cell.states]
        state = [xs.new_zeros(B, sizes[letter]) for letter in letters]
        hs, _last = by_name(run)(cell, xs.reshape(T * B, -1), (B,) * T, state, [v[name] for name in cell.parameters])
        return hs @ v[WEIGHT].T + v[BIAS]

    def loss(self, batch: Scored, loss: Loss) -> float:
        """The loss on a batch, without learning from it."""
        with torch.no_grad():
            return float(self._loss(batch, loss, self.values))

    def step(self, batch: Scored, loss: Loss) -> float:
        """Learn from a batch; gives the loss before. A frozen model gives NaN."""
        if self.frozen:
            return float("nan")
        values = {n: v.clone().requires_grad_() for n, v in self.values.items()}
        total = self._loss(batch, loss, values)
        slopes = torch.autograd.grad(total, list(values.values()), allow_unused=True, materialize_grads=True)
        if not (torch.isfinite(total) and all(bool(torch.isfinite(g).all()) for g in slopes)):
            self.frozen = True
            return float(total.detach())
        self.steps += 1
        for (name, value), slope in zip(self.values.items(), slopes, strict=True):
            self._update(value, slope, self.memory[name])
        return float(total.detach())

    def _loss(self, batch: Scored, loss: Loss, values: Mapping[str, Tensor]) -> Tensor:
        counts = batch.weights != 0
        rows = self.outputs(batch.xs, values)[batch.first : batch.first + len(batch.weights)][counts]
        return loss_of(loss, rows, batch.targets[counts], batch.weights[counts])

    def _update(self, value: Tensor, slope: Tensor, memory: Tensor) -> None:
        rate, momentum = self.settings.learning_rate, self.settings.momentum
        speed, square = memory
        if self.settings.optimiser == "sgd":
            speed.mul_(momentum).add_(slope)
            value.sub_(rate * (1 - momentum) * (slope + momentum * speed))
            return
        speed.add_(slope - speed, alpha=1 - momentum)
        square.mul_(BETA2).add_(slope * slope, alpha=1 - BETA2)
        root = square.sqrt() / np.sqrt(1 - BETA2**self.steps)
        value.sub_(rate / (1 - momentum**self.steps) * speed / (root + EPSILON))


def loss_of(loss: Loss, outputs: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """The weighted loss of rows of raw outputs; see `tasks.losses` for what each kind means."""
    if loss == "mse":
        return (weights * ((outputs - targets) ** 2).mean(-1)).sum()
    if loss == "cross_entropy":
        logs = torch.log_softmax(outputs, -1)
        return -(weights * logs.gather(-1, targets.long().unsqueeze(-1)).squeeze(-1)).sum()
    entropies = torch.nn.functional.binary_cross_entropy_with_logits(outputs, targets, reduction="none")
    return (weights * entropies.sum(-1)).sum()
