"""What losses and input noise cost in a population: `python benchmarks/population_loss.py`.

Every row is a step of a population with this loss and noise against the same with squared error and no noise, both in
this process, on one core, in turn in every round; the figure is the median of the processor's time. Nothing is
asserted.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

import torch
from measure import medians, pin, processor

from gatedrnn_course.engines.population import Population

T, B, D, K = 100, 16, 88, 88
"""Sizes of music: 88 keys in and out."""
MODELS = 8
ROWS: dict[str, dict[str, Any]] = {
    "squared error": {},
    "squared error, noise": {"noise": 0.1},
    "classes": {"loss": "cross_entropy"},
    "Bernoulli": {"loss": "bernoulli"},
    "Bernoulli, noise": {"loss": "bernoulli", "noise": 0.1},
}
MUST, AIM = 1.5, 1.15
"""What the last row must reach and aims at for H = 32."""


def measure(H: int, rounds: int) -> dict[str, float]:
    """Milliseconds of a step of one model, by row."""
    generator = torch.Generator().manual_seed(0)
    keys = (torch.rand(T, B, D, generator=generator) < 0.05).float()
    classes = torch.randint(0, K, (T, B), generator=generator)
    steps = {}
    for name, settings in ROWS.items():
        population = Population(["peephole LSTM"] * MODELS, D, K, H, **settings)
        targets = classes if population.loss_kind == "cross_entropy" else keys
        steps[name] = lambda p=population, t=targets: p.step(keys, t)
    return {name: ms / MODELS for name, ms in medians(steps, rounds).items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hidden", nargs="+", type=int, default=[16, 32, 64], help="hidden sizes")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args(arguments)
    pin()
    print(f"{processor()}; T = {T}, B = {B}, {D} in, {K} out; ms a model step, and times squared error")
    for H in options.hidden:
        ms = measure(H, options.rounds)
        for name, value in ms.items():
            ends = f"   must reach {MUST}, aim {AIM}" if (name, H) == ("Bernoulli, noise", 32) else ""
            print(f"  H = {H:3} {name:<22} {value:6.3f} {value / ms['squared error']:6.2f}{ends}", flush=True)


if __name__ == "__main__":
    main()
