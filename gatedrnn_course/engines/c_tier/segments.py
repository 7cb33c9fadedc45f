"""The calls of a kernel for packed sequences: steps with equally many rows are one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gatedrnn_course.engines.c_tier.bind import Kernel, Shape
from gatedrnn_course.engines.c_tier.packed import packed
from gatedrnn_course.engines.shared.memory import Lease
from gatedrnn_course.engines.shared.packing import segments

__all__ = ["Call", "Segment", "padded"]

FEW = 64
"""Steps that run together where no backward follows."""


@dataclass(slots=True)
class Segment:
    """Steps with equally many rows.

    Attributes:
        shape: Their sizes.
        row: Their first row among all.
        given: The states before the first step, each with at least B rows.
        hs: Hidden states before and after every step ((T+1)*B, padded).
        last: The states after the last step, each (B, H); none once they were handed out.
        memory: What the backward needs; None once it has used it up.
    """

    shape: Shape
    row: int
    given: Sequence[Tensor]
    hs: Tensor
    last: list[Tensor]
    memory: Lease | None = None


def padded(rows: Tensor, width: int) -> Tensor:
    """Rows one after the other, padded with zeros to a width."""
    if rows.shape[1] == width:
        return rows.contiguous()
    wider = rows.new_zeros(rows.shape[0], width)
    wider[:, : rows.shape[1]] = rows
    return wider


class Call:
    """One call of a cell's kernel, forward and backward.

    Args:
        kernel: The kernel.
        batch_sizes: The number of rows of each step, from long to short.
        xs: Inputs (N, D).
        state: States before the first step, each (B, H).
        stacks: Parameters.
        backward: Whether a backward may follow; without one nothing is kept for it, and parameters are packed once.

    Attributes:
        segments: What was run, from the first step on.
    """

    def __init__(
        self,
        kernel: Kernel,
        batch_sizes: Sequence[int],
        xs: Tensor,
        state: Sequence[Tensor],
        stacks: Sequence[Tensor],
        *,
        backward: bool = True,
    ) -> None:
        self.kernel, self.D, self.H = kernel, xs.shape[1], state[0].shape[1]
        none = kernel.shape(0, 0, self.D, self.H)
        self.sizes, self.x = none.sizes, padded(xs, none.sizes.ldx)
        held = [s.contiguous() for s in stacks]  # until the addresses have been read
        self.packed = xs.new_empty(none.parameters) if backward else packed(kernel, none, held, xs)
        named = kernel.inside(none.sizes, held) if backward else None
        self.given = [s.contiguous() for s in state]
        self.segments: list[Segment] = []
        row, current = 0, self.given
        for T, B in segments(batch_sizes):
            shape = kernel.shape(T, B, self.D, self.H)
            hs = xs.new_empty((T + 1) * B, shape.sizes.ldh)
            own = Segment(shape, row, current, hs, self._states(B))
            if backward:
                self._forward(own, None if self.segments else named)
            else:
                self._alone(own)
            self.segments.append(own)
            row, current = row + T * B, own.last

    def _states(self, B: int) -> list[Tensor]:
        """Room for the states of B sequences."""
        return [s.new_empty(B, s.shape[1]) for s in self.given]

    def _forward(self, own: Segment, named: Sequence[int] | None) -> None:
        """Run one segment and keep what its backward needs; a second time gives the same."""
        own.memory = Lease(own.shape.memory, self.packed.dtype)
        given, last = [s.data_ptr() for s in own.given], [s.data_ptr() for s in own.last] or [0] * len(own.given)
        x, numbers = _from(self.x, own.row), self.packed.data_ptr()
        self.kernel.run(own.shape.sizes, x, named, numbers, given, own.hs.data_ptr(), own.memory.address, last)

    def _alone(self, own: Segment) -> None:
        """Run one segment a few steps at a time, so that its memory is that of a few steps."""
        T, B = own.shape.sizes.T, own.shape.sizes.B
        memory, given = None, own.given
        for step in range(0, T, FEW):
            shape = own.shape if T <= FEW else self.kernel.shape(min(FEW, T - step), B, self.D, self.H)
            memory = memory or Lease(shape.memory, self.packed.dtype)  # the first part is the longest
            last = own.last if step + FEW >= T else self._states(B)
            x, h = _from(self.x, own.row + step * B), _from(own.hs, step * B)
            before, after = ([s.data_ptr() for s in states] for states in (given, last))
            self.kernel.run(shape.sizes, x, None, self.packed.data_ptr(), before, h, memory.address, after)
            given = last

    def outputs(self) -> Tensor:
        """The hidden states of all steps (N, H)."""
        if not self.segments:
            return self.packed.new_empty(0, self.H)
        parts = [own.hs[own.shape.sizes.B :] for own in self.segments]
        if len(parts) > 1 or self.sizes.ldh != self.H:
            return torch.cat([part[:, : self.H] for part in parts])
        return parts[0].detach()  # the same memory, but for autograd no view: people may write into it

    def ends(self) -> list[Tensor]:
        """The states of every sequence after its own last step, each (B, H)."""
        if len(self.segments) == 1 and len(self.given[0]) == self.segments[0].shape.sizes.B:
            found, self.segments[0].last = self.segments[0].last, []  # kept here they would keep their own graph alive
            return found
        return [torch.cat(parts) for parts in zip(*self._ended(), strict=True)]

    def _ended(self) -> list[list[Tensor]]:
        """The states of the sequences that end after each segment, the longest first."""
        found, longer = [], 0
        for own in reversed(self.segments):
            found.append([s[longer:] for s in own.last])
            longer = own.shape.sizes.B
        return [*found, [s[longer:].clone() for s in self.given]]

    def backward(
        self, d_hs: Tensor | None, d_last: Sequence[Tensor | None], grads: Sequence[Tensor], wants_x: bool
    ) -> tuple[Tensor | None, list[Tensor | None]]:
        """Run the backward.

        Args:
            d_hs: Derivatives with respect to the hidden states (N, H); None for zeros.
            d_last: Derivatives with respect to the last states, each (B, H); None for zeros.
            grads: Where the gradients of the stacks go.
            wants_x: Whether the derivative with respect to the inputs is wanted.

        Returns:
            Derivatives with respect to the inputs (N, D) and to the first states; None for zeros.
        """
        for own in self.segments:
            if own.hs._version:  # somebody wrote into what was handed out: leave it to them, compute it anew
                own.hs, own.memory = torch.empty_like(own.hs), None
        d_rows = None if d_hs is None else padded(d_hs, self.sizes.ldh)
        d_x = self.packed.new_empty(len(self.x), self.kernel.padded(self.D)) if wants_x else None
        arriving: list[Tensor | None] = [None if d is None else d.contiguous() for d in d_last]
        total, longer, below = None, 0, list[Tensor]()
        for own in reversed(self.segments):
            B = own.shape.sizes.B
            if longer:
                arriving = [_below(d, a, longer, B) for d, a in zip(d_last, below, strict=True)]
            part, below = self._backward(own, d_rows, arriving, d_x)
            total, longer = part if total is None else total + part, B
        if total is None:  # no step at all
            for grad in grads:
                grad.zero_()
            return None if d_x is None else d_x[:, : self.D], list(d_last)
        self.kernel.unpack(self.sizes, total.data_ptr(), self.kernel.inside(self.sizes, grads))
        if longer < len(self.given[0]):
            rows = zip(d_last, below, self.given, strict=True)
            below = [_below(d, a, longer, len(s)) for d, a, s in rows]
        return None if d_x is None else d_x[:, : self.D], list(below)

    def _backward(
        self, own: Segment, d_rows: Tensor | None, arriving: Sequence[Tensor | None], d_x: Tensor | None
    ) -> tuple[Tensor, list[Tensor]]:
        """The backward of one segment: gradients in the kernel's order, derivatives of its first states."""
        if own.memory is None:
            self._forward(own, None)
        assert own.memory is not None
        part, spare = torch.empty_like(self.packed), Lease(own.shape.spare, self.packed.dtype)
        first = [part.new_empty(own.shape.sizes.B, s.shape[1]) for s in self.given]
        x, d_h, to = (_from(rows, own.row) for rows in (self.x, d_rows, d_x))
        arrive = [0 if d is None else d.data_ptr() for d in arriving]
        memory = self.packed.data_ptr(), own.hs.data_ptr(), own.memory.address, d_h, arrive, part.data_ptr(), to
        self.kernel.derive(own.shape.sizes, x, *memory, spare.address, [d.data_ptr() for d in first])
        own.memory = None
        return part, first


def _below(d: Tensor | None, above: Tensor, longer: int, B: int) -> Tensor:
    """The derivative of states of B rows: of the longer sequences it comes from the steps after, of others from d."""
    rest = above.new_zeros(B - longer, above.shape[1]) if d is None else d[longer:B]
    return torch.cat([above, rest])


def _from(rows: Tensor | None, row: int) -> int:
    """The address of a row, or 0 for none."""
    return 0 if rows is None else rows.data_ptr() + row * rows.shape[1] * rows.element_size()
