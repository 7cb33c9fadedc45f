"""Trains the model of exercise 06 as the notebook does, five times, beside an RNN of the same size.

    python benchmarks/adder.py --page     # writes docs/trained_model.md
    python benchmarks/adder.py --widget   # trains the small LSTM that explore_adding() shows

Each model is judged as the exercise is: 4 of 2,000 fresh sequences may be wrong, five times over.
"""

from __future__ import annotations

import argparse
import platform
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from gatedrnn_course.grading.items.driven_item import answer_of, replaced
from gatedrnn_course.grading.units.adder import HIDDEN, SLIPS, TEXT, TRAINING, adding_task, first_parameters
from gatedrnn_course.lab.adding_widget import FILE
from gatedrnn_course.lab.train_model import Whole
from gatedrnn_course.tasks import Adding1997
from gatedrnn_course.training import SequenceModel, evaluate, fit

PAGE = Path(__file__).parents[1] / "docs" / "trained_model.md"
SEEDS, JUDGED = 5, 5
RNN = replaced(
    TEXT,
    (
        "self.W = nn.Parameter(torch.zeros(4 * hidden_size, input_size))",
        "self.W = nn.Parameter(torch.zeros(hidden_size, 2))",
    ),
    (
        "self.U = nn.Parameter(torch.zeros(4 * hidden_size, hidden_size))",
        "self.U = nn.Parameter(torch.zeros(hidden_size, hidden_size))",
    ),
    ("self.b = nn.Parameter(torch.zeros(4 * hidden_size))", "self.b = nn.Parameter(torch.zeros(hidden_size))"),
    ("            f, i, c_tilde, o = (a + h @ self.U.T).chunk(4, -1)\n", ""),
    ("            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(c_tilde)\n", ""),
    ("h = torch.sigmoid(o) * torch.tanh(c)", "h = torch.tanh(a + h @ self.U.T)"),
)
HEAD = """# The trained model of unit 06

Written by `python benchmarks/adder.py --page`. The cell of the exercise trains a class in plain torch, with a loop over
the steps, on the adding problem of 1997 with {low} to {high} steps: {hidden} units, Adam, batches of {batch}, at most
{steps} of them, on one thread. It stops when no answer on {asked:,} fresh sequences is off by {spare} or more; the
criterion of 1997 allows 0.04. "Passes" counts how often fresh sets of 2,000 sequences were answered with at
most {slips} mistakes (1997: none; whether a rare one is among them is luck).

| model | seed | stopped | steps | right | passes | processor seconds | seconds |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Trained:
    """What became of one model."""

    kind: str
    seed: int
    stopped: str
    steps: int
    right: float
    passes: int
    processor: float
    seconds: float

    @property
    def row(self) -> str:
        """A line of the table."""
        values = (self.kind, self.seed, self.stopped, self.steps, f"{self.right:.2%}", f"{self.passes}/{JUDGED}")
        return "| " + " | ".join(map(str, (*values, f"{self.processor:.0f}", f"{self.seconds:.0f}"))) + " |"


def step(whole: Any, optimiser: torch.optim.Optimizer, batch: Any) -> float:
    """What the solution's `train_step` does."""
    whole.train()
    optimiser.zero_grad()
    outputs, _state = whole.model(batch.inputs)
    loss = ((outputs - batch.targets[-1:]) ** 2).mean()
    loss.backward()
    nn.utils.clip_grad_norm_(whole.parameters(), TRAINING.max_norm)
    optimiser.step()
    return loss.item()


def trained(kind: str, text: str, seed: int) -> Trained:
    """Train and judge one model."""
    model = answer_of(text, "Adder")(HIDDEN)
    first = first_parameters(seed)
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            start = np.zeros(HIDDEN) if kind == "RNN" and name == "lstm.b" else first[name][: len(tensor)]
            tensor.copy_(torch.from_numpy(start))
    processor, clock = time.process_time(), time.perf_counter()
    history = fit(
        Whole(model),
        TRAINING.task,
        steps=TRAINING.steps,
        batch_size=TRAINING.batch_size,
        learning_rate=TRAINING.learning_rate,
        decay=True,
        evaluate_every=100,
        validation=500,
        stop_when_solved=True,
        seed=seed,
        step=step,
    )
    processor, clock = time.process_time() - processor, time.perf_counter() - clock
    scores = [evaluate(Whole(model), adding_task(), seed=100 + k) for k in range(JUDGED)]
    right, passes = float(np.mean([score.metric for score in scores])), sum(score.solved for score in scores)
    return Trained(kind, seed, history.stopped, history[-1].step, right, passes, processor, clock)


def widget() -> None:
    """Train the LSTM of six units that the widget shows: seed 1, whose sum lies in one unit."""
    task = Adding1997(24, together=True, tolerance=0.03)
    model = SequenceModel("LSTM", task, 6, seed=1, start=_open)
    fit(model, task, steps=6000, batch_size=64, learning_rate=0.015, decay=True, clip=1.0, validation=500,
        stop_when_solved=True, seed=1)  # fmt: skip
    arrays = {name: tensor.detach().numpy() for name, tensor in model.layers.named().items()}
    readout = {f"readout.{name}": tensor.detach().numpy() for name, tensor in model.readout.named_parameters()}
    np.savez(FILE, allow_pickle=False, **arrays, **readout)


def _open(layers: Any) -> None:
    with torch.no_grad():
        for name, tensor in layers.named().items():
            if name.startswith("b_"):
                tensor.fill_(2.0 if name == "b_f" else 0.0)


def main() -> None:
    """Train all, print the table; with `--page` write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--page", action="store_true", help="write docs/trained_model.md")
    parser.add_argument("--widget", action="store_true", help="train the model of explore_adding() instead")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    if asked.widget:
        widget()
        return
    task = adding_task(to_spare=True)
    text = HEAD.format(
        slips=SLIPS,
        low=task.length,
        high=task.length + task.length // 10,
        hidden=HIDDEN,
        batch=TRAINING.batch_size,
        steps=TRAINING.steps,
        spare=task.tolerance,
        asked=task.criterion.sequences,
    )
    for kind, source in (("LSTM", TEXT), ("RNN", RNN)):
        for seed in range(SEEDS):
            text += trained(kind, source, seed).row + "\n"
    text += f"\nOne thread of {platform.machine()}, torch {torch.__version__}, Python {platform.python_version()}.\n"
    print(text)
    if asked.page:
        PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
