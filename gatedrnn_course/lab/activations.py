"""sigmoid, tanh and stack for NumPy arrays and torch tensors alike, so that one function runs on every device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["sigmoid", "stack", "tanh"]


def sigmoid(a: Any) -> Any:
    """The logistic function, (1 + tanh(a/2))/2, without overflow.

    Args:
        a: Number, array or torch tensor of any shape.

    Returns:
        Values in (0, 1), of the same shape and kind, on the same device.
    """
    return (1 + tanh(a / 2)) / 2


def tanh(a: Any) -> Any:
    """The hyperbolic tangent.

    Args:
        a: Number, array or torch tensor of any shape.

    Returns:
        Values in (-1, 1), of the same shape and kind, on the same device.
    """
    return a.tanh() if is_tensor(a) else np.tanh(a)


def stack(rows: Sequence[Any]) -> Any:
    """One array of a list of equal arrays, with a new axis in front: T arrays (B, H) make one (T, B, H).

    Args:
        rows: Arrays or torch tensors of one shape.

    Returns:
        An array, or a tensor on the same device.
    """
    if not is_tensor(rows[0]):
        return np.stack(rows)
    import torch

    return torch.stack(tuple(rows))


def is_tensor(a: object) -> bool:
    """Whether this is a torch tensor, found out without loading torch."""
    return any(kind.__module__.partition(".")[0] == "torch" for kind in type(a).__mro__)
