"""Times compiled kernels beside `torch.nn` and beside the loop people would write: `python benchmarks/kernel.py`.

One training step is forward, backward and fused Adam, with a linear read-out at every step and a squared error. All
contenders run in this process, on one core, one after the other in every round; the figure is the median CPU time of
the rounds. Ratios above 1 mean that ours is faster. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from gatedrnn_course.cells import ODYSSEY, Cell, catalogue, parse
from gatedrnn_course.engines import Recurrent, keep_memory, kernel
from gatedrnn_course.engines.loop import loop

SHAPES = {"S1": (100, 16, 16), "S2": (100, 16, 32), "S3": (100, 32, 64), "S4": (400, 64, 128)}
"""T, B, H."""
INPUTS = 8
RESULTS = Path(__file__).parent / "results"
EVOLVED = parse(
    """
    g = sigmoid(W_g @ x + U_g @ h_prev + b_g)                  # gate
    m = tanh(W_m @ x + U_m @ (g * h_prev) + b_m)               # first node
    n = relu(W_n @ x + m * h_prev + b_n)                       # second node
    k = sigmoid(U_k @ tanh(n) + b_k)                           # second gate
    h = k * m + (1 - k) * tanh(h_prev)                         # hidden state
    """,
    "evolved",
)
BUILD = """
import time
begin = time.perf_counter()
from gatedrnn_course.cells import catalogue
from gatedrnn_course.engines.kernel.bind import kernel_of
imported = time.perf_counter()
kernel_of(catalogue["peephole LSTM"], 4)
print(time.perf_counter() - imported)
"""
TARGETS = {
    "peephole LSTM vs nn.LSTM": {"S1": (1.5, 2.5), "S2": (1.4, 2.0), "S3": (1.15, 1.5), "S4": (1.0, 1.2)},
    "GRU vs nn.GRU": {"S1": (6, 12), "S2": (5, 9), "S3": (3, 4), "S4": (1.5, 2.2)},
    "MUT1 vs its loop": {"S1": (20, None), "S2": (12, None), "S3": (4, None)},
    "evolved vs its loop": {"S1": (20, None), "S2": (12, None), "S3": (4, None)},
}
"""What must be reached, and what is aimed at."""


class Layer(nn.Module):
    """A cell run by a function with the arguments of `sequence.run`."""

    def __init__(self, cell: Cell, H: int, function: Callable[..., Any]) -> None:
        super().__init__()
        self.inner, self.cell, self.H, self.function = Recurrent(cell, INPUTS, H), cell, H, function

    def forward(self, xs: Tensor) -> tuple[Tensor, Any]:
        """Hidden states (T, B, H) from inputs (T, B, D), and the last states."""
        T, B, D = xs.shape
        state = [xs.new_zeros(B, self.H) for _ in self.cell.states]
        params = list(self.inner.named().values())
        hs, last = self.function(self.cell, xs.reshape(T * B, D), (B,) * T, state, params)
        return hs.view(T, B, self.H), last


def training_step(layer: nn.Module, shape: tuple[int, int, int]) -> Callable[[], None]:
    """One training step of a layer on fixed random data."""
    T, B, H = shape
    read = nn.Linear(H, 1)
    optimiser = torch.optim.Adam([*layer.parameters(), *read.parameters()], lr=1e-3, fused=True)
    generator = torch.Generator().manual_seed(0)
    xs, targets = torch.randn(T, B, INPUTS, generator=generator), torch.randn(T, B, 1, generator=generator)

    def step() -> None:
        optimiser.zero_grad()
        nn.functional.mse_loss(read(layer(xs)[0]), targets).backward()  # type: ignore[no-untyped-call]
        optimiser.step()

    return step


def contenders(shape: tuple[int, int, int], loops: bool) -> dict[str, Callable[[], None]]:
    """Every contender's training step by name."""
    H = shape[2]
    cells = {name: catalogue[name] for name in ("peephole LSTM", "LSTM", "GRU", "GRU reset after", "MUT1")}
    cells |= {**ODYSSEY, "evolved": EVOLVED}
    layers: dict[str, nn.Module] = {"nn.LSTM": nn.LSTM(INPUTS, H), "nn.GRU": nn.GRU(INPUTS, H)}
    layers |= {name: Layer(cell, H, kernel.run) for name, cell in cells.items()}
    if loops:
        layers |= {f"{name}, loop": Layer(cells[name], H, loop) for name in ("peephole LSTM", "MUT1", "evolved")}
    return {name: training_step(layer, shape) for name, layer in layers.items()}


