"""Drives a function of tensors: its values, and the gradients that go back through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import Unfit
from .modules import as_tensors, backward, gradients, output

__all__ = ["run"]

Arrays = Mapping[str, Any]


def run(function: Callable[..., Any], inputs: Arrays, weights: Arrays) -> dict[str, Any]:
    """Outputs and gradients of a function.

    Args:
        function: It takes the inputs by position, and hands back one tensor or a tuple of them.
        inputs: Arrays by name. Those of whole numbers have no gradient.
        weights: For each output by name what it is multiplied with in the sum whose gradients are taken.

    Returns:
        The outputs, and the gradients of the inputs, `d_xs`.
    """
    given = as_tensors(inputs, wanted=True)
    before = {name: tensor.detach().clone() for name, tensor in given.items()}
    value = function(*given.values())
    rows = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    if len(rows) != len(weights):
        raise Unfit("count", came=str(len(rows)), wanted=", ".join(weights))
    outputs = {name: output(row, name) for name, row in zip(weights, rows, strict=True)}
    backward(outputs, weights)
    changed = [name for name, tensor in given.items() if not bool((tensor.detach() == before[name]).all())]
    if changed:
        raise Unfit("changed", names=", ".join(changed))
    wanted = [(name, tensor) for name, tensor in given.items() if tensor.requires_grad]
    return {**outputs, **gradients(wanted)}
