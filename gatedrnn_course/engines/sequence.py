"""A cell over whole sequences in torch, by the derived backward equations in place of autograd's record of every step.

Sequences are packed: rows of step 0, rows of step 1, ..., `(N, D)` together. Step t has `batch_sizes[t]` rows, which
never grow from step to step: longer sequences come first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.engines.blocks import Tape, run_backward, run_forward
from gatedrnn_course.engines.loop import loop
from gatedrnn_course.engines.program import program_of

__all__ = ["run"]


def run(
    cell: Cell, xs: Tensor, batch_sizes: Sequence[int], state: Sequence[Tensor], params: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """A cell over packed sequences.

    Where a derivative of a derivative or `torch.func` asks for it, the same numbers come from a plain loop over the
    steps that autograd can follow.

    Args:
        cell: The cell.
        xs: Inputs (N, D).
        batch_sizes: The number of rows of each step, from long to short.
        state: States before the first step, in the order of `cell.states`, each (B, H).
        params: Parameters in the order of `cell.parameters`.

    Returns:
        Hidden states (N, H), and the states of every sequence after its own last step, each (B, H).
    """
    if _inside_torch_func():
        return loop(cell, xs, batch_sizes, state, params)
    out = _Sequence.apply(cell, tuple(batch_sizes), len(state), xs, *state, *params)  # type: ignore[no-untyped-call]
    return out[0], out[1:]


def _inside_torch_func() -> bool:
    active = getattr(torch._C, "_are_functorch_transforms_active", None)
    return bool(active and active())


class _Sequence(torch.autograd.Function):
    """The fused sequence; its arguments are the cell, the batch sizes, the number of states, and tensors."""

    @staticmethod
    def forward(ctx: Any, cell: Cell, batch_sizes: tuple[int, ...], count: int, *tensors: Tensor) -> tuple[Tensor, ...]:
        state, params = tensors[1 : 1 + count], tensors[1 + count :]
        with torch.autocast(tensors[0].device.type, enabled=False):
            hs, last, tapes = run_forward(program_of(cell), tensors[0], batch_sizes, state, params)
        ctx.cell, ctx.batch_sizes, ctx.count, ctx.own = cell, batch_sizes, count, len(tensors)
        ctx.save_for_backward(*tensors, *(a for tape in tapes for a in tape.flat()))
        return (hs, *last)

    @staticmethod
    def backward(ctx: Any, *d: Tensor) -> tuple[Any, ...]:
        saved, wanted = ctx.saved_tensors, ctx.needs_input_grad[3:]
        tensors = saved[: ctx.own]
        if torch.is_grad_enabled():  # somebody asks for a derivative of what we return
            return None, None, None, *_by_autograd(ctx, tensors, wanted, d)
        program = program_of(ctx.cell)
        with torch.autocast(d[0].device.type, enabled=False):
            tapes = Tape.split(program, saved[ctx.own :])
            return None, None, None, *run_backward(program, tensors, ctx.batch_sizes, tapes, d, wanted[0])


def _by_autograd(
    ctx: Any, tensors: Sequence[Tensor], wanted: Sequence[bool], d: Sequence[Tensor]
) -> list[Tensor | None]:
    """The same derivatives by autograd through the plain loop, so that they can be differentiated again."""
    state, params = tensors[1 : 1 + ctx.count], tensors[1 + ctx.count :]
    hs, last = loop(ctx.cell, tensors[0], ctx.batch_sizes, state, params)
    inputs = [t for t, w in zip(tensors, wanted, strict=True) if w]
    found = iter(torch.autograd.grad((hs, *last), inputs, d, create_graph=True, materialize_grads=True))
    return [next(found) if w else None for w in wanted]
