"""A sequence as one operator of torch: what `torch.compile`, export, fake tensors and `make_fx` see in place of steps.

It takes sequences of any length, as its sizes are those of tensors, and runs in the module's tier. Nothing but its
arguments is kept for the backward, which runs the forward again first.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from gatedrnn_course.cells.cell import Cell, parse
from gatedrnn_course.engines.tiers import Tier, check_tier, run
from gatedrnn_course.engines.torch_tier.sequence import differentiable_grads

__all__ = ["opaque_run"]


def opaque_run(
    tier: Tier, text: str, xs: Tensor, batch_sizes: Tensor, state: Sequence[Tensor], stacks: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """A cell, given by its text, over packed sequences; otherwise arguments and results as those of `tiers.run`.

    Args:
        tier: What computes; the NumPy reference gives way to torch.
        text: The cell.
        xs: Inputs (N, D).
        batch_sizes: The number of rows of each step, whole numbers on the CPU.
        state: States before the first step, each (B, H).
        stacks: Parameters.
    """
    tier = "torch" if tier == "numpy" else tier
    hs, *last = _forward(tier, text, batch_sizes, len(state), [xs, *state, *stacks])
    return hs, tuple(last)


@lru_cache(maxsize=256)
def _cell(text: str) -> Cell:
    return parse(text)


def _run(
    tier: str, text: str, batch_sizes: Tensor, count: int, tensors: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    xs, state, stacks = tensors[0], tensors[1 : 1 + count], tensors[1 + count :]
    return run(check_tier(tier), _cell(text), xs, tuple(batch_sizes.tolist()), state, stacks)


@torch.library.custom_op("gatedrnn_course::sequence", mutates_args=())
def _forward(tier: str, text: str, batch_sizes: Tensor, count: int, tensors: list[Tensor]) -> list[Tensor]:
    """Hidden states and last states."""
    hs, last = _run(tier, text, batch_sizes, count, tensors)
    return [hs.clone() if hs.storage_offset() else hs, *last]  # compilers expect results at aligned addresses


@_forward.register_fake
def _(tier: str, text: str, batch_sizes: Tensor, count: int, tensors: list[Tensor]) -> list[Tensor]:
    xs, *state = tensors[: 1 + count]
    return [xs.new_empty((xs.shape[0], state[0].shape[1])), *(xs.new_empty(s.shape) for s in state)]


@torch.library.custom_op("gatedrnn_course::sequence_backward", mutates_args=())
def _backward(
    tier: str, text: str, batch_sizes: Tensor, count: int, tensors: list[Tensor], arriving: list[Tensor]
) -> list[Tensor]:
    """Derivatives with respect to inputs, states and stacks."""
    with torch.enable_grad():
        own = [t.detach().requires_grad_() for t in tensors]
        hs, last = _run(tier, text, batch_sizes, count, own)
    found = torch.autograd.grad([hs, *last], own, arriving, allow_unused=True, materialize_grads=True)
    return [d.clone(memory_format=torch.contiguous_format) for d in found]


@_backward.register_fake
def _(
    tier: str, text: str, batch_sizes: Tensor, count: int, tensors: list[Tensor], arriving: list[Tensor]
) -> list[Tensor]:
    return [t.new_empty(t.shape) for t in tensors]


def _keep(ctx: Any, inputs: tuple[Any, ...], output: list[Tensor]) -> None:
    tier, text, batch_sizes, count, tensors = inputs
    ctx.settings = tier, text, count
    ctx.shapes = [a.shape for a in output]
    ctx.save_for_backward(batch_sizes, *tensors)


def _derive(ctx: Any, grads: list[Tensor | None]) -> tuple[Any, ...]:
    batch_sizes, *tensors = ctx.saved_tensors
    tier, text, count = ctx.settings
    if torch.is_grad_enabled():  # somebody asks for a derivative of what we return
        wanted = [t.requires_grad for t in tensors]
        found = differentiable_grads(_cell(text), tuple(batch_sizes.tolist()), tensors, wanted, grads)
        return None, None, None, None, found
    arriving = [tensors[0].new_zeros(s) if g is None else g for g, s in zip(grads, ctx.shapes, strict=True)]
    return None, None, None, None, _backward(tier, text, batch_sizes, count, tensors, arriving)


_forward.register_autograd(_derive, setup_context=_keep)
