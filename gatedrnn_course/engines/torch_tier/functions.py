"""A cell's plan as Python functions on torch tensors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.engines.program.normal import numbered
from gatedrnn_course.engines.torch_tier.backward_source import write_backward
from gatedrnn_course.engines.torch_tier.forward_source import Stacks, write_forward
from gatedrnn_course.engines.torch_tier.plan import Plan, plan_of

__all__ = ["Functions", "functions_of"]


@dataclass(frozen=True)
class Functions:
    """The functions of a cell.

    Attributes:
        plan: The plan they come from, of the numbered cell.
        prepare: `prepare(params, like, H, D)` gives matrices and biases side by side.
        forward: See `write_forward`.
        workspace: See `write_backward`.
        backward: See `write_backward`.
        finish: See `write_backward`.
        steps: The parts of an array that belong to each step.
        text: Their text.
    """

    plan: Plan
    prepare: Callable[..., tuple[Tensor, ...]]
    forward: Callable[..., Any]
    workspace: Callable[..., tuple[Tensor, ...]]
    backward: Callable[..., Any]
    finish: Callable[..., Any]
    steps: Callable[[Tensor, int, int], tuple[Tensor, ...]]
    text: str


def steps(array: Tensor, length: int, n: int) -> tuple[Tensor, ...]:
    """An array `(length*n, ...)` as its parts of one step, each `(n, ...)`."""
    return array.view(length, n, *array.shape[1:]).unbind(0)


def steps_of_many(array: Tensor, length: int, n: int) -> tuple[Tensor, ...]:
    """The same for arrays of M models, `(M, length*n, ...)`."""
    return array.view(array.shape[0], length, n, *array.shape[2:]).unbind(1)


_ONE: dict[str, Any] = {"steps": steps, "mm": torch.mm, "addmm": torch.addmm, "grow": Tensor.addmm_}
_MANY: dict[str, Any] = {"steps": steps_of_many, "mm": torch.bmm, "addmm": torch.baddbmm, "grow": Tensor.baddbmm_}
"""What a program's text calls, for one model and for many at once."""


@lru_cache(maxsize=1024)
def functions_of(cell: Cell, many: bool = False) -> Functions:
    """Write and load the program of a cell. The text comes from our own plan only.

    Args:
        cell: The cell.
        many: Whether it runs M models at once: all arrays have one more axis in front, vectors are (M, 1, H).
    """
    plan, stacks = plan_of(numbered(cell)), Stacks()
    for _again in range(2):  # the first time to learn which stacks they name
        bodies = write_forward(plan, stacks), *write_backward(plan, stacks)
    text = "\n\n".join((_write_prepare(plan, stacks), *bodies))
    namespace: dict[str, Any] = {"torch": torch, **(_MANY if many else _ONE)}
    exec(compile(text, "<program of a cell>", "exec"), namespace)
    names = ("prepare", "forward", "workspace", "backward", "finish", "steps")
    return Functions(plan, **{name: namespace[name] for name in names}, text=text)


def _write_prepare(plan: Plan, stacks: Stacks) -> str:
    """The text of `prepare(params, like, H, D)`, which puts matrices and biases side by side."""
    names = "".join(f"p_{name}, " for name in plan.cell.parameters).rstrip()
    lines = ["def prepare(params, like, H, D):", *([f"    {names} = params"] if names else [])]
    if any("*one" in text for text in stacks.texts):
        lines.append("    one = (*like.shape[:-2], *(1,) * (like.dim() - 2))")  # the axes of a vector before its last
    lines += [f"    {name} = {text}" for text, name in stacks.texts.items()]
    lines.append(f"    return ({''.join(f'{name}, ' for name in stacks.texts.values()).rstrip()})")
    return "\n".join(lines)
