"""Runs a program over packed sequences, in segments of one number of rows and blocks of steps that fit the cache."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gatedrnn_course.engines.shared.packing import segments
from gatedrnn_course.engines.torch_tier.forward_source import stored
from gatedrnn_course.engines.torch_tier.functions import Functions

__all__ = ["Tape", "run_backward", "run_forward"]

BLOCK = {"cpu": 2**15}
"""The backward works on so many steps at once that an array of theirs has about so many numbers: it stays in cache."""
ELSEWHERE = 2**27
"""The same on a GPU, where fewer and larger operations are faster, and memory is the limit."""


@dataclass(frozen=True)
class Tape:
    """What the forward of one segment leaves for the backward.

    Attributes:
        slots: Sums with matrices, activated, `(L*n, width)`.
        states: Each state before and after every step, `((L+1)*n, H)`.
        kept: Other values, `(L*n, H)`.
    """

    slots: Tensor
    states: tuple[Tensor, ...]
    kept: tuple[Tensor, ...]

    def flat(self) -> tuple[Tensor, ...]:
        """All tensors in one row."""
        return (self.slots, *self.states, *self.kept)

    @staticmethod
    def split(program: Functions, tensors: Sequence[Tensor]) -> list[Tape]:
        """The tapes whose `flat` were put one after the other."""
        count = len(program.plan.cell.states)
        width = 1 + count + len(stored(program.plan))
        rows = [tensors[k : k + width] for k in range(0, len(tensors), width)]
        return [Tape(row[0], tuple(row[1 : 1 + count]), tuple(row[1 + count :])) for row in rows]


def _rows(array: Tensor, begin: int, end: int) -> Tensor:
    """Rows of an array `(rows, columns)`, or of one of many models `(M, rows, columns)`."""
    return array.narrow(-2, begin, end - begin)


def _joined(parts: Sequence[Tensor]) -> Tensor:
    """Rows one after the other."""
    return parts[0] if len(parts) == 1 else torch.cat(list(parts), -2)


def run_forward(
    program: Functions, xs: Tensor, batch_sizes: Sequence[int], state: Sequence[Tensor], params: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...], list[Tape]]:
    """The forward, of one model or, with one more axis in front of everything, of many.

    Args:
        program: The program of a cell.
        xs: Inputs (N, D), packed.
        batch_sizes: The number of rows of each step, from long to short.
        state: States before the first step, each (B, H).
        params: Parameters in the order of the cell.

    Returns:
        Hidden states (N, H), states after the last step of each sequence, and a tape for each segment.
    """
    H, D = state[0].shape[-1], xs.shape[-1]
    stacks = program.prepare(params, xs, H, D)
    tapes, ended, hs, offset = [], [tuple(_rows(s, 0, 0) for s in state)], [xs.new_empty((*xs.shape[:-2], 0, H))], 0
    last = tuple(state)
    for length, n in segments(batch_sizes):
        ended.append(tuple(_rows(s, n, s.shape[-2]) for s in last))
        first = tuple(_rows(s, 0, n) for s in last)
        x = _rows(xs, offset, offset + length * n)
        tape = Tape(*program.forward(x, first, params, stacks, length, n, H, D))
        last = tuple(_rows(t, length * n, (length + 1) * n) for t in tape.states)
        hs.append(_rows(tape.states[0], n, (length + 1) * n))
        tapes.append(tape)
        offset += length * n
    ended.append(last)
    joined = tuple(torch.cat(parts[::-1], -2) for parts in zip(*ended, strict=True))
    return _joined(hs[1:] or hs), joined, tapes


def run_backward(
    program: Functions,
    xs: Tensor,
    params: Sequence[Tensor],
    batch_sizes: Sequence[int],
    tapes: Sequence[Tape],
    d: Sequence[Tensor],
    wants_x: bool,
) -> tuple[Tensor | None, tuple[Tensor, ...], list[Tensor]]:
    """The backward.

    Args:
        program: The program of a cell.
        xs: Inputs of the forward.
        params: Parameters of the forward.
        batch_sizes: The number of rows of each step.
        tapes: The tape of each segment.
        d: Derivatives with respect to the hidden states (N, H) and to the last states, each (B, H).
        wants_x: Whether the derivative with respect to the inputs is wanted.

    Returns:
        Derivatives with respect to the inputs (None if nobody asked for them), the states, and the parameters.
    """
    worker = _Blocks(program, xs, params, d[0].shape[-1], wants_x)
    arriving, offset = tuple(_rows(s, 0, 0) for s in d[1:]), xs.shape[-2]
    for (length, n), tape in reversed(list(zip(segments(batch_sizes), tapes, strict=True))):
        arriving = tuple(
            _joined([a, _rows(s, a.shape[-2], n)]) if a.shape[-2] else _rows(s, 0, n)
            for a, s in zip(arriving, d[1:], strict=True)
        )
        begin = offset - length * n
        outputs = worker.program.steps(_rows(d[0], begin, offset), length, n)
        arriving = worker.segment(tape, _rows(xs, begin, offset), outputs, arriving)
        offset = begin
    arriving = tuple(
        torch.cat((a, _rows(s, a.shape[-2], s.shape[-2])), -2) for a, s in zip(arriving, d[1:], strict=True)
    )
    return worker.d_input(), arriving, worker.d_params()


class _Blocks:
    """The backward of one call, block after block from the end; sums over steps and batch grow meanwhile."""

    def __init__(self, program: Functions, xs: Tensor, params: Sequence[Tensor], H: int, wants_x: bool) -> None:
        self.program, self.xs, self.params, self.H, self.D = program, xs, params, H, xs.shape[-1]
        self.wants_x = wants_x
        self.stacks = program.prepare(params, xs, H, self.D)
        self.work, self.work_rows = program.workspace(xs, 0, H, self.D), 0
        self.sums: list[Tensor] = []
        self.d_xs: list[Tensor] = []

    def segment(
        self, tape: Tape, xs: Tensor, outputs: Sequence[Tensor], arriving: tuple[Tensor, ...]
    ) -> tuple[Tensor, ...]:
        """The backward of one segment: derivatives with respect to the states after it, then before it."""
        most = BLOCK.get(xs.device.type, ELSEWHERE)
        n, size = outputs[0].shape[-2], max(1, most // (outputs[0].numel() or 1))
        zero = torch.zeros_like(arriving[0])
        for end in range(len(outputs), 0, -size):
            a = max(0, end - size)
            if self.work_rows != (end - a) * n:
                self.work_rows = (end - a) * n
                self.work = self.program.workspace(self.xs, self.work_rows, self.H, self.D)
            around = tuple(_rows(t, a * n, (end + 1) * n) for t in tape.states)
            x, slots, *kept = (_rows(t, a * n, end * n) for t in (xs, tape.slots, *tape.kept))
            arriving = (arriving[0] + outputs[end - 1], *arriving[1:])
            before = (zero, *outputs[a : end - 1])
            block = (x, slots, around, tuple(kept), arriving, before, self.params, self.stacks, self.work)
            arriving, d_x, new = self.program.backward(*block, end - a, n, self.H, self.D, self.wants_x)
            self.d_xs += [d_x] if d_x is not None else []
            self.sums = [s.add_(t) for s, t in zip(self.sums, new, strict=True)] if self.sums else list(new)
        return arriving

    def d_input(self) -> Tensor | None:
        """The derivative with respect to all inputs, None if nobody asked for it."""
        if not self.wants_x:
            return None
        return _joined(self.d_xs[::-1]) if self.d_xs else torch.zeros_like(self.xs)

    def d_params(self) -> list[Tensor]:
        """The derivative with respect to each parameter; of vectors without the axis that only lets them broadcast."""
        found = self.program.finish(self.sums, self.H, self.D) if self.sums else [None] * len(self.params)
        vectors = [len(self.program.plan.cell.shape(name)) == 1 for name in self.program.plan.cell.parameters]
        like = (p.squeeze(-2) if v and p.dim() > 1 else p for v, p in zip(vectors, self.params, strict=True))
        return [torch.zeros_like(p) if g is None else g for g, p in zip(found, like, strict=True)]