def medians(steps: dict[str, Callable[[], Any]], rounds: int, least: float = 0.02) -> dict[str, float]:
    """Median CPU milliseconds of one call of each, all of them in turn in every round."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    for round_ in range(rounds + 1):
        for name, step in steps.items():
            begin, calls = time.process_time(), 0
            while calls == 0 or time.process_time() - begin < least:
                step()
                calls += 1
            if round_:  # the first warms up
                times[name].append(1e3 * (time.process_time() - begin) / calls)
    return {name: statistics.median(found) for name, found in times.items()}


def ratios(ms: dict[str, float]) -> dict[str, float]:
    """The ratios of the table from the times of one shape."""
    found = {
        "peephole LSTM vs nn.LSTM": ms["nn.LSTM"] / ms["peephole LSTM"],
        "LSTM vs nn.LSTM": ms["nn.LSTM"] / ms["LSTM"],
        "GRU vs nn.GRU": ms["nn.GRU"] / ms["GRU reset after"],
        "GRU (reset before) vs nn.GRU": ms["nn.GRU"] / ms["GRU"],
        "slowest mask variant, times vanilla": max(ms[v] for v in ODYSSEY if v not in ("V", "FGR")) / ms["V"],
        "FGR, times vanilla": ms["FGR"] / ms["V"],
    }
    for name in ("peephole LSTM", "MUT1", "evolved"):
        if f"{name}, loop" in ms:
            found[f"{name} vs its loop"] = ms[f"{name}, loop"] / ms[name]
    return found


def build_seconds() -> dict[str, float]:
    """What the first kernel on a machine takes: a fresh process with an empty cache."""
    with tempfile.TemporaryDirectory() as folder:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        environment = {**os.environ, "GATEDRNN_CACHE": folder, "PYTHONPATH": str(Path(__file__).parents[1])}
        command = [sys.executable, "-c", BUILD]
        first = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        again = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"first build, wall": float(first.stdout), "whole process, CPU": cpu, "from the cache": float(again.stdout)}


def surroundings(memory_kept: bool) -> dict[str, Any]:
    """What the numbers depend on."""
    a = torch.randn(1024, 1024)
    ms = min(medians({"sgemm": lambda: a @ a}, 1, 0.0)["sgemm"] for _ in range(7))
    return {
        "torch": torch.__version__,
        "oneDNN": torch.backends.mkldnn.is_available(),  # type: ignore[no-untyped-call]
        "compiler": kernel.why(),
        "threads": torch.get_num_threads(),
        "malloc": "mallopt" if memory_kept else "default",
        "adam": "fused on both sides",
        "sgemm GF/s": round(2 * 1024**3 / ms / 1e6, 1),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def pin() -> None:
    """Keep the process on one core."""
    torch.set_num_threads(1)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def report(shape: str, found: dict[str, float], targets: dict[str, Any]) -> None:
    """Print the ratios of one shape beside what they must reach."""
    for name, ratio in found.items():
        least, aim = targets.get(name, {}).get(shape, (None, None))
        wanted = "" if least is None else f"   must reach {least}" + ("" if aim is None else f", aim {aim}")
        print(f"  {shape} {name:<40} {ratio:7.2f}{wanted}", flush=True)


def save(file: str, content: dict[str, Any]) -> None:
    """Write the numbers to the folder of results."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / file).write_text(json.dumps(content, indent=1) + "\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shapes", nargs="+", default=list(SHAPES), choices=SHAPES)
    parser.add_argument("--rounds", type=int, default=7, help="at least 7")
    parser.add_argument("--mallopt", action="store_true", help="let the C library keep freed memory, for all")
    options = parser.parse_args(arguments)
    build = build_seconds()
    pin()
    content: dict[str, Any] = {**surroundings(keep_memory() if options.mallopt else False), "build s": build}
    print("\n".join(f"{name}: {value}" for name, value in content.items()), flush=True)
    for name in options.shapes:
        ms = medians(contenders(SHAPES[name], loops=name != "S4"), max(7, options.rounds))
        content[name] = {"ms": ms, "ratios": ratios(ms)}
        report(name, ratios(ms), TARGETS)
    save("kernel-mallopt.json" if options.mallopt else "kernel.json", content)


if __name__ == "__main__":
    main()
