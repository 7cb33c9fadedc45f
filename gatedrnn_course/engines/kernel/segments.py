"""The calls of a kernel for packed sequences: steps with equally many rows are one call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import torch
from torch import Tensor

from gatedrnn_course.engines.kernel.bind import Counts, Kernel, Sizes
from gatedrnn_course.engines.kernel.memory import Lease

__all__ = ["Segment", "backward", "forward", "last", "outputs", "padded", "rows_of", "segments", "wide"]


@dataclass
class Segment:
    """Steps with equally many rows.

    Attributes:
        sizes: Their sizes.
        counts: How much memory they need.
        row: Their first row among all.
        states: For each state its values `((T+1)*B, padded)`.
        leases: The memory of all states but the first.
        tape: Memory between forward and backward; None once the backward has used it up.
    """

    sizes: Sizes
    counts: Counts
    row: int
    states: list[Tensor]
    leases: list[Lease]
    tape: Lease | None = None


def padded(rows: Tensor, width: int) -> Tensor:
    """Rows one after the other, padded with zeros to a width."""
    if rows.shape[1] == width:
        return rows.contiguous()
    wider = rows.new_zeros(rows.shape[0], width)
    wider[:, : rows.shape[1]] = rows
    return wider


def wide(d: Tensor | None, like: Tensor, kernel: Kernel) -> Tensor:
    """The derivative of a last state, padded, in memory the kernel may write to; zeros for none."""
    width = kernel.padded(like.shape[1])
    if d is None:
        return like.new_zeros(like.shape[0], width)
    rows = padded(d, width)
    return rows.clone() if rows.data_ptr() == d.data_ptr() else rows


def rows_of(kernel: Kernel, xs: Tensor) -> Tensor:
    """The inputs as the kernel reads them."""
    return padded(xs, kernel.padded(xs.shape[1]) if kernel.reads_input else xs.shape[1]).detach()


def _blocks(batch_sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of steps with equally many rows, each as its steps and its rows."""
    if batch_sizes and batch_sizes[0] == batch_sizes[-1]:  # they never grow
        return [(len(batch_sizes), batch_sizes[0])]
    return [(len(list(group)), B) for B, group in groupby(batch_sizes)]


def segments(
    kernel: Kernel, sizes: Sizes, batch_sizes: Sequence[int], state: Sequence[Tensor], given: Tensor, packed: Tensor
) -> Iterator[Segment]:
    """Run the forward, segment by segment."""
    row, current = 0, list(state)
    for T, B in _blocks(batch_sizes):
        own = Sizes(T, B, sizes.D, sizes.H, sizes.ldx, sizes.ldh)
        shapes = [((T + 1) * B, kernel.padded(s.shape[1])) for s in state]
        leases = [Lease(rows * width, given.dtype) for rows, width in shapes[1:]]  # only h is handed out
        states = [given.new_empty(shapes[0]), *(m.first(*shape) for m, shape in zip(leases, shapes[1:], strict=True))]
        for s, c in zip(states, current, strict=True):
            _begin(s[:B], c)
        segment = Segment(own, kernel.counts(own), row, states, leases)
        forward(kernel, segment, given, packed)
        yield segment
        current = [s[T * B :, : c.shape[1]] for s, c in zip(states, state, strict=True)]
        row += T * B


def _begin(rows: Tensor, given: Tensor) -> None:
    """Fill the first rows of a state, which may be padded."""
    if rows.shape == given.shape:
        rows.copy_(given)
    else:
        rows.zero_()
        rows[:, : given.shape[1]] = given[: len(rows)]


def forward(kernel: Kernel, segment: Segment, given: Tensor, packed: Tensor) -> None:
    """Run one segment and fill its tape; a second time gives the same."""
    segment.tape = Lease(segment.counts.tape, given.dtype)
    x = _from(given, segment.row)
    states = [s.data_ptr() for s in segment.states]
    kernel.forward(segment.sizes, x, packed.data_ptr(), states, segment.tape.address)


def outputs(segments: Sequence[Segment], xs: Tensor, H: int) -> Tensor:
    """The hidden states of all steps (N, H)."""
    if not segments:
        return xs.new_empty(0, H)
    parts = [segment.states[0][segment.sizes.B :, :H] for segment in segments]
    if len(parts) > 1 or not parts[0].is_contiguous():
        return torch.cat(parts)
    rows = parts[0]  # the same memory, but for autograd no view: people may write into it
    return xs.new_empty(0).set_(rows.untyped_storage(), rows.storage_offset(), rows.shape, rows.stride())


def last(segments: Sequence[Segment], k: int, first: Tensor) -> Tensor:
    """State k of every sequence after its own last step (B, H)."""
    if len(segments) == 1:
        rows, B = segments[0].states[k], segments[0].sizes.B
        return rows[len(rows) - B :, : first.shape[1]].clone(memory_format=torch.contiguous_format)
    parts, longer = [], 0
    for segment in reversed(segments):
        rows, B = segment.states[k], segment.sizes.B
        parts.append(rows[len(rows) - B + longer :, : first.shape[1]])
        longer = B
    parts.append(first[longer:])
    return torch.cat(parts)


def backward(
    kernel: Kernel,
    run: Sequence[Segment],
    given: Tensor,
    packed: Tensor,
    d_hs: Tensor | None,
    d_states: Sequence[Tensor],
    d_x: Tensor | None,
) -> Tensor:
    """Run the backward, segment by segment.

    Args:
        kernel: The kernel.
        run: The segments of the forward; their tapes are used up.
        given: The inputs as the forward read them.
        packed: The parameters in the kernel's order.
        d_hs: Derivatives with respect to the hidden states (N, padded); none where left out.
        d_states: Derivatives with respect to the last states, each (B, padded); those of the first are written there.
        d_x: Where the derivatives with respect to the inputs go (N, padded).

    Returns:
        The gradients in the kernel's order.
    """
    total: Tensor | None = None
    for segment in reversed(run):
        if segment.tape is None:
            forward(kernel, segment, given, packed)
        assert segment.tape is not None
        part, scratch = torch.empty_like(packed), Lease(segment.counts.scratch, packed.dtype)
        x, d_h, to = (_from(rows, segment.row) for rows in (given, d_hs, d_x))
        states, back = [s.data_ptr() for s in segment.states], [d.data_ptr() for d in d_states]
        memory = packed.data_ptr(), states, segment.tape.address, d_h, back, part.data_ptr(), to, scratch.address
        kernel.backward(segment.sizes, x, *memory)
        segment.tape = None
        total = part if total is None else total + part
    return torch.zeros_like(packed) if total is None else total


def _from(rows: Tensor | None, row: int) -> int:
    """The address of a row, or 0 for none."""
    return 0 if rows is None else rows.data_ptr() + row * rows.shape[1] * rows.element_size()
