"""A state_dict with one tensor for each name in a cell's text, `W_f_l0`, read as one with stacks, `W_l0`."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

import torch
from torch import Tensor

from gatedrnn_course.engines.shared.stacks import Stack
from gatedrnn_course.text import _

__all__ = ["stack_names"]


def stack_names(
    state_dict: MutableMapping[str, Any], own: Stack, prefix: str, suffix: str, current: Mapping[str, Tensor]
) -> tuple[list[str], list[str]]:
    """Replace the entries of the names in one stack by one entry, the stack.

    What is missing or has another shape keeps its current values.

    Args:
        state_dict: What is read, changed in place, unless it holds the stack or none of the names.
        own: The stack.
        prefix: What stands before each name.
        suffix: What stands behind it: layer and direction.
        current: The values that the module has, by name.

    Returns:
        The entries that are missing, and sentences about those of another shape.
    """
    if f"{prefix}{own.name}{suffix}" in state_dict:
        return [], []
    given = {name: state_dict.pop(f"{prefix}{name}{suffix}", None) for name in own.parameters}
    came = [tensor for tensor in given.values() if tensor is not None]
    if not came:
        return [], []
    missing = [f"{prefix}{name}{suffix}" for name, tensor in given.items() if tensor is None]
    words = _("{name} has shape {came}, it should be {wanted}.")
    wrong = {
        name: words.format(name=f"{prefix}{name}{suffix}", came=tuple(tensor.shape), wanted=tuple(current[name].shape))
        for name, tensor in given.items()
        if tensor is not None and tensor.shape != current[name].shape
    }
    kept = [name for name, tensor in given.items() if tensor is None or name in wrong]
    if not any(current[name].is_meta for name in kept):  # which have no values to keep
        whole = {**given, **{name: current[name].detach().to(came[0]) for name in kept}}
        state_dict[f"{prefix}{own.name}{suffix}"] = torch.cat([whole[name] for name in own.parameters], own.axis)
    return missing, list(wrong.values())
