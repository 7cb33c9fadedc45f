"""What the timings of the engines share: contenders, a training step of each, and medians taken in turn."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from gatedrnn_course.cells import Cell, parse
from gatedrnn_course.engines import Recurrent, c_tier
from gatedrnn_course.engines.torch_tier.loop import loop

HERE = Path(__file__).parent
RESULTS, DOCS = HERE / "results", HERE.parent / "docs"
Shape = tuple[int, int, int]
SHAPES: dict[str, Shape] = {"S1": (100, 16, 16), "S2": (100, 16, 32), "S3": (100, 32, 64), "S4": (400, 64, 128)}
"""T, B, H."""
INPUTS = 8
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
"""A cell that is nobody's."""


class NaiveLoop(nn.Module):
    """A cell gate by gate, step by step, as it is taught and as people write it; autograd does the backward."""

    def __init__(self, cell: Cell, H: int, device: str = "cpu") -> None:
        super().__init__()
        self.cell, self.H, sizes = cell, H, {"D": INPUTS, "H": H}
        self.p = nn.ParameterDict()
        for name in cell.parameters:
            shape = [sizes[letter] for letter in cell.shape(name)]
            self.p[name] = nn.Parameter(torch.empty(shape, device=device).uniform_(-(H**-0.5), H**-0.5))

    def forward(self, xs: Tensor) -> tuple[Tensor, Any]:
        """Hidden states (T, B, H) from inputs (T, B, D), and the last states."""
        T, B, D = xs.shape
        state = [xs.new_zeros(B, self.H) for _ in self.cell.states]
        params = [self.p[name] for name in self.cell.parameters]
        hs, last = loop(self.cell, xs.reshape(T * B, D), (B,) * T, state, params)
        return hs.view(T, B, self.H), last


def ours(cell: Cell | str, H: int, tier: Any = "c", device: str = "cpu") -> Recurrent:
    """Our module."""
    return Recurrent(cell, INPUTS, H, tier=tier, device=device)


def data(shape: Shape, device: str = "cpu") -> tuple[Tensor, Tensor]:
    """Fixed random inputs (T, B, D) and targets (T, B, 1)."""
    generator = torch.Generator().manual_seed(0)
    T, B, _H = shape
    xs, targets = torch.randn(T, B, INPUTS, generator=generator), torch.randn(T, B, 1, generator=generator)
    return xs.to(device), targets.to(device)


def training_step(layer: nn.Module, shape: Shape, device: str = "cpu") -> Callable[[], None]:
    """Forward, backward and fused Adam, with a linear read-out at every step and a squared error."""
    read = nn.Linear(shape[2], 1, device=device)
    optimiser = torch.optim.Adam([*layer.parameters(), *read.parameters()], lr=1e-3, fused=True)
    xs, targets = data(shape, device)

    def step() -> None:
        optimiser.zero_grad()
        nn.functional.mse_loss(read(layer(xs)[0]), targets).backward()  # type: ignore[no-untyped-call]
        optimiser.step()

    return step


def medians(
    steps: dict[str, Callable[[], Any]], rounds: int, least: float = 0.03, clock: Callable[[], float] | None = None
) -> dict[str, float]:
    """Median milliseconds of one call of each, all of them in turn in every round.

    Args:
        steps: What is timed.
        rounds: How many rounds count; one more warms up.
        least: Seconds that each is called for in a round, at least once.
        clock: Seconds; the processor's time where left out.
    """
    clock = clock or time.process_time
    times: dict[str, list[float]] = {name: [] for name in steps}
    for round_ in range(rounds + 1):
        for name, step in steps.items():
            step()  # what ran before is still in the cache
            begin, calls = clock(), 0
            while calls == 0 or clock() - begin < least:
                step()
                calls += 1
            if round_:
                times[name].append(1e3 * (clock() - begin) / calls)
    return {name: statistics.median(found) for name, found in times.items()}


def pin() -> None:
    """Keep the process on one core."""
    torch.set_num_threads(1)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def surroundings(memory_kept: bool) -> dict[str, Any]:
    """What the numbers depend on."""
    a = torch.randn(1024, 1024)
    ms = min(medians({"sgemm": lambda: a @ a}, 1, 0.0)["sgemm"] for _ in range(7))
    return {
        "processor": processor(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "oneDNN": torch.backends.mkldnn.is_available(),  # type: ignore[no-untyped-call]
        "compiler": c_tier.why(),
        "threads": torch.get_num_threads(),
        "malloc": "mallopt" if memory_kept else "default",
        "adam": "fused on both sides",
        "sgemm GF/s": round(2 * 1024**3 / ms / 1e6, 1),
    }


def processor() -> str:
    """Its name, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
