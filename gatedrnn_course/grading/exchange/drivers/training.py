"""Drives a function that does one step of training, on a small model of its own that shows every slip.

The model says of itself whether it is in training mode, by twice as large outputs; it has a state that goes on from
batch to batch; gradients of something else are left in it; and sequences of a batch have unequal lengths.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from . import Unfit
from .modules import as_tensor, as_tensors, output

__all__ = ["run"]

Arrays = Mapping[str, Any]


def run(function: Callable[..., Any], parameters: Arrays, batches: Arrays, state: Arrays, numbers: Arrays) -> Any:
    """Parameters, losses and states after the first and the last of a few steps of training.

    Args:
        function: `train_step(model, optimiser, xs, targets, lengths, state, max_norm) -> loss, state`.
        parameters: Those of the model: `A` (S, D), `R` (S, S), `V` (K, S).
        batches: `xs` (N, T, B, D), `targets` (N, T, B, K), `lengths` (N, B); one step for each of N.
        state: The states before the first batch, `h` and `c` (B, S).
        numbers: `rate` of SGD, and `max_norm`.

    Returns:
        `loss_1`, `A_1`, `h_1` and so on after the first step, the same after the last; and of the first `order`,
        what was asked of model and optimiser, "train zero forward backward step", and how the gradients are `left`.
    """
    import torch

    events: list[str] = []
    model = _model(parameters, events)
    optimiser = _optimiser(model, float(numbers["rate"]), events)
    for k, tensor in enumerate(model.parameters()):
        tensor.grad = torch.full_like(tensor, 0.3 * (k + 1))
    model.eval()
    events.clear()
    states: Any = tuple(as_tensors(state).values())
    found: dict[str, Any] = {}
    count = len(batches["xs"])
    for k in range(count):
        xs, targets, lengths = (as_tensor(batches[name][k]) for name in ("xs", "targets", "lengths"))
        try:
            value = function(model, optimiser, xs, targets, lengths, states, float(numbers["max_norm"]))
        except RuntimeError as error:
            error.args = (f"call {k + 1}: {error}",)  # the same text means other slips in the first than in later calls
            raise
        if not isinstance(value, (tuple, list)) or len(value) != 2:
            raise Unfit("step", came=type(value).__name__ if value is not None else "None")
        loss, states = value
        if not isinstance(states, (tuple, list)) or len(states) != len(state):
            raise Unfit("states", came=type(states).__name__)
        if k in (0, count - 1):
            told = {
                "loss": np.asarray(float(loss)),
                **dict(zip(state, (output(s, "state") for s in states), strict=True)),
            }
            now = {name: tensor.detach().clone() for name, tensor in model.named_parameters()}
            found.update({f"{name}_{k + 1}": one for name, one in {**told, **now}.items()})
        if k == 0:
            norm = sum(float((t.grad**2).sum()) for t in model.parameters() if t.grad is not None) ** 0.5
            bound = float(numbers["max_norm"]) * 1.001
            found.update(order=" ".join(events), left="clipped" if norm <= bound else "unclipped")
    return found


def _optimiser(model: Any, rate: float, events: list[str]) -> Any:
    """Plain SGD that notes what is asked of it."""
    import torch

    class Watched(torch.optim.SGD):
        def zero_grad(self, set_to_none: bool = True) -> None:
            events.append("zero")
            super().zero_grad(set_to_none)

    optimiser = Watched(model.parameters(), lr=rate, momentum=0.5)
    optimiser.register_step_pre_hook(lambda *_args: events.append("step"))
    return optimiser


def _model(parameters: Arrays, events: list[str]) -> Any:
    """A model with a state that notes when it runs, when gradients arrive, and what its mode is set to."""
    import torch

    class Model(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.A, self.R, self.V = (torch.nn.Parameter(as_tensor(parameters[name])) for name in "ARV")
            self.V.register_hook(lambda _grad: events.append("backward"))  # type: ignore[no-untyped-call]

        def train(self, mode: bool = True) -> Any:
            events.append("train" if mode else "eval")
            return super().train(mode)

        def forward(self, xs: Any, state: Any = None) -> Any:
            events.append("forward")
            h, c = state if state is not None else (xs.new_zeros(xs.shape[1], len(self.R)),) * 2
            rows = []
            for a in (xs @ self.A.T).unbind(0):
                c = torch.sin(c @ self.R.T + a)
                h = c * a + h / 2
                rows.append(h)
            scale = 2.0 if self.training else 1.0
            return scale * torch.stack(rows) @ self.V.T, (h, c)

    return Model()
