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
from gatedrnn_course.engines.stacks import stack, unstack

__all__ = ["as_arguments", "differentiable", "differentiable_grads", "inside_torch_func", "run"]


def run(
    cell: Cell, xs: Tensor, batch_sizes: Sequence[int], state: Sequence[Tensor], stacks: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """A cell over packed sequences.

    Where a derivative of a derivative or `torch.func` asks for it, the same numbers come from a plain loop over the
    steps that autograd can follow. With one more axis in front of every tensor, (M, N, D) for example, it runs M
    models of the cell at once, each on its own inputs.

    Args:
        cell: The cell.
        xs: Inputs (N, D).
        batch_sizes: The number of rows of each step, from long to short.
        state: States before the first step, in the order of `cell.states`, each (B, H).
        stacks: Parameters as `stacks.stack` puts them together.

    Returns:
        Hidden states (N, H), and the states of every sequence after its own last step, each (B, H).
    """
    if inside_torch_func():
        return differentiable(cell, xs, batch_sizes, state, stacks)
    out = _Sequence.apply(cell, tuple(batch_sizes), len(state), xs, *state, *stacks)  # type: ignore[no-untyped-call]
    return out[0], out[1:]


def differentiable(
    cell: Cell, xs: Tensor, batch_sizes: Sequence[int], state: Sequence[Tensor], stacks: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """The same by the plain loop, as often differentiable as one likes; arguments and results as those of `run`."""

    def one(xs: Tensor, state: Sequence[Tensor], stacks: Sequence[Tensor]) -> tuple[Tensor, tuple[Tensor, ...]]:
        return loop(cell, xs, batch_sizes, state, unstack(cell, stacks, _sizes(xs, state)))

    return one(xs, state, stacks) if xs.dim() == 2 else torch.func.vmap(one)(xs, tuple(state), tuple(stacks))


def _sizes(xs: Tensor, state: Sequence[Tensor]) -> dict[str, int]:
    return {"D": xs.shape[-1], "H": state[0].shape[-1]}


def inside_torch_func() -> bool:
    """Whether a transformation of `torch.func` is at work."""
    active = getattr(torch._C, "_are_functorch_transforms_active", None)
    return bool(active and active())


def as_arguments(cell: Cell, xs: Tensor, state: Sequence[Tensor], stacks: Sequence[Tensor]) -> list[Tensor]:
    """The parameters as a program takes them: of many models, vectors (M, 1, H) that go with (M, n, H)."""
    params = unstack(cell, stacks, _sizes(xs, state))
    if xs.dim() == 2:
        return params
    return [p if len(cell.shape(n)) == 2 else p.unsqueeze(-2) for n, p in zip(cell.parameters, params, strict=True)]


class _Sequence(torch.autograd.Function):
    """The fused sequence; its arguments are the cell, the batch sizes, the number of states, and tensors."""

    @staticmethod
    def forward(ctx: Any, cell: Cell, batch_sizes: tuple[int, ...], count: int, *tensors: Tensor) -> tuple[Tensor, ...]:
        xs, state, stacks = tensors[0], tensors[1 : 1 + count], tensors[1 + count :]
        with torch.autocast(xs.device.type, enabled=False):
            params = as_arguments(cell, xs, state, stacks)
            hs, last, tapes = run_forward(program_of(cell, xs.dim() == 3), xs, batch_sizes, state, params)
        ctx.cell, ctx.batch_sizes, ctx.count, ctx.own = cell, batch_sizes, count, len(tensors)
        ctx.save_for_backward(*tensors, *(a for tape in tapes for a in tape.flat()))
        return (hs, *last)

    @staticmethod
    def backward(ctx: Any, *d: Tensor) -> tuple[Any, ...]:
        saved, wanted = ctx.saved_tensors, ctx.needs_input_grad[3:]
        tensors = saved[: ctx.own]
        if torch.is_grad_enabled():  # somebody asks for a derivative of what we return
            return None, None, None, *differentiable_grads(ctx.cell, ctx.batch_sizes, tensors, wanted, d)
        xs, state, stacks = tensors[0], tensors[1 : 1 + ctx.count], tensors[1 + ctx.count :]
        program = program_of(ctx.cell, xs.dim() == 3)
        with torch.autocast(xs.device.type, enabled=False):
            tapes = Tape.split(program, saved[ctx.own :])
            params = as_arguments(ctx.cell, xs, state, stacks)
            d_x, d_state, d_params = run_backward(program, xs, params, ctx.batch_sizes, tapes, d, wanted[0])
        return None, None, None, d_x, *d_state, *stack(ctx.cell, d_params)


def differentiable_grads(
    cell: Cell,
    batch_sizes: Sequence[int],
    tensors: Sequence[Tensor],
    wanted: Sequence[bool],
    d: Sequence[Tensor | None],
) -> list[Tensor | None]:
    """The derivatives of a sequence by autograd through the plain loop, so that they can be differentiated again.

    Args:
        cell: The cell.
        batch_sizes: The number of rows of each step.
        tensors: Inputs, states and stacks.
        wanted: Which of them a derivative is wanted for.
        d: Derivatives with respect to the hidden states and to the last states; None for zeros.

    Returns:
        For each of `tensors` its derivative, None where nobody wants it.
    """
    count = len(d)
    hs, last = differentiable(cell, tensors[0], batch_sizes, tensors[1:count], tensors[count:])
    inputs = [t for t, w in zip(tensors, wanted, strict=True) if w]
    results, given = zip(*((out, own) for out, own in zip((hs, *last), d, strict=True) if own is not None), strict=True)
    found = iter(torch.autograd.grad(results, inputs, given, create_graph=True, materialize_grads=True))
    return [next(found) if w else None for w in wanted]
