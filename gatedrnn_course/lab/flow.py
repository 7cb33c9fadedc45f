"""How a state depends on the state before it, step by step, measured on any step function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

__all__ = ["gains", "step_jacobians"]

NUDGE = 1e-4
"""Small enough that the error of a central difference is near 1e-9, large enough for a step in float32; beside the
largest number of a state where that is above 1."""


def step_jacobians(step: Callable[..., Any], states: Sequence[Any], p: Any, xs: Any = None) -> Any:
    """The Jacobian of every step along a sequence: each number of the state is moved a little, up and down.

    Args:
        step: A step of a cell, `(x, *states, p)`, that gives its states as an array or a tuple; or a layer without
            input, `(h, p)`.
        states: The states before the first step, each (B, H).
        p: The parameters; without inputs, those of each layer in turn.
        xs: The inputs (T, B, D); left out for layers.

    Returns:
        The matrices (T, B, N, N), N being the numbers of all states side by side, h before c: entry [i, j] is the
        slope of number i after the step by number j before it.
    """
    calls = [((), one) for one in p] if xs is None else [((np.asarray(x),), p) for x in xs]
    widths = np.cumsum([np.shape(state)[-1] for state in states])[:-1]
    now = np.concatenate([np.asarray(state, dtype=float) for state in states], axis=-1)
    B, N = now.shape
    moves = NUDGE * np.concatenate([np.eye(N), -np.eye(N)])
    rows = []
    for x, one in calls:
        size = np.maximum(1.0, np.abs(now).max(axis=-1))[:, None, None]
        near = (now[:, None] + size * moves).reshape(-1, N)
        many = [np.repeat(part, 2 * N, axis=0) for part in x]
        up, down = np.split(_after(step, many, near, widths, one).reshape(B, 2 * N, N), 2, axis=1)
        rows.append(((up - down) / (2 * NUDGE * size)).swapaxes(-1, -2))
        now = _after(step, x, now, widths, one)
    return np.stack(rows)


def _after(step: Callable[..., Any], x: Sequence[Any], now: Any, widths: Any, p: Any) -> Any:
    """The states after a step, side by side."""
    value = step(*x, *np.split(now, widths, axis=-1), p)
    parts = value if isinstance(value, (tuple, list)) else (value,)
    return np.concatenate([np.asarray(part, dtype=float) for part in parts], axis=-1)


def gains(js: Any, first: int = 0) -> Any:
    """How much of a gradient arrives, over the lag: the largest singular value of the product of the last steps.

    Args:
        js: The Jacobians (T, N, N) of one sequence.
        first: Where the block begins that is looked at, in rows and columns; all of the matrix where left out.

    Returns:
        The numbers (T,): entry k belongs to lag k, so the first one is 1.
    """
    after = [np.eye(js.shape[-1])]
    for j in js[:0:-1]:
        after.append(after[-1] @ j)
    return np.linalg.norm(np.stack(after)[:, first:, first:], 2, axis=(-2, -1))
