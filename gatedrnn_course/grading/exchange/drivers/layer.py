"""Drives a function that changes the parameters of a layer of torch itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from . import Unfit
from .modules import built

__all__ = ["run"]


def run(function: Callable[..., Any], sizes: Any, parameters: Mapping[str, Any], numbers: Any) -> dict[str, Any]:
    """The parameters of a `torch.nn.LSTM` after a function has been called with it: W, U, and b, its biases added.

    Args:
        function: It takes the layer, then numbers, and changes the layer.
        sizes: Sizes of input and state.
        parameters: The layer's parameters by name.
        numbers: Further arguments, each a number.
    """
    import torch

    layer = built(torch.nn.LSTM, sizes, parameters)
    function(layer, *(float(number) for number in np.ravel(numbers)))
    after = dict(layer.named_parameters())
    if frozen := [name for name, tensor in after.items() if not tensor.requires_grad]:
        raise Unfit("frozen", names=", ".join(frozen))
    return {"W": after["weight_ih_l0"], "U": after["weight_hh_l0"], "b": after["bias_ih_l0"] + after["bias_hh_l0"]}
