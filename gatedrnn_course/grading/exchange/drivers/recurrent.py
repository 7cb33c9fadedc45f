"""Drives a class of recurrent layers: sets its parameters, runs a sequence, takes gradients back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import Unfit
from .modules import as_tensors, backward, built, gradients, output

__all__ = ["outputs_of", "run"]

Arrays = Mapping[str, Any]


def run(cls: Callable[..., Any], sizes: Any, parameters: Arrays, inputs: Arrays, weights: Arrays) -> dict[str, Any]:
    """Outputs and gradients of a layer.

    It is called twice, first on another sequence: what it keeps from that call shows.

    Args:
        cls: The class: `cls(*sizes)`, then `layer(xs, state) -> hs, (h, c)`.
        sizes: Whole numbers.
        parameters: Its parameters by name.
        inputs: `xs` (T, B, D); then the states by name, or none of them.
        weights: For each output by name what it is multiplied with in the sum whose gradients are taken.

    Returns:
        The outputs, and the gradients of the parameters and of the inputs, `d_W`.
    """
    layer = built(cls, sizes, parameters)
    for scale in (-0.5, 1.0):
        layer.zero_grad()
        given = {name: (scale * t).detach().requires_grad_() for name, t in as_tensors(inputs).items()}
        outputs = outputs_of(layer, given, tuple(weights))
        backward(outputs, weights)
    return {**outputs, **gradients(layer.named_parameters()), **gradients(given.items())}


def outputs_of(layer: Any, given: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """What a layer hands back, by name.

    Args:
        layer: The layer.
        given: The sequence, then the states, as tensors.
        names: Names of the outputs: of the sequence, then of the states.

    Raises:
        Unfit: If it hands back something else than a sequence and states.
    """
    xs, *states = given.values()
    value = layer(xs, tuple(states)) if states else layer(xs)
    pair = isinstance(value, (tuple, list)) and len(value) == 2
    if not pair or not isinstance(value[1], (tuple, list)) or len(value[1]) != len(names) - 1:
        raise Unfit("structure", came=_described(value))
    return {name: output(one, name) for name, one in zip(names, (value[0], *value[1]), strict=True)}


def _described(value: Any) -> str:
    """The structure of a value: "(tensor, tensor, tensor)"."""
    if isinstance(value, (tuple, list)):
        return f"({', '.join(map(_described, value[:5]))})"
    return "tensor" if type(value).__name__ in ("Tensor", "Parameter") else type(value).__name__
