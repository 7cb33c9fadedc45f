"""A cell over whole sequences in torch, by the derived backward equations in place of autograd's record of every step.

Sequences are packed: rows of step 0, rows of step 1, ..., `(N, D)` together. Step t has `batch_sizes[t]` rows, which
never grow from step to step: longer sequences come first.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.engines.shared.reach import by_operation, ordinary
from gatedrnn_course.engines.shared.stacks import stack, unstack
from gatedrnn_course.engines.torch_tier.blocks import Tape, run_backward, run_forward
from gatedrnn_course.engines.torch_tier.functions import functions_of
from gatedrnn_course.engines.torch_tier.loop import loop

__all__ = ["as_arguments", "differentiable", "differentiable_grads", "run"]


def run(
    cell: Cell, xs: Tensor, batch_sizes: Sequence[int], state: Sequence[Tensor], stacks: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """A cell over packed sequences.

    Where torch has to see every operation (derivatives of derivatives, `torch.func`, tracing, subclasses), the same
    numbers come from a plain loop over the steps. With one more axis in front of every tensor, (M, N, D) for example,
    it runs M models of the cell at once, each on its own inputs.

    Args:
        cell: The cell.
        xs: Inputs (N, D).
        batch_sizes: The number of rows of each step, from long to short.
        state: States before the first step, in the order of `cell.states`, each (B, H).
        stacks: Parameters as `stacks.stack` puts them together.

    Returns:
        Hidden states (N, H), and the states of every sequence after its own last step, each (B, H).
    """
    if by_operation((xs, *state, *stacks)):
        return differentiable(cell, xs, batch_sizes, state, stacks)
    out = _Sequence.apply(cell, tuple(batch_sizes), len(state), xs, *state, *stacks)  # type: ignore[no-untyped-call]
    return out[0], out[1:]


def differentiable(
    cell: Cell, xs: Tensor, batch_sizes: Sequence[int], state: Sequence[Tensor], stacks: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """The same by the plain loop, as often differentiable as one likes; arguments and results as those of `run`."""

    def one(xs: Tensor, state: Sequence[Tensor], stacks: Sequence[Tensor]) -> tuple[Tensor, tuple[Tensor, ...]]:
        return loop(cell, xs, batch_sizes, state, unstack(cell, stacks, _sizes(xs, state)))

    with _without_autocast(xs.device.type):
        return one(xs, state, stacks) if xs.dim() == 2 else torch.func.vmap(one)(xs, tuple(state), tuple(stacks))


def _without_autocast(device: str) -> AbstractContextManager[Any]:
    """A context in which every operation takes the types it is given; the meta device knows no other."""
    return torch.autocast(device, enabled=False) if torch.amp.is_autocast_available(device) else nullcontext()


def _sizes(xs: Tensor, state: Sequence[Tensor]) -> dict[str, int]:
    return {"D": xs.shape[-1], "H": state[0].shape[-1]}


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
        ctx.cell, ctx.batch_sizes, ctx.count, ctx.own = cell, batch_sizes, count, len(tensors)
        hs, last, tapes = _forward(ctx, tensors)
        hs = hs.data  # where it lies in the tape, it is no view of it for autograd: people may write into it
        ctx.handed_out, ctx.version = hs.detach(), 0 if hs.is_inference() else hs._version
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(*tensors, *(a for tape in tapes for a in tape.flat()))
        return (hs, *last)

    @staticmethod
    def backward(ctx: Any, *given: Tensor | None) -> tuple[Any, ...]:
        saved, wanted = ctx.saved_tensors, ctx.needs_input_grad[3:]
        tensors = saved[: ctx.own]
        if torch.is_grad_enabled() or not ordinary(d for d in given if d is not None):
            # derivatives of what we return are wanted, or many at once
            return None, None, None, *differentiable_grads(ctx.cell, ctx.batch_sizes, tensors, wanted, given)
        xs, state, stacks = tensors[0], tensors[1 : 1 + ctx.count], tensors[1 + ctx.count :]
        program = functions_of(ctx.cell, xs.dim() == 3)
        written = ctx.handed_out._version != ctx.version
        tapes = _forward(ctx, tensors)[2] if written else Tape.split(program, saved[ctx.own :])
        like = (ctx.handed_out, *state)
        d = [torch.zeros_like(t) if d is None else d for t, d in zip(like, given, strict=True)]
        with _without_autocast(xs.device.type):
            params = as_arguments(ctx.cell, xs, state, stacks)
            d_x, d_state, d_params = run_backward(program, xs, params, ctx.batch_sizes, tapes, d, wanted[0])
        return None, None, None, d_x, *d_state, *stack(ctx.cell, d_params)


def _forward(ctx: Any, tensors: Sequence[Tensor]) -> tuple[Tensor, tuple[Tensor, ...], list[Tape]]:
    """Hidden states, last states and tapes."""
    xs, state, stacks = tensors[0], tensors[1 : 1 + ctx.count], tensors[1 + ctx.count :]
    with _without_autocast(xs.device.type):
        params = as_arguments(ctx.cell, xs, state, stacks)
        return run_forward(functions_of(ctx.cell, xs.dim() == 3), xs, ctx.batch_sizes, state, params)


def differentiable_grads(
    cell: Cell,
    batch_sizes: Sequence[int],
    tensors: Sequence[Tensor],
    wanted: Sequence[bool],
    d: Sequence[Tensor | None],
) -> list[Tensor | None]:
    """The derivatives of a sequence by autograd through the plain loop, again differentiable where grad is enabled.

    Args:
        cell: The cell.
        batch_sizes: The number of rows of each step.
        tensors: Inputs, states and stacks.
        wanted: Which of them a derivative is wanted for.
        d: Derivatives with respect to the hidden states and to the last states; None for zeros.

    Returns:
        For each of `tensors` its derivative, None where nobody wants it.
    """
    count, again = len(d), torch.is_grad_enabled()
    with torch.enable_grad():
        hs, last = differentiable(cell, tensors[0], batch_sizes, tensors[1:count], tensors[count:])
    inputs = [t for t, w in zip(tensors, wanted, strict=True) if w]
    results, given = zip(*((out, own) for out, own in zip((hs, *last), d, strict=True) if own is not None), strict=True)
    found = iter(torch.autograd.grad(results, inputs, given, create_graph=again, materialize_grads=True))
    return [next(found) if w else None for w in wanted]
