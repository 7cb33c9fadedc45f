"""Values that the judge is asked for, through which gradients go back: those are asked for as well."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["differentiable", "wants_gradient"]


def wants_gradient(arguments: Sequence[Any]) -> bool:
    """Whether any of these is a tensor that a gradient is to reach."""
    torch = sys.modules.get("torch")
    return torch is not None and any(isinstance(a, torch.Tensor) and a.requires_grad for a in arguments)


def differentiable(ask: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """What the judge says to arguments, as part of a graph.

    Args:
        ask: Takes a tuple of arguments, and named ones: with `back`, the gradients that arrive at the values, it gives
            those that leave at the arguments.
        arguments: The arguments, tensors among them.
    """
    import torch

    class Asked(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *given: Any) -> Any:
            ctx.given = given
            return ask(given)

        @staticmethod
        def backward(ctx: Any, *arriving: Any) -> Any:
            found = ask(ctx.given, {"back": arriving})
            return tuple(
                torch.as_tensor(one).to(g) if one is not None else None for one, g in zip(found, ctx.given, strict=True)
            )

    return Asked.apply(*arguments)  # type: ignore[no-untyped-call]
