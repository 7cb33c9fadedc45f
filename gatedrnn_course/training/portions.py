"""Judging many models on one batch, a portion of its sequences at a time, so that it stays in the cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.engines.population import Population
from gatedrnn_course.tasks import Batch, Loss

__all__ = ["Portions"]

ROWS = 2048
"""Steps of all sequences of a portion, about."""
NUMBERS = 2**21
"""Outputs that are held at once, or those of one model if they are more: memory of this size is had again at once."""


class Portions:
    """A batch in portions: sequences of about the same length together.

    Args:
        batch: The batch.
        loss: What its targets are.
    """

    def __init__(self, batch: Batch, loss: Loss) -> None:
        self.batch, self._loss = batch, loss

    @cached_property
    def _parts(self) -> list[tuple[float, dict[str, NDArray[Any]]]]:
        """For each portion its share of the loss, and what a population is asked."""
        batch, labels = self.batch, self._loss == "ctc"
        order = np.argsort(batch.lengths, kind="stable")
        portion = np.cumsum(batch.lengths[order]) // ROWS
        found = []
        for some in np.split(order, 1 + np.flatnonzero(np.diff(portion))):
            steps = int(batch.lengths[some].max())
            mask = batch.mask[:steps, some]
            counts = len(some) if labels else mask.sum()
            if counts:
                targets = batch.targets[some] if labels else batch.targets[:steps, some]
                asked = {"targets": targets, "mask": mask, "lengths": batch.lengths[some]}
                found.append((float(counts), {"inputs": batch.inputs[:steps, some], **asked}))
        total = sum(counts for counts, _ in found)
        return [(counts / total, asked) for counts, asked in found]

    def losses(self, population: Population, models: Sequence[int]) -> NDArray[np.float64]:
        """The losses of some models (len(models),)."""
        parts = [share * population.loss(**asked, models=models) for share, asked in self._parts]
        return np.asarray(np.sum(parts, axis=0))

    def outputs(self, population: Population, models: Sequence[int]) -> Iterator[NDArray[Any]]:
        """The raw outputs (T, B, K) of one model after the other, zero after the end of a sequence."""
        inputs, lengths = self.batch.inputs, self.batch.lengths
        size = self.batch.mask.size * population.output_size
        many = max(1, NUMBERS // size)
        for begin in range(0, len(models), many):
            yield from population.outputs(inputs, models[begin : begin + many], lengths)
