"""The fused sequence as an operation that `torch.compile` takes as one piece, forward and backward."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from gatedrnn_course.cells.cell import parse
from gatedrnn_course.engines.blocks import Tape, run_backward, run_forward
from gatedrnn_course.engines.program import Program, program_of

__all__ = ["opaque_run"]


def opaque_run(
    text: str, xs: Tensor, batch_sizes: Sequence[int], state: Sequence[Tensor], params: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """A cell, given by its text, over packed sequences; results as those of `sequence.run`."""
    out = _forward(text, list(batch_sizes), len(state), [xs, *state, *params])
    return out[0], tuple(out[1 : 1 + len(state)])


@lru_cache(maxsize=256)
def _program(text: str) -> Program:
    return program_of(parse(text))


@torch.library.custom_op("gatedrnn_course::forward", mutates_args=())
def _forward(text: str, batch_sizes: list[int], count: int, tensors: list[Tensor]) -> list[Tensor]:
    """Hidden states, last states, and the tapes one after the other; no two share memory."""
    hs, last, tapes = run_forward(_program(text), tensors[0], batch_sizes, tensors[1 : 1 + count], tensors[1 + count :])
    return [hs.clone(), *(s.clone() for s in last), *(a for tape in tapes for a in tape.flat())]


@_forward.register_fake
def _(text: str, batch_sizes: list[int], count: int, tensors: list[Tensor]) -> list[Tensor]:
    hs, last, tapes = run_forward(_program(text), tensors[0], batch_sizes, tensors[1 : 1 + count], tensors[1 + count :])
    return [torch.empty_like(a) for a in (hs, *last, *(a for tape in tapes for a in tape.flat()))]


@torch.library.custom_op("gatedrnn_course::backward", mutates_args=())
def _backward(text: str, batch_sizes: list[int], count: int, tensors: list[Tensor]) -> list[Tensor]:
    """Derivatives with respect to inputs, states and parameters, from these, the tapes and what arrives."""
    program = _program(text)
    own = 1 + count + len(program.plan.cell.parameters)
    tapes = Tape.split(program, tensors[own : -1 - count])
    found = run_backward(program, tensors[:own], batch_sizes, tapes, tensors[-1 - count :], True)
    return [a.clone() for a in found if a is not None]


@_backward.register_fake
def _(text: str, batch_sizes: list[int], count: int, tensors: list[Tensor]) -> list[Tensor]:
    return [torch.empty_like(a) for a in tensors[: 1 + count + len(_program(text).plan.cell.parameters)]]


def _keep(ctx: Any, inputs: tuple[Any, ...], output: list[Tensor]) -> None:
    text, batch_sizes, count, tensors = inputs
    ctx.settings = text, batch_sizes, count
    ctx.own = len(tensors)
    ctx.save_for_backward(*tensors, *output[1 + count :])
    ctx.shapes = [a.shape for a in output[: 1 + count]]


def _derive(ctx: Any, grads: list[Tensor | None]) -> tuple[Any, ...]:
    saved = ctx.saved_tensors
    like = saved[0]
    arriving = [like.new_zeros(s) if g is None else g for g, s in zip(grads, ctx.shapes, strict=False)]
    return None, None, None, _backward(*ctx.settings, [*saved, *arriving])


_forward.register_autograd(_derive, setup_context=_keep)
