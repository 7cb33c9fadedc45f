"""Models of one cell that run as one computation in torch, on the CPU or a GPU."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gatedrnn_course.cells.slices import whole_step
from gatedrnn_course.engines.population.settings import BETA2, BIAS, EPSILON, WEIGHT, Settings
from gatedrnn_course.engines.shared.stacks import stacks_of, unstack
from gatedrnn_course.engines.torch_tier.sequence import run

__all__ = ["Group", "Judge", "Order", "Orders"]

Order: TypeAlias = "tuple[Tensor, Tensor] | None"
Orders: TypeAlias = "Sequence[Order]"
Judge: TypeAlias = "Callable[[Tensor], Tensor]"


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
        learns: False for models that rest (M,).
    """

    def __init__(
        self, settings: Sequence[Settings], hidden_size: int, dtype: torch.dtype, device: torch.device
    ) -> None:
        self.settings, self.cell, self.H = settings, settings[0].cell, hidden_size
        self.D, self.K, self.adam = settings[0].input_size, settings[0].output_size, settings[0].optimiser == "adam"
        sizes, M, self.ways = {"D": self.D, "H": hidden_size}, len(settings), settings[0].ways
        self._stacks = len(stacks_of(self.cell))
        self._shapes = [own.shape(sizes) for own in stacks_of(self.cell)] * self.ways
        self._shapes += [(self.K, self.ways * hidden_size), (self.K,)]
        self._lengths = [int(np.prod(shape)) for shape in self._shapes]
        kind: dict[str, Any] = {"dtype": dtype, "device": device}
        self.rows = [torch.zeros(M, sum(self._lengths), **kind) for _ in range(3)]
        self.steps = torch.zeros(M, dtype=torch.int64, device=device)
        self.alive, self.learns = torch.ones(2, M, dtype=torch.bool, device=device)
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
        """The parts of model k by name, without the padding; the read-out's weights are (K, ways, H)."""
        own, sizes = self.settings[k], {"D": self.D, "H": self.H}
        *stacks, weight, bias = (part[0] for part in self._split(rows[k : k + 1]))
        named: dict[str, Tensor] = {}
        for w, names in enumerate(own.names):
            parts = unstack(self.cell, stacks[w * self._stacks :][: self._stacks], sizes)
            for name, part in zip(names, parts, strict=True):
                named[name] = part[tuple(map(slice, own.shapes[name]))]
        weight = weight.view(self.K, self.ways, self.H)[..., : own.hidden_size]
        return {**named, WEIGHT: weight, BIAS: bias}

    def read(self, k: int, row: int) -> dict[str, NDArray[Any]]:
        """Arrays by name of model k: row 0 its parameters, 1 and 2 the memory of its optimiser."""
        shapes = self.settings[k].shapes
        parts = self.views(self.rows[row], k)
        return {name: part.cpu().numpy().reshape(shapes[name]).copy() for name, part in parts.items()}

    def write(self, k: int, arrays: Mapping[str, NDArray[Any]], row: int) -> None:
        """Put arrays where `read` finds them."""
        for name, part in self.views(self.rows[row], k).items():
            part.copy_(torch.as_tensor(arrays[name]).reshape(part.shape))

    def take(self, j: int, other: Group, k: int) -> None:
        """Put model k of another group, equally wide, in the place of model j."""
        for own, given in zip(self.changed, other.changed, strict=True):
            own[j] = given[k]

    def _split(self, rows: Tensor) -> list[Tensor]:
        """Rows (M, P) as the cell's stacks and the read-out's two."""
        parts = torch.split(rows, self._lengths, 1)
        return [part.view(len(rows), *shape) for part, shape in zip(parts, self._shapes, strict=True)]

    def outputs(self, xs: Tensor, sizes: Sequence[int], orders: Orders) -> Tensor:
        """Raw outputs (M, N, K); arguments as in `step`."""
        return self._outputs(xs, sizes, orders, self._split(self.rows[0]))

    def _outputs(self, xs: Tensor, sizes: Sequence[int], orders: Orders, values: Sequence[Tensor]) -> Tensor:
        *stacks, weight, bias = values
        hidden = [
            self._hidden(xs, sizes, order, stacks[w * self._stacks :][: self._stacks]) for w, order in enumerate(orders)
        ]
        return torch.baddbmm(bias.unsqueeze(1), torch.cat(hidden, -1) if self.ways > 1 else hidden[0], weight.mT)

    def _hidden(self, xs: Tensor, sizes: Sequence[int], order: Order, stacks: Sequence[Tensor]) -> Tensor:
        """The hidden states (M, N, H) of one direction."""
        M, width = len(self.settings), {"D": self.D, "H": self.H}
        letters = [whole_step(self.cell).shape(f"{name}_prev")[0] for name in self.cell.states]
        state = [xs.new_zeros(M, sizes[0], width[letter]) for letter in letters]
        given = xs if order is None else xs.index_select(1, order[0])
        hs, _last = run(self.cell, given.expand(M, -1, -1), tuple(sizes), state, stacks)
        return hs if order is None else hs.index_select(1, order[1])

    def losses(self, xs: Tensor, sizes: Sequence[int], orders: Orders, judge: Judge) -> Tensor:
        """The loss of each model (M,); arguments as in `step`."""
        return judge(self.outputs(xs, sizes, orders))

    def step(self, xs: Tensor, sizes: Sequence[int], orders: Orders, judge: Judge) -> Tensor:
        """Every model that learns and did not diverge learns from a batch. Nothing here waits for the device.

        Args:
            xs: Inputs (M, N, D), or (1, N, D) for all alike.
            sizes: How many rows each step has.
            orders: For each direction the rows of the batch in the order in which the cell reads them, and the way
                back; None where that is the batch's own.
            judge: The losses (M,) of raw outputs (M, N, K).

        Returns:
            The losses before the step (M,); NaN for models that diverged before.
        """
        values = [part.detach().requires_grad_() for part in self._split(self.rows[0])]
        losses = judge(self._outputs(xs, sizes, orders, values))
        slopes = torch.autograd.grad(losses.sum(), values, allow_unused=True, materialize_grads=True)
        slope = torch.cat([part.flatten(1) for part in slopes], 1)
        slope = torch.where(self._inside, slope, 0.0)
        told = torch.where(self.alive, losses.detach(), torch.nan)
        self.alive &= (losses.detach().isfinite() & slope.isfinite().all(1)) | ~self.learns
        moves = self.alive & self.learns
        self.steps += moves
        new = self._adam(slope) if self.adam else self._sgd(slope)
        for row, value in zip(self.rows, new, strict=False):
            row.copy_(torch.where(moves[:, None], value, row))
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
