"""Drives a trained model: sets its parameters and lets it answer sequences, once more with every parameter at zero."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import Unfit
from .modules import as_tensor, built, output

__all__ = ["run"]


def run(cls: Callable[..., Any], sizes: Any, parameters: Mapping[str, Any], xs: Any) -> dict[str, Any]:
    """What a model answers.

    Args:
        cls: The class: `cls(*sizes)`, then `model(xs) -> outputs, state`, or the outputs alone.
        sizes: Whole numbers.
        parameters: Its parameters by name.
        xs: Sequences (T, B, D).

    Returns:
        `outputs` (steps, B, K); `without`, the same of the model with all parameters at zero.
    """
    import torch

    model = built(cls, sizes, parameters).eval()
    found = {}
    with torch.no_grad():
        for name in ("outputs", "without"):
            value = model(as_tensor(xs))
            value = output(value[0] if isinstance(value, (tuple, list)) and value else value, "outputs")
            if value.ndim != 3 or value.shape[1] != xs.shape[1]:
                raise Unfit("outputs", came=str(tuple(value.shape)), wanted=f"(1, {xs.shape[1]}, ...)")
            found[name] = value.clone()
            for tensor in model.parameters():
                tensor.zero_()
    return found
