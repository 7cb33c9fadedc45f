"""A cell over whole sequences by the NumPy reference, as torch sees it: slow, and what the other tiers must equal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.gradients import sequence_backward
from gatedrnn_course.cells.params import Params
from gatedrnn_course.cells.reference import sequence
from gatedrnn_course.engines.shared.packing import segments
from gatedrnn_course.engines.shared.reach import ordinary
from gatedrnn_course.engines.shared.stacks import stack, unstack
from gatedrnn_course.engines.torch_tier.sequence import differentiable_grads

__all__ = ["run"]


def run(
    cell: Cell, xs: Tensor, batch_sizes: Sequence[int], state: Sequence[Tensor], stacks: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """A cell over packed sequences; arguments and results as those of `sequence.run`."""
    last, offset = tuple(state), 0
    hs, ended = [xs.new_empty((0, state[0].shape[1]))], [tuple(s[:0] for s in state)]
    for length, n in segments(batch_sizes) or [(0, state[0].shape[0])]:
        ended.append(tuple(s[n:] for s in last))
        x, first = xs[offset : offset + length * n], (s[:n] for s in last)
        found = _Segment.apply(cell, (length, n), len(last), x, *first, *stacks)  # type: ignore[no-untyped-call]
        hs.append(found[0])
        last, offset = found[1:], offset + length * n
    ended.append(last)
    return torch.cat(hs), tuple(torch.cat(parts[::-1]) for parts in zip(*ended, strict=True))


class _Segment(torch.autograd.Function):
    """Steps with equally many rows; its arguments are the cell, steps and rows, the number of states, and tensors."""

    @staticmethod
    def forward(ctx: Any, cell: Cell, steps: tuple[int, int], count: int, *tensors: Tensor) -> tuple[Tensor, ...]:
        ctx.cell, ctx.steps, ctx.count = cell, steps, count
        ctx.save_for_backward(*tensors)
        hs, last = sequence(cell, *_arrays(ctx, tensors))
        return tuple(_like(tensors[0], a) for a in (hs.reshape(tensors[0].shape[0], tensors[1].shape[1]), *last))

    @staticmethod
    def backward(ctx: Any, d_hs: Tensor, *d_last: Tensor) -> tuple[Any, ...]:
        tensors, cell = ctx.saved_tensors, ctx.cell
        if torch.is_grad_enabled() or not ordinary((d_hs, *d_last)):
            sizes, wanted = (ctx.steps[1],) * ctx.steps[0], ctx.needs_input_grad[3:]
            return None, None, None, *differentiable_grads(cell, sizes, tensors, wanted, (d_hs, *d_last))
        xs, state, p = _arrays(ctx, tensors)
        d_rows = _array(d_hs).reshape(*ctx.steps, d_hs.shape[1])
        d_p, d_xs, d_state = sequence_backward(cell, xs, state, p, d_rows, [_array(d) for d in d_last])
        d_x = torch.zeros_like(tensors[0]) if d_xs is None else _like(tensors[0], d_xs.reshape(tensors[0].shape))
        d_stacks = stack(cell, [_like(tensors[0], d_p[name]) for name in cell.parameters])
        return None, None, None, d_x, *(_like(tensors[0], d) for d in d_state), *d_stacks


def _arrays(ctx: Any, tensors: Sequence[Tensor]) -> tuple[Any, list[Any], Params]:
    """Inputs (T, B, D), states and parameters as the reference takes them."""
    xs, state, stacks = tensors[0], tensors[1 : 1 + ctx.count], tensors[1 + ctx.count :]
    params = unstack(ctx.cell, stacks, {"D": xs.shape[1], "H": state[0].shape[1]})
    named = Params(dict(zip(ctx.cell.parameters, map(_array, params), strict=True)))
    rows = _array(xs).reshape(*ctx.steps, xs.shape[1]) if ctx.cell.inputs else [None] * ctx.steps[0]
    return rows, [_array(s) for s in state], named


def _array(tensor: Tensor) -> Any:
    return tensor.detach().double().cpu().numpy()  # NumPy has no bfloat16


def _like(tensor: Tensor, array: Any) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array)).to(tensor)
