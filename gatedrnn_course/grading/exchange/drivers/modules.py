"""What the drivers of modules share: a module with given parameters, and the gradients of a weighted sum."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from . import Unfit

__all__ = ["as_tensor", "as_tensors", "backward", "built", "gradients", "output", "shape_words"]


def as_tensor(array: Any, *, wanted: bool = False) -> Any:
    """An array as a tensor of its own; `wanted` asks for its gradient, where it holds no whole numbers."""
    import torch

    tensor = torch.from_numpy(np.array(array))
    return tensor.requires_grad_() if wanted and tensor.is_floating_point() else tensor


def as_tensors(arrays: Mapping[str, Any], *, wanted: bool = False) -> dict[str, Any]:
    """Named arrays as tensors."""
    return {name: as_tensor(array, wanted=wanted) for name, array in arrays.items()}


def shape_words(tensors: Mapping[str, Any]) -> str:
    """Names and shapes: "W (12, 5), b (12,)"."""
    return ", ".join(f"{name} {tuple(tensor.shape)}" for name, tensor in list(tensors.items())[:20])


def built(cls: Callable[..., Any], sizes: Any, parameters: Mapping[str, Any]) -> Any:
    """A module of a learner's class with given parameters, in float64.

    Args:
        cls: The class.
        sizes: What it is made with, whole numbers.
        parameters: Arrays by name.

    Raises:
        Unfit: If it is no module, or has other parameters.
    """
    import torch

    if not (isinstance(cls, type) and issubclass(cls, torch.nn.Module)):
        raise Unfit("no module", type="class" if isinstance(cls, type) else type(cls).__name__)
    model = cls(*(int(size) for size in np.ravel(sizes)))
    own = dict(model.named_parameters())
    wanted = ", ".join(f"{name} {np.shape(array)}" for name, array in parameters.items())
    for name in parameters:
        if name not in own and (kind := _beside(model, name)):
            raise Unfit(f"a {kind}", name=name)
    if set(own) != set(parameters):
        raise Unfit("parameters", came=shape_words(own), wanted=wanted)
    if any(tuple(own[name].shape) != np.shape(array) for name, array in parameters.items()):
        raise Unfit("shapes", came=shape_words(own), wanted=wanted)
    model.double()
    with torch.no_grad():
        for name, array in parameters.items():
            dict(model.named_parameters())[name].copy_(torch.from_numpy(np.array(array)))
    return model


def _beside(model: Any, name: str) -> str:
    """What a name that is no parameter is instead: a tensor, a buffer, a list of tensors; empty where it is nothing."""
    import torch

    value = getattr(model, name, None)
    if name in dict(model.named_buffers()):
        return "buffer"
    if isinstance(value, torch.Tensor):
        return "tensor"
    return "list" if isinstance(value, (list, tuple, dict)) else ""


def output(value: Any, name: str) -> Any:
    """A tensor that was handed back.

    Raises:
        Unfit: If it is none.
    """
    import torch

    if not isinstance(value, torch.Tensor):
        raise Unfit("no tensor", name=name, type=type(value).__name__)
    return value


def backward(outputs: Mapping[str, Any], weights: Mapping[str, Any]) -> None:
    """Backward from the weighted sum of outputs; nothing where no output has a gradient to give."""
    import torch

    parts = [
        (value * torch.from_numpy(np.array(weights[name])).to(value)).sum()
        for name, value in outputs.items()
        if value.requires_grad and tuple(value.shape) == np.shape(weights[name])
    ]
    if parts:
        sum(parts).backward()


def gradients(tensors: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The gradients by name, `d_W`; zeros where none has come."""
    import torch

    return {f"d_{name}": torch.zeros_like(t) if t.grad is None else t.grad for name, t in tensors}
