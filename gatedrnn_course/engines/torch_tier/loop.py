"""A cell over sequences as a plain loop that autograd, `torch.func` and `torch.compile` can follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from gatedrnn_course.cells.activations import FUNCTIONS
from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.language import Line
from gatedrnn_course.cells.numeric import python_of
from gatedrnn_course.cells.slices import whole_step
from gatedrnn_course.engines.program.normal import normal, numbered

__all__ = ["function_of", "loop", "step_of"]


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


_FUNCTIONS: dict[str, Any] = {
    name: eval(f"lambda a: {record.torch.format(a='a', out='')}", {"torch": torch})
    for name, record in FUNCTIONS.items()
}


@lru_cache(maxsize=1024)
def step_of(cell: Cell) -> Callable[..., tuple[Tensor, ...]]:
    """One step as a function `step(x, *states, *params)` on tensors, line by line as the cell in normal form."""
    whole = whole_step(normal(numbered(cell)))
    inputs = ("x", *(f"{name}_prev" for name in whole.outputs), *(f"p_{name}" for name in whole.cell.parameters))
    return function_of(inputs, whole.lines, f"({', '.join(whole.outputs)},)")


def function_of(inputs: Iterable[str], lines: Iterable[Line], returned: str) -> Callable[..., Any]:
    """A function on tensors, line by line; parameters have `p_` before their names.

    Args:
        inputs: Names of its arguments.
        lines: Lines in normal form.
        returned: What it hands back, in Python.
    """
    rows = [f"    {line.name} = {python_of(line.expr, 'p_')}" for line in lines]
    text = "\n".join((f"def function({', '.join(inputs)}):", *rows, f"    return {returned}"))
    namespace = dict(_FUNCTIONS)
    exec(compile(text, "<function of a cell>", "exec"), namespace)
    return namespace["function"]  # type: ignore[no-any-return]
