"""Drives a trained model: sets its parameters and lets it answer sequences.

Then a few of them in two pieces, and all once more with every parameter at zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import Unfit
from .modules import as_tensor, built, output

__all__ = ["run"]

FEW = 8
"""Sequences that are read in two pieces."""


def run(cls: Callable[..., Any], sizes: Any, parameters: Mapping[str, Any], xs: Any) -> dict[str, Any]:
    """What a model answers.

    Args:
        cls: The class: `cls(*sizes)`, then `model(xs, state) -> outputs, state`.
        sizes: Whole numbers.
        parameters: Its parameters by name.
        xs: Sequences (T, B, D).

    Returns:
        `outputs` (steps, B, K); `pieces`, those of the first sequences, whose second half goes on from the state of
        the first; `without`, the outputs of the model with all parameters at zero.
    """
    import torch

    model = built(cls, sizes, parameters).eval()
    given = as_tensor(xs)
    few, half = given[:, :FEW], len(given) // 2
    with torch.no_grad():
        outputs, _state = _answered(model, given)
        pieces = _answered(model, few[half:], _answered(model, few[:half])[1])[0] if half else outputs[:, :FEW]
        found = {"outputs": outputs.clone(), "pieces": pieces.clone()}
        for tensor in model.parameters():
            tensor.zero_()
        found["without"] = _answered(model, given)[0]
    return found


def _answered(model: Any, *given: Any) -> tuple[Any, Any]:
    """Outputs and state."""
    value = model(*given)
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise Unfit("answers", came=type(value).__name__)
    outputs, size = output(value[0], "outputs"), given[0].shape[1]
    if outputs.ndim != 3 or outputs.shape[1] != size:
        raise Unfit("outputs", came=str(tuple(outputs.shape)), wanted=f"(1, {size}, ...)")
    return outputs, value[1]
