"""A cell over whole sequences by its compiled kernel, as torch sees it: same arguments and results as `sequence.run`.

Sequences of unequal length come packed. A graph may be used twice: the tape is then filled again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.engines.c_tier.bind import Kernel, kernel_of, kernels_of
from gatedrnn_course.engines.c_tier.build.compiler import available
from gatedrnn_course.engines.c_tier.segments import Call
from gatedrnn_course.engines.shared.reach import in_memory
from gatedrnn_course.engines.torch_tier.sequence import differentiable_grads
from gatedrnn_course.errors import CourseError

__all__ = ["fits", "run", "run_kernel", "supports", "usable"]

_asked: dict[tuple[int, torch.dtype], tuple[Cell, bool]] = {}
_BYTES = {torch.float32: 4, torch.float64: 8}


def supports(cells: Sequence[Cell], dtype: torch.dtype) -> bool:
    """Whether kernels of these cells can be had here, for a type of numbers; they are compiled if need be."""
    if dtype not in _BYTES or not available():
        return False
    missing = {id(cell): cell for cell in cells if _asked.get((id(cell), dtype), (None,))[0] is not cell}
    if missing:
        found = _built(list(missing.values()), dtype)
        for (key, cell), had in zip(missing.items(), found, strict=True):
            _asked[key, dtype] = cell, had
    return all(_asked[id(cell), dtype][1] for cell in cells)


def _built(cells: Sequence[Cell], dtype: torch.dtype) -> list[bool]:
    """Whether the kernel of each can be had; one that cannot does not cost the others theirs."""
    try:
        kernels_of(cells, _BYTES[dtype])
    except CourseError:
        return [False] if len(cells) == 1 else [had for cell in cells for had in _built([cell], dtype)]
    return [True] * len(cells)


def fits(*tensors: Tensor) -> bool:
    """Whether a kernel could take these tensors: all can be read at their address, all are float32 or float64."""
    return tensors[0].dtype in _BYTES and in_memory(tensors, tensors[0].dtype)


def usable(cell: Cell, *tensors: Tensor) -> bool:
    """Whether the kernel takes these tensors: they fit, and it can be had here."""
    if not fits(*tensors):
        return False
    known = _asked.get((id(cell), tensors[0].dtype))
    return known[1] if known and known[0] is cell else supports([cell], tensors[0].dtype)


def run(
    cell: Cell, xs: Tensor, batch_sizes: Sequence[int], state: Sequence[Tensor], stacks: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """A cell over packed sequences, by its compiled kernel.

    Args:
        cell: The cell.
        xs: Inputs (N, D).
        batch_sizes: The number of rows of each step, from long to short.
        state: States before the first step, in the order of `cell.states`, each (B, H).
        stacks: Parameters as `stacks.stack` puts them together.

    Returns:
        Hidden states (N, H), and the states of every sequence after its own last step, each (B, H).

    Raises:
        CourseError: If no compiler works here.
    """
    return run_kernel(kernel_of(cell, _BYTES[xs.dtype]), xs, batch_sizes, state, stacks)


def run_kernel(
    kernel: Kernel, xs: Tensor, batch_sizes: Sequence[int], state: Sequence[Tensor], stacks: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """The same by a kernel at hand, compiled or interpreted."""
    if not torch.is_grad_enabled():
        alone = Call(kernel, batch_sizes, xs, state, stacks, backward=False)
        return alone.outputs(), tuple(alone.ends())
    out = _Sequence.apply(kernel, tuple(batch_sizes), xs, *state, *stacks)  # type: ignore[no-untyped-call]
    return out[0], out[1:]


class _Sequence(torch.autograd.Function):
    """The kernel; its arguments are the kernel, the batch sizes, and tensors."""

    @staticmethod
    def forward(ctx: Any, kernel: Kernel, batch_sizes: tuple[int, ...], *tensors: Tensor) -> tuple[Tensor, ...]:
        count = 1 + len(kernel.cell.states)
        call = Call(kernel, batch_sizes, tensors[0], tensors[1:count], tensors[count:])
        hs = call.outputs()
        ctx.call, ctx.batch_sizes, ctx.count = call, batch_sizes, count
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(*tensors)  # torch then notices when somebody writes into one
        return hs, *call.ends()

    @staticmethod
    def backward(ctx: Any, d_hs: Tensor | None, *d_last: Tensor | None) -> tuple[Any, ...]:
        tensors = ctx.saved_tensors
        if torch.is_grad_enabled() or not in_memory([d for d in (d_hs, *d_last) if d is not None], tensors[0].dtype):
            # somebody asks for derivatives of what we return, for many at once, or follows the operations
            cell, wanted = ctx.call.kernel.cell, ctx.needs_input_grad[2:]
            return None, None, *differentiable_grads(cell, ctx.batch_sizes, tensors, wanted, (d_hs, *d_last))
        grads = [torch.empty_like(s, memory_format=torch.contiguous_format) for s in tensors[ctx.count :]]
        wants_x = ctx.needs_input_grad[2] and bool(ctx.call.kernel.cell.inputs)
        d_x, d_state = ctx.call.backward(d_hs, d_last, grads, wants_x)
        return None, None, d_x, *d_state, *grads
