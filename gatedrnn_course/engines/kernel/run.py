"""A cell over whole sequences by its compiled kernel, as torch sees it: same arguments and results as `sequence.run`.

Sequences of unequal length come packed. A graph may be used twice: the tape is then filled again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch._utils import _unflatten_dense_tensors

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.engines.kernel.bind import Kernel, Sizes, kernel_of, kernels_of
from gatedrnn_course.engines.kernel.compiler import available
from gatedrnn_course.engines.kernel.segments import backward, last, outputs, padded, rows_of, segments, wide
from gatedrnn_course.engines.sequence import run as run_torch
from gatedrnn_course.errors import CourseError

__all__ = ["run", "supports", "usable"]

_asked: dict[tuple[int, torch.dtype], tuple[Cell, bool]] = {}
_BYTES = {torch.float32: 4, torch.float64: 8}


def supports(cells: Sequence[Cell], dtype: torch.dtype) -> bool:
    """Whether kernels of these cells can be had here, for a type of numbers; they are compiled if need be."""
    if dtype not in _BYTES or not available():
        return False
    missing = {id(cell): cell for cell in cells if _asked.get((id(cell), dtype), (None,))[0] is not cell}
    if missing:
        try:
            kernels_of(list(missing.values()), _BYTES[dtype])
            found = True
        except CourseError:
            found = False
        _asked.update({(key, dtype): (cell, found) for key, cell in missing.items()})
    return all(_asked[id(cell), dtype][1] for cell in cells)


def usable(cell: Cell, xs: Tensor, *others: Tensor) -> bool:
    """Whether the kernel can take these tensors: it can be had here, all are on the CPU, all float32 or float64."""
    active = getattr(torch._C, "_are_functorch_transforms_active", None)
    if (active and active()) or torch.compiler.is_compiling():
        return False
    alike = all(t.device.type == "cpu" and t.dtype == xs.dtype for t in (xs, *others))
    return alike and supports([cell], xs.dtype)


def run(
    cell: Cell, xs: Tensor, batch_sizes: Sequence[int], state: Sequence[Tensor], params: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """A cell over packed sequences, by its compiled kernel.

    Args:
        cell: The cell.
        xs: Inputs (N, D).
        batch_sizes: The number of rows of each step, from long to short.
        state: States before the first step, in the order of `cell.states`, each (B, H).
        params: Parameters in the order of `cell.parameters`.

    Returns:
        Hidden states (N, H), and the states of every sequence after its own last step, each (B, H).

    Raises:
        CourseError: If no compiler works here.
    """
    kernel = kernel_of(cell, _BYTES[xs.dtype])
    out = _Sequence.apply(kernel, tuple(batch_sizes), xs, *state, *params)  # type: ignore[no-untyped-call]
    return out[0], out[1:]


class _Sequence(torch.autograd.Function):
    """The kernel; its arguments are the kernel, the batch sizes, and tensors."""

    @staticmethod
    def forward(ctx: Any, kernel: Kernel, batch_sizes: tuple[int, ...], *tensors: Tensor) -> tuple[Tensor, ...]:
        count = len(kernel.cell.states)
        xs, state, params = tensors[0], tensors[1 : 1 + count], tensors[1 + count :]
        given, H = rows_of(kernel, xs), state[0].shape[1]
        ctx.sizes = Sizes(0, 0, xs.shape[1], H, given.shape[1], kernel.padded(H))
        ctx.packed = xs.new_empty(kernel.counts(ctx.sizes).parameters)
        held = [p if p.is_contiguous() else p.contiguous() for p in params]
        kernel.pack(ctx.sizes, [p.data_ptr() for p in held], ctx.packed.data_ptr())
        ctx.segments = list(segments(kernel, ctx.sizes, batch_sizes, state, given, ctx.packed))
        hs = outputs(ctx.segments, xs, H)
        ctx.kernel, ctx.given, ctx.tensors = kernel, given, tensors
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(hs)  # torch then notices when somebody writes into it
        return hs, *(last(ctx.segments, k, s) for k, s in enumerate(state))

    @staticmethod
    def backward(ctx: Any, d_hs: Tensor | None, *d_last: Tensor | None) -> tuple[Any, ...]:
        kernel: Kernel = ctx.kernel
        (hs,), tensors = ctx.saved_tensors, ctx.tensors
        count = 1 + len(d_last)
        if torch.is_grad_enabled():  # somebody asks for a derivative of what we return
            return None, None, *_by_torch(ctx, tensors, (d_hs, *d_last))
        state, params, D = tensors[1:count], tensors[count:], tensors[0].shape[1]
        d_states = [wide(d, s, kernel) for d, s in zip(d_last, state, strict=True)]
        d_x = None
        if ctx.needs_input_grad[2] and kernel.cell.inputs:
            d_x = hs.new_empty(len(hs), kernel.padded(D))
        d_rows = None if d_hs is None else padded(d_hs, ctx.sizes.ldh)
        total = backward(kernel, ctx.segments, ctx.given, ctx.packed, d_rows, d_states, d_x)
        flat = hs.new_empty(sum(p.numel() for p in params))
        grads = _unflatten_dense_tensors(flat, params)  # type: ignore[no-untyped-call]
        kernel.unpack(ctx.sizes, total.data_ptr(), [g.data_ptr() for g in grads])
        back = [
            d[:, : s.shape[1]] if w else None
            for d, s, w in zip(d_states, state, ctx.needs_input_grad[3:], strict=False)
        ]
        return None, None, None if d_x is None else d_x[:, :D], *back, *grads


def _by_torch(ctx: Any, tensors: Sequence[Tensor], d: Sequence[Tensor | None]) -> list[Tensor | None]:
    """The same derivatives through the torch tier, so that they can be differentiated again."""
    count = len(ctx.kernel.cell.states)
    wanted = ctx.needs_input_grad[2:]
    batch_sizes = [s.sizes.B for s in ctx.segments for _ in range(s.sizes.T)]
    hs, ends = run_torch(ctx.kernel.cell, tensors[0], batch_sizes, tensors[1 : 1 + count], tensors[1 + count :])
    inputs = [t for t, w in zip(tensors, wanted, strict=True) if w]
    pairs = [(out, own) for out, own in zip((hs, *ends), d, strict=True) if own is not None]
    results, given = zip(*pairs, strict=True)
    found = iter(torch.autograd.grad(results, inputs, given, create_graph=True, materialize_grads=True))
    return [next(found) if w else None for w in wanted]
