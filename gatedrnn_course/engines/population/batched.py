"""A population in torch: models of the same cell run as one, on the CPU or a GPU."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gatedrnn_course.engines.population.batch import Scored
from gatedrnn_course.engines.population.group import Group, Order
from gatedrnn_course.engines.population.losses import losses_of
from gatedrnn_course.engines.population.replay import Replay, side_by_side
from gatedrnn_course.engines.population.rows import Rows
from gatedrnn_course.engines.population.settings import Loss, Settings

__all__ = ["BatchedModels"]

PAD = 8
"""Hidden sizes are padded to a multiple of this, so that sizes near each other run as one."""
UNITS = 1024
"""Models with so many units in all run at once on the CPU: what they need stays in its cache."""


class BatchedModels:
    """The models of a population, those with the same cell side by side.

    Where half of a group's models or more rest, they get a group of their own, which costs nothing.

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
        self.device, self._dtype, self._settings = device, dtype, settings
        alike: dict[tuple[Any, ...], list[int]] = {}
        for k, own in enumerate(settings):
            alike.setdefault((own.cell, -(-own.hidden_size // PAD) * PAD, own.optimiser), []).append(k)
        self._whole: list[list[int]] = []
        for (_cell, H, _optimiser), members in alike.items():
            most = max(1, UNITS // H) if device.type == "cpu" else len(members)
            self._whole += [members[begin : begin + most] for begin in range(0, len(members), most)]
        self._place: dict[int, tuple[Group, int]] = {}
        self._arrange(self._whole)
        for k, first in enumerate(parameters):
            self.write(k, first, 0)

    def _arrange(self, members: list[list[int]]) -> None:
        """Put models together in groups, which take over all that they have learned."""
        before = self._place
        self._members, self.groups, self._replay = members, list[Group](), Replay(self.device)
        for some in members:
            own = [self._settings[k] for k in some]
            wide = before[some[0]][0].H if before else max(s.hidden_size for s in own)
            group = Group(own, wide, self._dtype, self.device)
            for j, k in enumerate(some if before else ()):
                group.take(j, *before[k])
            self.groups.append(group)
        self._place = {k: (group, j) for group, some in self._each() for j, k in enumerate(some)}
        self._learners: list[int] = [k for some in members for k in some]

    def _settle(self, learners: Sequence[int]) -> None:
        """Let only these models learn, and none of the others cost more than half of what it takes."""
        if list(learners) == self._learners:
            return
        wanted = set(learners)
        members: list[list[int]] = []
        for some in self._members if len(wanted) < len(self._place) else self._whole:
            on = [k for k in some if k in wanted]
            off = [k for k in some if k not in wanted]
            members += [on, off] if 0 < len(on) <= len(off) else [some]
        if members != self._members:
            self._arrange(members)
        for group, some in self._each():
            group.learns.copy_(torch.tensor([k in wanted for k in some]))
        self._learners = list(learners)

    def _each(self) -> Iterator[tuple[Group, list[int]]]:
        return zip(self.groups, self._members, strict=True)

    @property
    def frozen(self) -> NDArray[np.bool_]:
        """Which models have diverged (N,)."""
        return np.asarray(self._told([group.alive.cpu().numpy() for group in self.groups]) == 0)

    @property
    def steps(self) -> list[int]:
        """How many updates each model has made."""
        return [int(steps) for steps in self._told([group.steps.cpu().numpy() for group in self.groups])]

    def _told(self, found: Sequence[NDArray[Any]]) -> NDArray[np.float64]:
        """Numbers of the groups in the order of the models."""
        every = np.empty(len(self._place))
        for some, own in zip(self._members, found, strict=True):
            every[some] = own
        return every

    def set_progress(self, k: int, steps: int, frozen: bool) -> None:
        """Say how many updates a model has made, and whether it diverged."""
        group, j = self._place[k]
        group.steps[j], group.alive[j] = steps, not frozen

    def run(
        self, xs: Sequence[Tensor], batch: Scored, loss: Loss, step: int | None, chosen: Sequence[int]
    ) -> NDArray[np.float64]:
        """The losses of some models, as in `Models`."""
        train = step is not None
        if train:
            self._settle(chosen)
        wanted = set(chosen)
        where = [g for g, some in enumerate(self._members) if not wanted.isdisjoint(some)]
        every = xs if len(xs) > 1 else list(xs) * len(self._settings)
        if step is not None:
            every = [self._noisy(k, x, batch.rows, step) if k in wanted else x for k, x in enumerate(every)]
        given = [self._inputs([every[k] for k in self._members[g]]) for g in where]
        orders = self._orders(batch.rows)
        places = [index for order in orders if order for index in order]
        scored = [batch.targets.to(self.device), batch.weights.to(self.device)]
        work = Group.step if train else Group.losses
        sizes, rows, first, count = batch.rows.sizes, batch.rows, batch.first, len(batch.weights)

        def compute(targets: Tensor, weights: Tensor, *rest: Tensor) -> list[Tensor]:
            index, inputs = iter(rest[: len(places)]), rest[len(places) :]
            held: list[Order] = [(next(index), next(index)) if order else None for order in orders]

            def judge(outputs: Tensor) -> Tensor:
                return losses_of(loss, outputs[:, first : first + count], targets, weights, rows)

            calls = [partial(work, self.groups[g], x, sizes, held, judge) for g, x in zip(where, inputs, strict=True)]
            return side_by_side(self.device, calls)

        tensors = [*scored, *places, *given]
        with torch.set_grad_enabled(train):
            if loss == "ctc":  # torch's looks at lengths, which no recorded graph can do
                found = compute(*tensors)
            else:
                key = train, sizes, first, loss, tuple(where), tuple(tuple(tensor.shape) for tensor in tensors)
                changed = [tensor for g in where for tensor in self.groups[g].changed] if train else []
                found = self._replay(key, compute, changed, tensors)
        told = np.full(len(self._place), np.nan)
        for g, losses in zip(where, found, strict=True):
            told[self._members[g]] = losses.double().cpu().numpy()
        return told[list(chosen)]

    def _noisy(self, k: int, xs: Tensor, rows: Rows, step: int) -> Tensor:
        """The inputs of model k with its noise added, the same however rows lie."""
        own = self._settings[k]
        if not own.noise:
            return xs
        packed = rows if rows.packed else Rows.of(rows.T, rows.B, rows.lengths)
        drawn = torch.from_numpy(own.drawn_noise(step, (packed.count, own.input_size), xs.numpy().dtype))
        return xs + (drawn if packed is rows else packed.spread(drawn[None])[0].flatten(0, 1))

    def _orders(self, rows: Rows) -> list[Order]:
        """For each direction how rows are brought into its order and back; none where they are in it."""
        there = back = np.arange(rows.count) if rows.equal else rows.longest_first
        pairs = [None if rows.equal else (there, back)]
        if self._settings[0].bidirectional:
            pairs.append((rows.turned[there], back[rows.turned]))
        return [pair and (self._index(pair[0]), self._index(pair[1])) for pair in pairs]

    def _index(self, places: NDArray[np.int64]) -> Tensor:
        return torch.from_numpy(places).to(self.device)

    def _inputs(self, xs: Sequence[Tensor]) -> Tensor:
        """Inputs (M, N, D), or (1, N, D) where all are the same tensor."""
        own = xs[:1] if all(x is xs[0] for x in xs) else xs
        return torch.stack(list(own)).to(self.device)

    def outputs(self, xs: Tensor, rows: Rows, chosen: Sequence[int]) -> Tensor:
        """Raw outputs of some models (len(chosen), N, K)."""
        found = xs.new_empty(len(chosen), rows.count, self._settings[0].output_size)
        orders = self._orders(rows)
        with torch.no_grad():
            for group, some in self._each():
                places = [(place, some.index(k)) for place, k in enumerate(chosen) if k in some]
                if places:
                    outputs = group.outputs(self._inputs([xs]), rows.sizes, orders).cpu()
                    found[[place for place, _ in places]] = outputs[[j for _, j in places]]
        return found

    def read(self, k: int, row: int) -> dict[str, NDArray[Any]]:
        """Arrays by name of one model: row 0 its parameters, 1 and 2 the memory of its optimiser."""
        group, j = self._place[k]
        return group.read(j, row)

    def write(self, k: int, arrays: Mapping[str, NDArray[Any]], row: int) -> None:
        """Put arrays where `read` finds them."""
        group, j = self._place[k]
        group.write(j, arrays, row)
