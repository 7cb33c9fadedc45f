"""Models of one cell that run as one computation in torch, on the CPU or a GPU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gatedrnn_course.cells.slices import whole_step
from gatedrnn_course.engines.population.settings import BETA2, BIAS, EPSILON, WEIGHT, Loss, Settings
from gatedrnn_course.engines.sequence import run
from gatedrnn_course.engines.stacks import stacks_of, unstack

__all__ = ["Group"]


class Group:
    """M models with the same cell, sizes of input and output, and optimiser.

    A model smaller than the largest is padded with units whose parameters are zero and stay so: nothing leads from
    them to a unit of the model, nor to its outputs.

    Args:
        settings: What each is.
        hidden_size: H of all, the padding included.
        dtype: Type of the numbers.
        device: Where they are.

    Attributes:
        rows: Parameters, and the optimiser's two memories, each a model a row (M, P).
        steps: How many updates each has made (M,).
        alive: False for models that diverged (M,).
    """

    def __init__(
        self, settings: Sequence[Settings], hidden_size: int, dtype: torch.dtype, device: torch.device
    ) -> None:
        self.settings, self.cell, self.H = settings, settings[0].cell, hidden_size
        self.D, self.K, self.adam = settings[0].input_size, settings[0].output_size, settings[0].optimiser == "adam"
        sizes, M = {"D": self.D, "H": hidden_size}, len(settings)
        self._shapes = [own.shape(sizes) for own in stacks_of(self.cell)]
        self._shapes += [(self.K, hidden_size), (self.K,)]
        self._lengths = [int(np.prod(shape)) for shape in self._shapes]
        kind: dict[str, Any] = {"dtype": dtype, "device": device}
        self.rows = [torch.zeros(M, sum(self._lengths), **kind) for _ in range(3)]
        self.steps = torch.zeros(M, dtype=torch.int64, device=device)
        self.alive = torch.ones(M, dtype=torch.bool, device=device)
        self._rate = torch.tensor([s.learning_rate for s in settings], **kind)[:, None]
        self._momentum = torch.tensor([s.momentum for s in settings], **kind)[:, None]
        self._inside = torch.zeros_like(self.rows[0], dtype=torch.bool)
        for k in range(M):
            for part in self.views(self._inside, k).values():
                part.fill_(True)

    @property
    def changed(self) -> list[Tensor]:
        """Everything that a step of training changes."""
        return [*self.rows, self.steps, self.alive]

    def views(self, rows: Tensor, k: int) -> dict[str, Tensor]:
        """The parts of model k by name, without the padding."""
        own, sizes = self.settings[k], {"D": self.D, "H": self.H}
        *stacks, weight, bias = self._split(rows[k : k + 1])
        named = dict(zip(self.cell.parameters, unstack(self.cell, [s[0] for s in stacks], sizes), strict=True))
        named |= {WEIGHT: weight[0], BIAS: bias[0]}
        return {name: part[tuple(map(slice, own.shapes[name]))] for name, part in named.items()}

    def write(self, k: int, arrays: Mapping[str, NDArray[Any]], row: int) -> None:
        """Put arrays by name where model k has its parameters (row 0) or a memory of its optimiser (1, 2)."""
        for name, part in self.views(self.rows[row], k).items():
            part.copy_(torch.as_tensor(arrays[name]))

    def _split(self, rows: Tensor) -> list[Tensor]:
        """Rows (M, P) as the cell's stacks and the read-out's two."""
        parts = torch.split(rows, self._lengths, 1)
        return [part.view(len(rows), *shape) for part, shape in zip(parts, self._shapes, strict=True)]

    def outputs(self, xs: Tensor, T: int) -> Tensor:
        """Raw outputs (M, T*B, K) for inputs (M, T*B, D), or (1, T*B, D) for all alike."""
        return self._outputs(xs, T, self._split(self.rows[0]))

    def _outputs(self, xs: Tensor, T: int, values: Sequence[Tensor]) -> Tensor:
        *stacks, weight, bias = values
        M, B, sizes = len(self.settings), xs.shape[1] // T, {"D": self.D, "H": self.H}
        letters = [whole_step(self.cell).shape(f"{name}_prev")[0] for name in self.cell.states]
        state = [xs.new_zeros(M, B, sizes[letter]) for letter in letters]
        hs, _last = run(self.cell, xs.expand(M, -1, -1), (B,) * T, state, stacks)
        return torch.baddbmm(bias.unsqueeze(1), hs, weight.mT)

    def losses(self, xs: Tensor, targets: Tensor, weights: Tensor, T: int, first: int, loss: Loss) -> Tensor:
        """The loss of each model (M,); arguments as in `step`."""
        return self._losses(self.outputs(xs, T), targets, weights, first, loss)

    def step(self, xs: Tensor, targets: Tensor, weights: Tensor, T: int, first: int, loss: Loss) -> Tensor:
        """Every model that is alive learns from a batch. Nothing here waits for the device.

        Args:
            xs: Inputs (M, T*B, D), or (1, T*B, D) for all alike.
            targets: Targets of the scored rows.
            weights: Weights of the scored rows.
            T: How many steps the inputs have.
            first: The first scored row.
            loss: What the outputs mean.

        Returns:
            The losses before the step (M,); NaN for models that diverged before.
        """
        values = [part.detach().requires_grad_() for part in self._split(self.rows[0])]
        losses = self._losses(self._outputs(xs, T, values), targets, weights, first, loss)
        slopes = torch.autograd.grad(losses.sum(), values, allow_unused=True, materialize_grads=True)
        slope = torch.cat([part.flatten(1) for part in slopes], 1)
        slope = torch.where(self._inside, slope, 0.0)
        told = torch.where(self.alive, losses.detach(), torch.nan)
        self.alive &= losses.detach().isfinite() & slope.isfinite().all(1)
        self.steps += self.alive
        new = self._adam(slope) if self.adam else self._sgd(slope)
        for row, value in zip(self.rows, new, strict=False):
            row.copy_(torch.where(self.alive[:, None], value, row))
        return told

    def _sgd(self, slope: Tensor) -> tuple[Tensor, Tensor]:
        """Nesterov's momentum, the learning rate scaled by 1 - momentum: new parameters and speed."""
        value, mu = self.rows[0], self._momentum
        speed = mu * self.rows[1] + slope
        return value - self._rate * (1 - mu) * (slope + mu * speed), speed

    def _adam(self, slope: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Adam with the momentum as its first beta: new parameters, mean and mean square."""
        value, mu, steps = self.rows[0], self._momentum, self.steps[:, None].to(slope.dtype)
        mean = self.rows[1] + (1 - mu) * (slope - self.rows[1])
        square = BETA2 * self.rows[2] + (1 - BETA2) * slope * slope
        root = square.sqrt() / (1 - BETA2**steps).sqrt()
        return value - self._rate / (1 - mu**steps) * mean / (root + EPSILON), mean, square

    def _losses(self, outputs: Tensor, targets: Tensor, weights: Tensor, first: int, loss: Loss) -> Tensor:
        """The weighted losses (M,) of raw outputs; what has no weight counts for nothing, whatever stands there."""
        counts = weights != 0
        rows = torch.where(counts[:, None], outputs[:, first : first + len(weights)], 0.0)  # (M, rows, K)
        wanted = torch.where(counts if targets.dim() == 1 else counts[:, None], targets, 0.0)
        if loss == "mse":
            each = ((rows - wanted) ** 2).mean(-1)
        elif loss == "cross_entropy":
            classes = wanted.long().expand(len(rows), -1).unsqueeze(-1)
            each = -torch.log_softmax(rows, -1).gather(-1, classes).squeeze(-1)
        else:
            pairs = rows, wanted.expand_as(rows)
            each = torch.nn.functional.binary_cross_entropy_with_logits(*pairs, reduction="none").sum(-1)
        return (each * weights).sum(-1)
