"""A cell's plan as Python functions on torch tensors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.engines.backward_source import write_backward, write_finish, write_workspace
from gatedrnn_course.engines.forward_source import Stacks, write_forward
from gatedrnn_course.engines.plan import Plan, plan_of

__all__ = ["Program", "program_of"]


@dataclass(frozen=True)
class Program:
    """The functions of a cell.

    Attributes:
        plan: The plan they come from.
        prepare: `prepare(params, like, H, D)` gives matrices and biases side by side.
        forward: See `write_forward`.
        workspace: See `write_workspace`.
        backward: See `write_backward`.
        finish: See `write_finish`.
        text: Their text.
    """

    plan: Plan
    prepare: Callable[..., tuple[Tensor, ...]]
    forward: Callable[..., Any]
    workspace: Callable[..., tuple[Tensor, ...]]
    backward: Callable[..., Any]
    finish: Callable[..., Any]
    text: str


def steps(array: Tensor, length: int, n: int) -> tuple[Tensor, ...]:
    """An array `(length*n, ...)` as its parts of one step, each `(n, ...)`."""
    return array.view(length, n, *array.shape[1:]).unbind(0)


def slope_of_relu(a: Tensor) -> Tensor:
    """1 where a > 0, else 0."""
    return (a > 0).to(a.dtype)


@lru_cache(maxsize=1024)
def program_of(cell: Cell) -> Program:
    """Write and load the program of a cell. The text comes from our own plan only.

    Args:
        cell: The cell.
    """
    plan, stacks = plan_of(cell), Stacks()
    for write in (write_forward, write_backward):  # the first time to learn which stacks they name
        write(plan, stacks)
    bodies = [write(plan, stacks) for write in (write_forward, write_workspace, write_backward, write_finish)]
    text = "\n\n".join((_write_prepare(plan, stacks), *bodies))
    namespace: dict[str, Any] = {"torch": torch, "steps": steps, "slope_of_relu": slope_of_relu}
    exec(compile(text, f"<program of {cell.name}>", "exec"), namespace)
    names = ("prepare", "forward", "workspace", "backward", "finish")
    return Program(plan, **{name: namespace[name] for name in names}, text=text)


def _write_prepare(plan: Plan, stacks: Stacks) -> str:
    """The text of `prepare(params, like, H, D)`, which puts matrices and biases side by side."""
    names = "".join(f"p_{name}, " for name in plan.cell.parameters).rstrip()
    lines = ["def prepare(params, like, H, D):", *([f"    {names} = params"] if names else [])]
    lines += [f"    {name} = {text}" for text, name in stacks.texts.items()]
    lines.append(f"    return ({''.join(f'{name}, ' for name in stacks.texts.values()).rstrip()})")
    return "\n".join(lines)
