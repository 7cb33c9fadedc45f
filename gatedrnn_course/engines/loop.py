"""A cell over sequences as a plain loop that autograd, `torch.func` and `torch.compile` can follow."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import torch
from torch import Tensor

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import ACTIVATIONS
from gatedrnn_course.cells.numeric import NUMPY_FUNCTIONS, to_python

__all__ = ["loop", "step_of"]


def loop(
    cell: Cell, xs: Tensor, batch_sizes: Sequence[int], state: Sequence[Tensor], params: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """A cell over packed sequences; arguments and results as those of `sequence.run`."""
    step, now = step_of(cell), tuple(state)
    hs: list[Tensor] = [xs.new_empty((0, state[0].shape[1]))]
    ended = [tuple(s[:0] for s in state)]
    for x in torch.split(xs, list(batch_sizes)) if len(batch_sizes) else ():
        n = x.shape[0]
        if n < now[0].shape[0]:
            ended.append(tuple(s[n:] for s in now))
            now = tuple(s[:n] for s in now)
        now = tuple(new.expand_as(old) for new, old in zip(step(x, *now, *params), now, strict=True))
        hs.append(now[0])
    ended.append(now)
    return torch.cat(hs), tuple(torch.cat(parts[::-1]) for parts in zip(*ended, strict=True))


def _function(name: str, a: Any) -> Any:
    """An activation of a tensor, or of a number that stands in a cell's text."""
    return getattr(torch, name)(a) if isinstance(a, Tensor) else NUMPY_FUNCTIONS[name](a)


@lru_cache(maxsize=1024)
def step_of(cell: Cell) -> Callable[..., tuple[Tensor, ...]]:
    """One step as a function `step(x, *states, *params)` on tensors, line by line as the cell's text."""
    states = tuple(f"{name}_prev" for name in cell.states)
    inputs = ("x", *states, *(f"p_{name}" for name in cell.parameters))
    text = to_python(cell.lines, inputs, cell.states, "step").replace(", p):", "):")
    text = re.sub(r"\bp\.", "p_", text)
    namespace: dict[str, Any] = {name: partial(_function, name) for name in ACTIVATIONS}
    exec(compile(text, f"<step of {cell.name}>", "exec"), namespace)
    return namespace["step"]  # type: ignore[no-any-return]
