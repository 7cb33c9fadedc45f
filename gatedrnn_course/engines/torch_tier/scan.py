"""A cell that is linear in its state over whole sequences: `s[t] = a[t] * s[t-1] + b[t]` for all t at once.

Two steps are one step: `a[t] * (a[t-1] * s + b[t-1]) + b[t]` has the factor `a[t] * a[t-1]`. So spans of one step, then
of two, of four and so on are put together, and log2(T) rounds of large operations take the place of T small ones. That
pays on a GPU. On a processor's core the compiled loop over the steps is faster.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.numeric import python_of
from gatedrnn_course.engines.program.normal import numbered
from gatedrnn_course.engines.program.recurrence import linear_recurrence
from gatedrnn_course.engines.shared.stacks import unstack
from gatedrnn_course.engines.torch_tier.loop import function_of, step_of

__all__ = ["can_scan", "run", "scan"]


def can_scan(cell: Cell, batch_sizes: Sequence[int]) -> bool:
    """Whether a cell over such sequences can be computed so: linear in its state, and all of one length."""
    return len(batch_sizes) > 1 and batch_sizes[0] == batch_sizes[-1] and linear_recurrence(numbered(cell)) is not None


def run(
    cell: Cell, xs: Tensor, batch_sizes: Sequence[int], state: Sequence[Tensor], stacks: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """A cell for which `can_scan` holds; arguments and results as those of `sequence.run`.

    The scan gives the states before every step; what the cell makes of them is then one step with T*B rows.
    """
    T, B = len(batch_sizes), batch_sizes[0]
    params = unstack(cell, stacks, {"D": xs.shape[1], "H": state[0].shape[1]})
    before = list(state)
    for k, (factor, rest) in _coefficients(cell)(xs, *params).items():
        a, b = (_rows(value, xs, state[k]).view(T, B, -1) for value in (factor, rest))
        before[k] = torch.cat([state[k].unsqueeze(0), scan(a, b, state[k])[:-1]]).flatten(0, 1)
    before = [_rows(s, xs, state[k]) if s is state[k] else s for k, s in enumerate(before)]
    after = [_rows(s, xs, state[k]) for k, s in enumerate(step_of(cell)(xs, *before, *params))]
    return after[0], tuple(s[-B:] for s in after)


def _rows(value: Any, xs: Tensor, like: Tensor) -> Tensor:
    """A value that may be a number, one row, or a row for each of some sequences, as a row for each row of xs."""
    rows: Tensor = value if isinstance(value, Tensor) else xs.new_tensor(value)
    if rows.dim() == 2 and len(rows) != len(xs):
        rows = rows.repeat(len(xs) // len(rows), 1)
    return rows.expand(len(xs), like.shape[1])


@lru_cache(maxsize=256)
def _coefficients(cell: Cell) -> Callable[..., dict[int, tuple[Any, Any]]]:
    """Factor and rest of each state that is carried on, by its place among the states, from inputs and parameters."""
    plain = numbered(cell)
    found = linear_recurrence(plain)
    assert found is not None
    pairs = (
        f"{k}: ({python_of(found.factors[s], 'p_')}, {python_of(found.rests[s], 'p_')})"
        for k, s in enumerate(plain.states)
        if s in found.factors
    )
    inputs = ("x", *(f"p_{name}" for name in plain.parameters))
    return function_of(inputs, found.lines, f"{{{', '.join(pairs)}}}")


def scan(a: Tensor, b: Tensor, first: Tensor) -> Tensor:
    """`s[t] = a[t] * s[t-1] + b[t]` for all t, as often differentiable as one likes.

    Args:
        a: Factors (T, B, H).
        b: Rests (T, B, H).
        first: The state before the first step (B, H).

    Returns:
        The states after every step (T, B, H).
    """
    states: Tensor = _Scan.apply(a, b, first)  # type: ignore[no-untyped-call]
    return states


class _Scan(torch.autograd.Function):
    """Its backward is a scan from the end: `d_b[t] = d_s[t] + a[t+1] * d_b[t+1]`."""

    @staticmethod
    def forward(ctx: Any, a: Tensor, b: Tensor, first: Tensor) -> Tensor:
        spans, states = a, torch.cat([(a[:1] * first + b[:1]), b[1:]])
        width = 1
        while width < len(a):
            states = torch.cat([states[:width], states[width:] + spans[width:] * states[:-width]])
            spans = torch.cat([spans[:width], spans[width:] * spans[:-width]])
            width *= 2
        ctx.save_for_backward(a, first, states)
        return states

    @staticmethod
    def backward(ctx: Any, d_states: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        a, first, states = ctx.saved_tensors
        later = torch.cat([torch.zeros_like(a[:1]), a[1:].flip(0)])
        d_b = scan(later, d_states.flip(0), torch.zeros_like(first)).flip(0)
        before = torch.cat([first.unsqueeze(0), states[:-1]])
        return d_b * before, d_b, d_b[0] * a[0]
