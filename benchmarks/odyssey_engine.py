"""What the populations of the reduced Odyssey cost, without its data: `python benchmarks/odyssey_engine.py`.

A step of training of every variant, with the inputs, outputs, loss and noise of each task, T = 100, B = 16, H = 16;
beside it an evaluation, unequal lengths, and both directions. From these the whole: 5,400 runs of 20 epochs of 1,000
sequences, with an evaluation on 250 sequences after each epoch. All of a task in one process, on one core, in turn in
every round; figures are medians of the processor's time. `odyssey.py` times the study itself. Nothing is asserted.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from measure import medians, pin, processor

from gatedrnn_course.cells import ODYSSEY
from gatedrnn_course.engines.population import Population

T, B, H = 100, 16, 16
TASKS: dict[str, tuple[int, int, Any]] = {
    "speech": (39, 10, "cross_entropy"),
    "handwriting": (4, 26, "cross_entropy"),
    "music": (88, 88, "bernoulli"),
}
"""Inputs, outputs, loss."""
RUNS, EPOCHS, TRAINING, VALIDATION = 5400, 20, 1000, 250
"""Runs of all tasks and variants, epochs of each, and sequences."""
MUST, AIM = 45, 20
"""Minutes on two cores."""


def batch_of(D: int, K: int, loss: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Inputs and targets."""
    generator = torch.Generator().manual_seed(0)
    if loss == "bernoulli":
        keys = (torch.rand(T, B, D, generator=generator) < 0.05).float()
        return keys, keys
    return torch.randn(T, B, D, generator=generator), torch.randint(0, K, (T, B), generator=generator)


def measure(task: str, models: int, rounds: int) -> dict[str, float]:
    """Milliseconds of one model: a step of each variant, and of the vanilla LSTM what else a step can be."""
    D, K, loss = TASKS[task]
    xs, targets = batch_of(D, K, loss)
    lengths = torch.linspace(T / 4, T, B).long()
    mask = torch.arange(T)[:, None] < lengths
    make = partial(Population, input_size=D, output_size=K, hidden_sizes=H, seeds=range(models), loss=loss, noise=0.3)
    steps: dict[str, Callable[[], Any]] = {
        name: partial(make([cell] * models).step, xs, targets) for name, cell in ODYSSEY.items()
    }
    vanilla = make([ODYSSEY["V"]] * models)
    steps |= {
        "evaluation": partial(vanilla.loss, xs, targets),
        "padded": partial(vanilla.step, xs, targets, mask),
        "packed": partial(vanilla.step, xs, targets, lengths=lengths),
        "both ways": partial(make([ODYSSEY["V"]] * models, bidirectional=True).step, xs, targets),
    }
    return {name: ms / models for name, ms in medians(steps, rounds).items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=20, help="in a population")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    pin()
    print(f"{processor()}; T = {T}, B = {B}, H = {H}; ms of one model, {options.models} in a population")
    seconds = 0.0
    for task in TASKS:
        ms = measure(task, options.models, options.rounds)
        print(f"{task:<12}", "  ".join(f"{name} {value:.3f}" for name, value in ms.items()), flush=True)
        training = sum(ms[name] for name in ODYSSEY) * TRAINING / B
        judging = len(ODYSSEY) * ms["evaluation"] * VALIDATION / B
        seconds += RUNS / len(TASKS) / len(ODYSSEY) * EPOCHS * (training + judging) / 1e3
    print(f"{RUNS:,} runs on two cores: {seconds / 120:.1f} minutes (must reach {MUST}, aim {AIM})")


if __name__ == "__main__":
    main()
