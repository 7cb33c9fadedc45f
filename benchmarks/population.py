"""Times populations beside as many models trained one after the other: `python benchmarks/population.py`.

The population mixes all nine Odyssey variants and trains them with Adam; beside it stand `torch.nn.LSTM`, which knows
none of them, and the loop people would write. All run in this process, on one core, in turn in every round; the figure
is the median CPU time of a step of one model. Ratios above 1 mean that the population is faster. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import torch
from kernel import INPUTS, Layer, keep_memory, loop, medians, pin, report, save, surroundings, training_step
from torch import nn

from gatedrnn_course.cells import ODYSSEY, catalogue
from gatedrnn_course.engines.population import Population

SHAPES = {"S1": (100, 16, 16), "S2": (100, 16, 32), "S3": (100, 32, 64), "B1": (100, 1, 64)}
"""T, B, H; B1 is the batch of one sequence that the Odyssey trained with."""
MIXES = {
    "mixed": list(ODYSSEY.values()),
    "mixed but FGR": [cell for name, cell in ODYSSEY.items() if name != "FGR"],
    "V": [ODYSSEY["V"]],
    "FGR": [ODYSSEY["FGR"]],
    "LSTM": [catalogue["LSTM"]],
    "GRU": [catalogue["GRU"]],
}
TARGETS = {
    "mixed vs nn.LSTM": {"S1": (4, 10), "S2": (3, 5), "S3": (1.5, 2.1)},
    "mixed vs the loop": {"S1": (80, 150), "S2": (40, 70), "S3": (8, 13)},
    "V vs nn.LSTM": {"B1": (5, 10)},
}
"""What must be reached, and what is aimed at."""


def population_step(name: str, shape: tuple[int, int, int], N: int, dtype: torch.dtype) -> Callable[[], Any]:
    """One step of a population of N models."""
    T, B, H = shape
    cells = [MIXES[name][k % len(MIXES[name])] for k in range(N)]
    rates = [1e-3 * (1 + k / N) for k in range(N)]
    settings: dict[str, Any] = {"optimiser": "adam", "learning_rates": rates, "dtype": dtype}
    population = Population(cells, INPUTS, 1, H, **settings)
    generator = torch.Generator().manual_seed(0)
    xs, targets = torch.randn(T, B, INPUTS, generator=generator), torch.randn(T, B, 1, generator=generator)
    return lambda: population.step(xs, targets)


def loops(shape: tuple[int, int, int]) -> Callable[[], Any]:
    """One step of each of the nine variants as a loop."""
    steps = [training_step(Layer(cell, shape[2], loop), shape) for cell in ODYSSEY.values()]
    return lambda: [step() for step in steps]


def measure(shape: tuple[int, int, int], N: int, rounds: int) -> dict[str, float]:
    """Median CPU milliseconds of a step of one model, by contender."""
    steps: dict[str, Callable[[], Any]] = {name: population_step(name, shape, N, torch.float32) for name in MIXES}
    steps["nn.LSTM"] = training_step(nn.LSTM(INPUTS, shape[2]), shape)
    steps["the loop"] = loops(shape)
    models = {**dict.fromkeys(MIXES, N), "nn.LSTM": 1, "the loop": len(ODYSSEY)}
    return {name: ms / models[name] for name, ms in medians(steps, rounds, 0.05).items()}


def ratios(ms: dict[str, float]) -> dict[str, float]:
    """The ratios of the table from the times of one shape."""
    found = {f"{name} vs nn.LSTM": ms["nn.LSTM"] / ms[name] for name in MIXES}
    return {**found, "mixed vs the loop": ms["the loop"] / ms["mixed"]}


def threads(shape: tuple[int, int, int], N: int) -> float:
    """How many times faster two threads are than one, by the clock."""
    T, B, H = shape
    xs, targets = torch.randn(T, B, INPUTS), torch.randn(T, B, 1)
    found = []
    for count in (1, 2):
        population = Population([MIXES["mixed"][k % 9] for k in range(N)], INPUTS, 1, H, threads=count)
        times = []
        for _ in range(8):
            begin = time.perf_counter()
            population.step(xs, targets)
            times.append(time.perf_counter() - begin)
        found.append(statistics.median(times[1:]))
    return found[0] / found[1]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shapes", nargs="+", default=list(SHAPES), choices=SHAPES)
    parser.add_argument("--rounds", type=int, default=7, help="at least 7")
    parser.add_argument("--models", type=int, default=72, help="N; a multiple of nine mixes all variants equally")
    parser.add_argument("--mallopt", action="store_true", help="let the C library keep freed memory, for all")
    options = parser.parse_args(arguments)
    kept = keep_memory() if options.mallopt else False
    two = threads(SHAPES["S1"], options.models)
    pin()
    content: dict[str, Any] = {**surroundings(kept), "models": options.models, "two threads vs one, by the clock": two}
    print("\n".join(f"{name}: {value}" for name, value in content.items()), flush=True)
    for name in options.shapes:
        ms = measure(SHAPES[name], options.models, max(7, options.rounds))
        content[name] = {"ms": ms, "ratios": ratios(ms)}
        report(name, ratios(ms), TARGETS)
    save("population-mallopt.json" if options.mallopt else "population.json", content)


if __name__ == "__main__":
    main()
