"""What the tests of populations share: a model trained one sequence at a time, without padding, by autograd."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn

from gatedrnn_course.engines.population.rows import Rows
from gatedrnn_course.engines.torch_tier.loop import loop


@pytest.fixture(autouse=True)
def _one_thread():
    """Small matrices take torch longer with several threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def alone() -> SimpleNamespace:
    """A model by itself: every sequence runs alone through the plain loop, from its own end where it is read so."""
    return SimpleNamespace(outputs=_outputs, train=_train)


def _outputs(own, p, xs, lengths):
    """Raw outputs (T, B, K), zero after the end: every sequence alone, by the loop."""
    columns = []
    for b, length in enumerate(lengths):
        hidden = []
        for names in own.names:
            x = xs[:length, b].flip(0) if hidden else xs[:length, b]
            state = [xs.new_zeros(1, own.hidden_size) for _ in own.cell.states]
            hs, _ = loop(own.cell, x, (1,) * length, state, [p[name] for name in names])
            hidden.append(hs.flip(0) if hidden else hs)
        y = torch.cat(hidden, 1) @ p["W_y"].T + p["b_y"] if length else xs.new_zeros(0, len(p["b_y"]))
        columns.append(nn.functional.pad(y, (0, 0, 0, len(xs) - length)))
    return torch.stack(columns, 1)


def _train(own, first, batches, judge):
    """Losses and last parameters of one model, by autograd and Nesterov's momentum."""
    p = {name: torch.tensor(value, requires_grad=True) for name, value in first.items()}
    speed = {name: torch.zeros_like(value) for name, value in p.items()}
    losses = []
    for step, (xs, lengths, *asked) in enumerate(batches):
        rows = Rows.of(*xs.shape[:2], lengths)
        noise = torch.from_numpy(own.drawn_noise(step, (rows.count, xs.shape[2])))
        noisy = torch.as_tensor(xs) + rows.spread(noise[None])[0]
        loss = judge(_outputs(own, p, noisy, lengths), lengths, *asked)
        losses.append(loss.item())
        slopes = torch.autograd.grad(loss, list(p.values()))
        with torch.no_grad():
            for (name, value), slope in zip(p.items(), slopes, strict=True):
                speed[name] = own.momentum * speed[name] + slope
                value -= own.learning_rate * (1 - own.momentum) * (slope + own.momentum * speed[name])
    return losses, {name: value.detach().numpy() for name, value in p.items()}
