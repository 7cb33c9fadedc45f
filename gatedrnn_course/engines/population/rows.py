"""Where the steps of sequences of any lengths lie in memory: rows of step 0, rows of step 1, ..., without padding."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gatedrnn_course.engines.shared.packing import check_lengths
from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["Rows"]


class Rows:
    """The rows of a batch.

    In each step longer sequences come last. So when some have ended, the states of those that go on are the end of the
    rows before, and nothing has to be moved.

    Args:
        T: Steps of the batch.
        B: Its sequences.
        lengths: Steps of each sequence.
        packed: As below.

    Attributes:
        lengths: Steps of each sequence, (B,).
        sizes: How many rows each step has.
        count: N, how many there are in all.
        equal: Whether the rows are those of the batch, step by step.
        packed: Whether what lies behind a sequence's end is left out. If not, every step has B rows in the batch's
            order, so batches of one shape are alike to a recorded graph.
    """

    def __init__(self, T: int, B: int, lengths: Sequence[int], packed: bool) -> None:
        self.T, self.B, self.packed = T, B, packed
        self.lengths = np.array(lengths, "l")
        ends = self.lengths if packed else np.full(B, T)
        self.equal = bool((ends == T).all())
        self._order = np.arange(B) if self.equal else np.argsort(ends, kind="stable")
        running = np.arange(ends.max())[:, None] < ends[self._order]  # (T, B)
        self._t, self._place = np.nonzero(running)
        self.sizes = tuple(running.sum(1).tolist())
        self.count = len(self._t)

    @classmethod
    def of(cls, T: int, B: int, lengths: Any = None, packed: bool = True) -> Rows:
        """The rows of a batch; those of batches alike are found once.

        Args:
            T: Steps of the batch.
            B: Its sequences.
            lengths: Steps of each sequence; None: all have T.
            packed: As in the attributes.

        Raises:
            CourseError: If the lengths do not fit.
        """
        return _rows(T, B, (T,) * B if lengths is None else tuple(check_lengths(lengths, T, B)), packed)

    @cached_property
    def segments(self) -> NDArray[np.int_]:
        """Runs of steps with equally many rows (2, segments): how many steps, how many rows in each."""
        return np.array([(len(list(steps)), size) for size, steps in groupby(self.sizes)], "l").T.copy()

    @cached_property
    def inside(self) -> Tensor:
        """Which steps belong to their sequence (T, B)."""
        return torch.arange(self.T)[:, None] < torch.from_numpy(self.lengths)

    @cached_property
    def last(self) -> Tensor:
        """Which step is the last of its sequence (T, B)."""
        return torch.arange(self.T)[:, None] == torch.from_numpy(self.lengths) - 1

    @cached_property
    def starts(self) -> NDArray[np.int_]:
        """For each step the row of the sequence that comes first when all go on; it may lie before the step's rows."""
        return (np.cumsum(self.sizes) - self.B).astype("l", copy=False)

    @cached_property
    def ranks(self) -> NDArray[np.int_]:
        """For each sequence how many shorter ones come before it (B,); its row at a step is `starts` and this."""
        return np.argsort(self._order).astype("l", copy=False)

    @cached_property
    def places(self) -> NDArray[np.int_]:
        """For each row its place among the T * B of the batch (N,)."""
        return self._t * self.B + self._order[self._place]

    @cached_property
    def turned(self) -> NDArray[np.int_]:
        """For each row the one that stands there when every sequence runs from its own end to its beginning (N,)."""
        ends = self.lengths[self._order][self._place]
        return np.asarray(self.starts[np.where(self._t < ends, ends - 1 - self._t, self._t)] + self._place)

    @cached_property
    def longest_first(self) -> NDArray[np.int_]:
        """For each row the one that stands there when in each step longer sequences come first (N,)."""
        return np.asarray(self.starts[self._t] + 2 * self.B - 1 - np.array(self.sizes)[self._t] - self._place)

    def take(self, padded: Tensor, first: int = 0, end: int | None = None) -> Tensor:
        """The rows (N, ...) of a batch (T, B, ...), or those from the row `first` to before `end`."""
        flat = padded.flatten(0, 1)
        return flat[first:end] if self.equal else flat.index_select(0, torch.from_numpy(self.places[first:end]))

    def spread(self, rows: Tensor) -> Tensor:
        """Rows (M, N, ...) as batches (M, T, B, ...), zero after the end of each sequence."""
        if not self.equal:
            padded = rows.new_zeros(len(rows), self.T * self.B, *rows.shape[2:])
            rows = padded.index_copy(1, torch.from_numpy(self.places).to(rows.device), rows)
        return rows.reshape(len(rows), self.T, self.B, *rows.shape[2:])


@lru_cache(maxsize=64)
def _rows(T: int, B: int, lengths: tuple[int, ...], packed: bool) -> Rows:
    if not any(lengths):
        raise CourseError(_("A batch for a population."), _("No sequence has a step."))
    return Rows(T, B, lengths, packed)
