"""The fused sequence as an operation that `torch.compile` takes as one piece, forward and backward."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from gatedrnn_course.cells.cell import Cell, parse
from gatedrnn_course.engines.blocks import Tape, run_backward, run_forward
from gatedrnn_course.engines.program import program_of
from gatedrnn_course.engines.sequence import as_arguments
from gatedrnn_course.engines.stacks import stack, stacks_of

__all__ = ["opaque_run"]


def opaque_run(
    text: str, xs: Tensor, batch_sizes: Sequence[int], state: Sequence[Tensor], stacks: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """A cell, given by its text, over packed sequences; results as those of `sequence.run`."""
    out = _forward(text, list(batch_sizes), len(state), [xs, *state, *stacks])
    return out[0], tuple(out[1 : 1 + len(state)])


@lru_cache(maxsize=256)
def _cell(text: str) -> Cell:
    return parse(text)


def _run(
    text: str, batch_sizes: list[int], count: int, tensors: list[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...], list[Tape]]:
    cell, (xs, *rest) = _cell(text), tensors
    params = as_arguments(cell, xs, rest[:count], rest[count:])
    return run_forward(program_of(cell), xs, batch_sizes, rest[:count], params)


@torch.library.custom_op("gatedrnn_course::forward", mutates_args=())
def _forward(text: str, batch_sizes: list[int], count: int, tensors: list[Tensor]) -> list[Tensor]:
    """Hidden states, last states, and the tapes one after the other; no two share memory."""
    hs, last, tapes = _run(text, batch_sizes, count, tensors)
    return [hs.clone(), *(s.clone() for s in last), *(a for tape in tapes for a in tape.flat())]


@_forward.register_fake
def _(text: str, batch_sizes: list[int], count: int, tensors: list[Tensor]) -> list[Tensor]:
    hs, last, tapes = _run(text, batch_sizes, count, tensors)
    return [torch.empty_like(a) for a in (hs, *last, *(a for tape in tapes for a in tape.flat()))]


@torch.library.custom_op("gatedrnn_course::backward", mutates_args=())
def _backward(text: str, batch_sizes: list[int], count: int, tensors: list[Tensor]) -> list[Tensor]:
    """Derivatives with respect to inputs, states and stacks, from these, the tapes and what arrives."""
    cell = _cell(text)
    program, own = program_of(cell), 1 + count + len(stacks_of(cell))
    xs, state, stacks = tensors[0], tensors[1 : 1 + count], tensors[1 + count : own]
    tapes = Tape.split(program, tensors[own : -1 - count])
    params, d = as_arguments(cell, xs, state, stacks), tensors[-1 - count :]
    d_x, d_state, d_params = run_backward(program, xs, params, batch_sizes, tapes, d, True)
    return [a.clone() for a in (d_x, *d_state, *stack(cell, d_params)) if a is not None]


@_backward.register_fake
def _(text: str, batch_sizes: list[int], count: int, tensors: list[Tensor]) -> list[Tensor]:
    return [torch.empty_like(a) for a in tensors[: 1 + count + len(stacks_of(_cell(text)))]]


def _keep(ctx: Any, inputs: tuple[Any, ...], output: list[Tensor]) -> None:
    text, batch_sizes, count, tensors = inputs
    ctx.settings = text, batch_sizes, count
    ctx.save_for_backward(*tensors, *output[1 + count :])
    ctx.shapes = [a.shape for a in output[: 1 + count]]


def _derive(ctx: Any, grads: list[Tensor | None]) -> tuple[Any, ...]:
    saved = ctx.saved_tensors
    like = saved[0]
    arriving = [like.new_zeros(s) if g is None else g for g, s in zip(grads, ctx.shapes, strict=False)]
    return None, None, None, _backward(*ctx.settings, [*saved, *arriving])


_forward.register_autograd(_derive, setup_context=_keep)
