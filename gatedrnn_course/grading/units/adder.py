"""The model that adds, of unit 06: the learner's LSTM with a read-out, trained, judged on fresh sequences."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.grading.items import ByCriterion, TrainedItem
from gatedrnn_course.grading.items.stored import write_stored
from gatedrnn_course.grading.items.trained_item import FileMistake
from gatedrnn_course.tasks import Adding, Adding1997, Multiplication
from gatedrnn_course.text import mark

__all__ = ["BLOCKS", "HIDDEN", "LENGTH", "adder_item", "adding_task", "first_parameters", "trained_parameters"]

HIDDEN, LENGTH = 16, 24
BLOCKS = ("f", "i", "c_tilde", "o")
SHAPES: dict[str, tuple[int, ...]] = {
    "lstm.W": (4 * HIDDEN, 2),
    "lstm.U": (4 * HIDDEN, HIDDEN),
    "lstm.b": (4 * HIDDEN,),
    "readout.weight": (1, HIDDEN),
    "readout.bias": (1,),
}
FORGET_BIAS = 2.0
TO_SPARE = 0.025
"""Training goes on until no answer is further off than this: fresh sequences then stay within the paper's 0.04."""

_TEXT = """
import torch
from torch import nn

class LSTM(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.W = nn.Parameter(torch.zeros(4 * hidden_size, input_size))
        self.U = nn.Parameter(torch.zeros(4 * hidden_size, hidden_size))
        self.b = nn.Parameter(torch.zeros(4 * hidden_size))

    def forward(self, xs, state=None):
        h = c = xs.new_zeros(xs.shape[1], self.U.shape[1])
        h, c = (h, c) if state is None else state
        hs = []
        for a in (xs @ self.W.T + self.b).unbind(0):
            f, i, c_tilde, o = (a + h @ self.U.T).chunk(4, -1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(c_tilde)
            h = torch.sigmoid(o) * torch.tanh(c)
            hs.append(h)
        return torch.stack(hs), (h, c)

class Adder(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.lstm = LSTM(2, hidden_size)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, xs, state=None):
        hs, state = self.lstm(xs, state)
        return self.readout(hs[-1:]), state
"""

Arrays = dict[str, NDArray[np.float64]]


def adding_task(to_spare: bool = False) -> Adding1997:
    """The adding problem of 1997 with 24 to 26 steps, all of which end together.

    Args:
        to_spare: Whether to ask for more than the paper, as in training.
    """
    return Adding1997(LENGTH, together=True, **({"tolerance": TO_SPARE} if to_spare else {}))


def first_parameters(seed: int = 0) -> Arrays:
    """Where training starts: torch's uniform numbers, biases 0, and 2 where the forget gate has its own."""
    rng, wide = np.random.default_rng(seed), HIDDEN**-0.5
    found: Arrays = {name: rng.uniform(-wide, wide, shape) for name, shape in SHAPES.items()}
    found["lstm.b"] = np.repeat([FORGET_BIAS, 0.0, 0.0, 0.0], HIDDEN)
    found["readout.bias"] = np.zeros(1)
    return found


@lru_cache(maxsize=4)
def trained_parameters(seed: int = 0, fresh: bool = True) -> Arrays:
    """Parameters trained by the course's own engine in seconds, for the proof that the item can be passed.

    Args:
        seed: Of start and batches.
        fresh: Whether every batch is a new one.
    """
    import torch
    from torch import nn

    from gatedrnn_course.engines import Recurrent
    from gatedrnn_course.training import fit

    start = first_parameters(seed)

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm, self.readout = Recurrent("LSTM", 2, HIDDEN), nn.Linear(HIDDEN, 1)

        def forward(self, inputs: Any, lengths: Any = None) -> Any:
            return self.readout(self.lstm(inputs)[0])

    model = Model()
    named = model.lstm.named()
    with torch.no_grad():
        for letter in "WUb":
            for gate, block in zip("fico", np.split(start[f"lstm.{letter}"], 4), strict=True):
                named[f"{letter}_{gate}"].copy_(torch.from_numpy(block))
        model.readout.weight.copy_(torch.from_numpy(start["readout.weight"]))
        model.readout.bias.zero_()
    task = adding_task(to_spare=True) if fresh else _OneBatch(LENGTH, together=True)
    settings: dict[str, Any] = {"learning_rate": 0.015, "decay": True, "clip": 1.0, "validation": 500}
    fit(model, task, steps=3000, batch_size=64, seed=seed, stop_when_solved=fresh, progress=False, **settings)
    named = {name: tensor.detach().double().numpy() for name, tensor in model.lstm.named().items()}
    found = {f"lstm.{letter}": np.concatenate([named[f"{letter}_{gate}"] for gate in "fico"]) for letter in "WUb"}
    readout = {f"readout.{name}": value.detach().double().numpy() for name, value in model.readout.named_parameters()}
    return {**found, **readout}
