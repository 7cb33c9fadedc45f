"""Sequences of unequal length as rows without padding: rows of step 0, of step 1, ..., longer sequences first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["Packing", "check_lengths", "reversal"]


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
        known = torch.tensor(lengths, dtype=torch.long)
        order = torch.argsort(known, descending=True, stable=True)
        steps = torch.arange(int(known.max()) if len(lengths) else 0)
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
    if T == 0 or batch_sizes[0] == batch_sizes[-1]:
        B = batch_sizes[0] if T else 0
        return torch.arange(T * B, device=device).view(T, B).flip(0).reshape(T * B)
    sizes = torch.tensor(batch_sizes, dtype=torch.long)
    offsets = torch.cumsum(sizes, 0) - sizes
    t = torch.repeat_interleave(torch.arange(T), sizes)
    b = torch.arange(sum(batch_sizes)) - offsets[t]
    lengths = (sizes[:, None] > torch.arange(batch_sizes[0])).sum(0)
    return (offsets[lengths[b] - 1 - t] + b).to(device)


def check_lengths(lengths: Sequence[int] | Tensor, T: int, B: int) -> list[int]:
    """The lengths as a list.

    Raises:
        CourseError: If they are not B whole numbers from 0 to T.
    """
    listed = lengths.reshape(-1).tolist() if isinstance(lengths, Tensor) else list(lengths)
    whole = all(isinstance(n, int) and not isinstance(n, bool) for n in listed)
    if not whole or len(listed) != B or any(n < 0 or n > T for n in listed):
        raise CourseError(
            _("Sequences with lengths of their own."),
            _("lengths is {came}.").format(came=str(listed)[:80]),
            _("It holds {B} whole numbers from 0 to {T}, one for each sequence.").format(B=B, T=T),
            _("Give the number of steps of each sequence before the padding begins."),
        )
    return listed
