"""Sequences of unequal length as rows without padding: rows of step 0, of step 1, ..., longer sequences first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import index
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["Packing", "Steps", "check_lengths", "reversal", "segments"]


class Steps(NamedTuple):
    """How many rows each step has.

    Attributes:
        T: The number of steps.
        B: The number of sequences.
        unequal: Where sequences end before others, the rows of each step, from long to short.
    """

    T: int
    B: int
    unequal: tuple[int, ...] | None = None

    @property
    def sizes(self) -> tuple[int, ...]:
        """The rows of each step."""
        return (int(self.B),) * int(self.T) if self.unequal is None else self.unequal

    @property
    def as_tensor(self) -> Tensor:
        """The same as a tensor, so that an operator takes any T and B."""
        if self.unequal is None:
            return torch.full((self.T,), self.B, dtype=torch.long, device="cpu")
        return torch.tensor(self.unequal, dtype=torch.long, device="cpu")

    def turning(self, device: torch.device) -> Callable[[Tensor], Tensor]:
        """A function that lets the sequences in rows `(N, ...)` run from their ends to their beginnings."""
        if self.unequal is not None:
            places = reversal(self.unequal, device)
            return lambda rows: rows[places]
        return lambda rows: rows.reshape(self.T, self.B, rows.shape[1]).flip(0).reshape(rows.shape)


@dataclass(frozen=True)
class Packing:
    """Where the rows of padded sequences `(T, B, ...)` go.

    Attributes:
        batch_sizes: How many sequences are still running at each step.
        order: `(B,)`, the sequences from long to short.
        back: `(B,)`, the inverse of `order`.
        t: `(N,)`, the step of each row.
        b: `(N,)`, the sequence of each row.
    """

    batch_sizes: tuple[int, ...]
    order: Tensor
    back: Tensor
    t: Tensor
    b: Tensor

    @classmethod
    def of(cls, lengths: Sequence[int], device: torch.device) -> Packing:
        """The packing of sequences of these lengths."""
        known = torch.tensor(lengths, dtype=torch.long, device="cpu")
        order = torch.argsort(known, descending=True, stable=True)
        steps = torch.arange(int(known.max()) if len(lengths) else 0, device="cpu")
        running = steps[:, None] < known[order][None, :]  # (T, B)
        t, place = running.nonzero(as_tuple=True)
        sizes = tuple(running.sum(1).tolist())
        parts = (order, torch.argsort(order), t, order[place])
        return cls(sizes, *(part.to(device) for part in parts))

    def pack(self, padded: Tensor) -> Tensor:
        """The rows `(N, ...)` of padded sequences `(T, B, ...)`."""
        return padded[self.t, self.b]

    def pad(self, rows: Tensor, T: int) -> Tensor:
        """The padded sequences `(T, B, ...)` of rows `(N, ...)`, zero after the end of each."""
        padded = rows.new_zeros((T, self.order.shape[0], *rows.shape[1:]))
        return padded.index_put((self.t, self.b), rows)


def reversal(batch_sizes: Sequence[int], device: torch.device) -> Tensor:
    """`(N,)`: for every row the row that stands there when each sequence runs from its end to its beginning."""
    T = len(batch_sizes)
    if T == 0:
        return torch.empty(0, dtype=torch.long, device=device)
    sizes = torch.tensor(batch_sizes, dtype=torch.long, device="cpu")
    offsets = torch.cumsum(sizes, 0) - sizes
    t = torch.repeat_interleave(torch.arange(T, device="cpu"), sizes)
    b = torch.arange(sum(batch_sizes), device="cpu") - offsets[t]
    lengths = (sizes[:, None] > torch.arange(batch_sizes[0], device="cpu")).sum(0)
    return (offsets[lengths[b] - 1 - t] + b).to(device)


def check_lengths(lengths: Any, T: int, B: int) -> list[int]:
    """The lengths as a list.

    Args:
        lengths: Whole numbers of Python, NumPy or torch.
        T: The number of steps.
        B: The number of sequences.

    Raises:
        CourseError: If they are not B whole numbers from 0 to T.
    """
    if isinstance(lengths, (Tensor, np.ndarray)):
        lengths = lengths.reshape(-1).tolist()
    listed = list(lengths) if isinstance(lengths, Iterable) else [lengths]
    whole = [index(n) for n in listed if hasattr(n, "__index__") and not isinstance(n, (bool, np.bool))]
    if len(listed) != B or len(whole) != B or any(n < 0 or n > T for n in whole):
        raise CourseError(
            _("Sequences with lengths of their own."),
            _("lengths is {came}.").format(came=str(listed)[:80]),
            _("It holds {B} whole numbers from 0 to {T}, one for each sequence.").format(B=B, T=T),
            _("Give the number of steps of each sequence before the padding begins."),
        )
    return whole


def segments(batch_sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of steps with equally many rows: `(steps, rows)`, without those of no rows."""
    if batch_sizes and batch_sizes[0] == batch_sizes[-1]:  # they never grow
        return [(len(batch_sizes), batch_sizes[0])] if batch_sizes[0] else []
    return [(len(list(group)), rows) for rows, group in groupby(batch_sizes) if rows]
