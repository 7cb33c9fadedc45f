"""A population in torch: models of the same cell run as one, on the CPU or a GPU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gatedrnn_course.engines.population.batch import Scored
from gatedrnn_course.engines.population.group import Group
from gatedrnn_course.engines.population.replay import Replay, side_by_side
from gatedrnn_course.engines.population.settings import Loss, Settings

__all__ = ["BatchedModels"]

PAD = 8
"""Hidden sizes are padded to a multiple of this, so that sizes near each other run as one."""
UNITS = 1024
"""Models with so many units in all run at once on the CPU: what they need stays in its cache."""


class BatchedModels:
    """The models of a population, those with the same cell side by side.

    Args:
        settings: What each is.
        parameters: First parameters by name, of each.
        dtype: Their type.
        device: Where they train.
    """

    def __init__(
        self,
        settings: Sequence[Settings],
        parameters: Sequence[Mapping[str, NDArray[Any]]],
        dtype: torch.dtype,
        device: torch.device,
    ) -> None:
        self.device, self._replay = device, Replay(device)
        alike: dict[tuple[Any, ...], list[int]] = {}
        for k, own in enumerate(settings):
            alike.setdefault((own.cell, -(-own.hidden_size // PAD) * PAD, own.optimiser), []).append(k)
        self.groups: list[Group] = []
        self._members: list[list[int]] = []
        for (_cell, H, _optimiser), members in alike.items():
            most = max(1, UNITS // H) if device.type == "cpu" else len(members)
            for begin in range(0, len(members), most):
                some = members[begin : begin + most]
                widest = max(settings[k].hidden_size for k in some)
                self.groups.append(Group([settings[k] for k in some], widest, dtype, device))
                self._members.append(some)
        self._place = {k: (group, j) for group, some in self._each() for j, k in enumerate(some)}
        for k, first in enumerate(parameters):
            self.write(k, first, 0)

    def _each(self) -> Any:
        return zip(self.groups, self._members, strict=True)

    @property
    def frozen(self) -> NDArray[np.bool_]:
        """Which models have diverged (N,)."""
        return np.asarray(self._told([group.alive.cpu().numpy() for group in self.groups]) == 0)

    @property
    def steps(self) -> list[int]:
        """How many updates each model has made."""
        return [int(steps) for steps in self._told([group.steps.cpu().numpy() for group in self.groups])]

    def set_progress(self, k: int, steps: int, frozen: bool) -> None:
        """Say how many updates a model has made, and whether it diverged."""
        group, j = self._place[k]
        group.steps[j], group.alive[j] = steps, not frozen

    def run(self, xs: Sequence[Tensor], batch: Scored, loss: Loss, step: int | None) -> NDArray[np.float64]:
        """The loss of every model on a batch, and where it is a step of training its update, as in `CompiledModels`."""
        T, train = batch.xs.shape[0], step is not None
        if step is not None:
            xs = [self._noisy(k, x, step) for k, x in enumerate(xs)]
        given = [self._inputs([xs[k] for k in some]) for some in self._members]
        scored = [batch.targets.to(self.device), batch.weights.to(self.device)]
        work = Group.step if train else Group.losses

        def compute(targets: Tensor, weights: Tensor, *inputs: Tensor) -> list[Tensor]:
            calls = [
                partial(work, group, x, targets, weights, T, batch.first, loss)
                for group, x in zip(self.groups, inputs, strict=True)
            ]
            return side_by_side(self.device, calls)

        shapes = tuple(tuple(tensor.shape) for tensor in (*scored, *given))
        changed = [tensor for group in self.groups for tensor in group.changed] if train else []
        with torch.set_grad_enabled(train):
            found = self._replay((train, T, batch.first, loss, shapes), compute, changed, [*scored, *given])
        return self._told([losses.double().cpu().numpy() for losses in found])

    def _noisy(self, k: int, xs: Tensor, step: int) -> Tensor:
        """The inputs of model k with its noise added."""
        group, j = self._place[k]
        own = group.settings[j]
        if not own.noise:
            return xs
        return xs + torch.from_numpy(own.drawn_noise(step, tuple(xs.shape), xs.numpy().dtype))

    def _told(self, found: Sequence[NDArray[Any]]) -> NDArray[np.float64]:
        """Numbers of the groups in the order of the models."""
        every = np.empty(len(self._place))
        for some, losses in zip(self._members, found, strict=True):
            every[some] = losses
        return every

    def _inputs(self, xs: Sequence[Tensor]) -> Tensor:
        """Inputs (M, T*B, D), or (1, T*B, D) where all are the same tensor."""
        own = xs[:1] if all(x is xs[0] for x in xs) else xs
        return torch.stack([x.flatten(0, 1) for x in own]).to(self.device)

    def outputs(self, xs: Tensor, chosen: Sequence[int]) -> Tensor:
        """Raw outputs of some models (len(chosen), T*B, K)."""
        T, B = xs.shape[:2]
        found = xs.new_empty(len(chosen), T * B, self.groups[0].K)
        with torch.no_grad():
            for group, some in self._each():
                places = [(place, some.index(k)) for place, k in enumerate(chosen) if k in some]
                if places:
                    outputs = group.outputs(self._inputs([xs]), T).cpu()
                    found[[place for place, _ in places]] = outputs[[j for _, j in places]]
        return found

    def read(self, k: int, row: int) -> dict[str, NDArray[Any]]:
        """Arrays by name of one model: row 0 its parameters, 1 and 2 the memory of its optimiser."""
        group, j = self._place[k]
        return {name: part.cpu().numpy().copy() for name, part in group.views(group.rows[row], j).items()}

    def write(self, k: int, arrays: Mapping[str, NDArray[Any]], row: int) -> None:
        """Put arrays where `read` finds them."""
        group, j = self._place[k]
        group.write(j, arrays, row)
