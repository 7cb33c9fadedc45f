"""Uses of torch before any answer runs: what it does only the first time is then done for every child."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from ...exchange.drivers import drive

__all__ = ["use"]


def use() -> None:
    """A step of training, as learners write it, and every driver on a small answer."""
    x = torch.zeros(2, 3, 4, requires_grad=True)
    lstm, layer = nn.LSTM(4, 4), nn.Linear(4, 2)
    optimiser = torch.optim.Adam([*lstm.parameters(), *layer.parameters()])
    for _step in range(2):
        loss = nn.functional.cross_entropy(layer(lstm(x)[0]).flatten(0, 1), torch.zeros(6, dtype=torch.long))
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(lstm.parameters(), 1.0)
        optimiser.step()
    torch.linalg.svd(torch.eye(4, dtype=torch.float64))
    torch.conv1d(x, torch.zeros(1, 3, 2))
    for driver, answer, arguments in _driven():
        drive(driver, answer, arguments)


def _driven() -> list[tuple[str, Callable[..., Any], tuple[Any, ...]]]:
    ones, sizes = np.ones((2, 2)), np.array([2, 2])
    xs = np.ones((2, 2, 2))
    sequence = ({"W": ones, "U": ones, "b": ones[0]}, {"xs": xs, "h_0": ones}, {"hs": xs, "h": ones})
    batches = {"xs": xs[None], "targets": xs[None], "lengths": np.array([[2, 1]])}
    step = (dict.fromkeys("ARV", ones), batches, {"h": ones, "c": ones}, {"rate": 0.1, "max_norm": 1.0})
    rows = [(name, _Layer, (sizes, *sequence)) for name in ("recurrent", "device", "cost")]
    plain: Any = ("function", lambda xs: xs.sigmoid() * xs.tanh(), ({"xs": xs}, {"hs": xs}))
    lstm = {name: np.ones(tensor.shape) for name, tensor in nn.LSTM(2, 2).named_parameters()}
    layer: Any = ("layer", lambda _layer: None, (sizes, lstm, ()))
    return [*rows, plain, layer, ("training", _step_of_training, step), ("model", _Model, (sizes, {"W": ones}, xs))]


class _Layer(nn.Module):
    """Uses the operations that recurrent layers are written with."""

    def __init__(self, D: int, H: int) -> None:
        super().__init__()
        self.W, self.U = nn.Parameter(torch.empty(H, D)), nn.Parameter(torch.empty(H, H))
        self.b = nn.Parameter(torch.zeros(H))

    def forward(self, xs: Any, state: Any = None) -> Any:
        (h,) = state if state is not None else (xs.new_zeros(xs.shape[1], len(self.b)),)
        hs = []
        for x in xs.unbind(0):
            z, r = (x @ self.W.T + h @ self.U.T + self.b).chunk(2, dim=-1)
            h = torch.cat((torch.sigmoid(z) * h[:, :1], torch.tanh(r)), dim=-1)
            hs.append(h)
        return torch.stack(hs), (h,)


class _Model(nn.Module):
    """Answers a sequence."""

    def __init__(self, D: int, K: int) -> None:
        super().__init__()
        self.W = nn.Parameter(torch.empty(K, D))

    def forward(self, xs: Any, state: Any = None) -> Any:
        return xs @ self.W.T, state


def _step_of_training(
    model: Any, optimiser: Any, xs: Any, targets: Any, lengths: Any, state: Any, max_norm: float
) -> Any:
    model.train()
    optimiser.zero_grad()
    outputs, state = model(xs, tuple(one.detach() for one in state))
    there = (torch.arange(len(xs))[:, None] < lengths)[..., None]
    loss = ((outputs - targets) ** 2 * there).sum() / there.sum()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimiser.step()
    return loss.item(), state
