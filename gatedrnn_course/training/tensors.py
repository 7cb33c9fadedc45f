"""A batch of a task as torch tensors, of a model's type and on its device."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gatedrnn_course.tasks import Batch

__all__ = ["Tensors", "kind_of", "to_tensors"]


@dataclass(frozen=True)
class Tensors:
    """What a step of training reads of a `Batch`.

    Attributes:
        inputs: `(T, B, D)`.
        targets: `(T, B, K)` numbers, `(T, B)` classes, or `(B, L)` labels filled with -1.
        mask: `(T, B)`, true at the steps whose outputs count.
        lengths: `(B,)` whole numbers, always on the CPU, where the engines and CTC read them.
    """

    inputs: Tensor
    targets: Tensor
    mask: Tensor
    lengths: Tensor


def to_tensors(batch: Batch, device: torch.device | str = "cpu", dtype: torch.dtype = torch.float32) -> Tensors:
    """A batch as tensors.

    Args:
        batch: What a task drew.
        device: Where they go, `lengths` apart.
        dtype: Type of the inputs, and of the targets that are no classes.
    """
    targets = torch.from_numpy(batch.targets)
    return Tensors(
        torch.from_numpy(batch.inputs).to(device, dtype),
        targets.to(device, dtype if targets.is_floating_point() else torch.long),
        torch.from_numpy(batch.mask).to(device),
        torch.from_numpy(batch.lengths).long(),
    )


def kind_of(model: nn.Module) -> tuple[torch.device, torch.dtype]:
    """Device and type of a model's parameters."""
    first = next(model.parameters())
    return first.device, first.dtype
