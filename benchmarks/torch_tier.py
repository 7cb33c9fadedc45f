"""Times the torch tier beside what people would write, and beside `torch.nn`: `python benchmarks/torch_tier.py`.

One training step is forward, backward and fused Adam, with a linear read-out at every step and a squared error. All
contenders run in this process, one after the other in every round; the figure is the median CPU time of the rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from gatedrnn_course.cells import Cell, catalogue
from gatedrnn_course.engines import Recurrent, keep_memory

SHAPES = {"S1": (100, 16, 16), "S2": (100, 16, 32), "S3": (100, 32, 64), "S4": (400, 64, 128)}
"""T, B, H."""
INPUTS = 8


class PeepholeLoop(nn.Module):
    """The peephole LSTM gate by gate, step by step, as it is taught; autograd does the backward."""

    def __init__(self, D: int, H: int) -> None:
        super().__init__()
        self.H = H
        self.p = nn.ParameterDict()
        sizes = {"D": D, "H": H}
        cell: Cell = catalogue["peephole LSTM"]
        for name in cell.parameters:
            self.p[name] = nn.Parameter(torch.empty([sizes[s] for s in cell.shape(name)]).uniform_(-(H**-0.5), H**-0.5))

    def forward(self, xs: Tensor) -> tuple[Tensor, Any]:
        """Hidden states (T, B, H) from inputs (T, B, D), and the last states."""
        p = dict(self.p.items())
        h = c = xs.new_zeros(xs.shape[1], self.H)
        hs = []
        for x in xs.unbind(0):
            f = torch.sigmoid(x @ p["W_f"].T + h @ p["U_f"].T + p["P_f"] * c + p["b_f"])
            i = torch.sigmoid(x @ p["W_i"].T + h @ p["U_i"].T + p["P_i"] * c + p["b_i"])
            c_tilde = torch.tanh(x @ p["W_c"].T + h @ p["U_c"].T + p["b_c"])
            c = f * c + i * c_tilde
            o = torch.sigmoid(x @ p["W_o"].T + h @ p["U_o"].T + p["P_o"] * c + p["b_o"])
            h = o * torch.tanh(c)
            hs.append(h)
        return torch.stack(hs), (h, c)


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


def contenders(shape: tuple[int, int, int]) -> dict[str, Callable[[], None]]:
    """Every contender's training step by name."""
    H = shape[2]
    layers = {
        "naive peephole loop": PeepholeLoop(INPUTS, H),
        "peephole LSTM": Recurrent("peephole LSTM", INPUTS, H),
        "LSTM": Recurrent("LSTM", INPUTS, H),
        "FGR": Recurrent("FGR", INPUTS, H),
        "GRU reset after": Recurrent("GRU reset after", INPUTS, H),
        "nn.LSTM": nn.LSTM(INPUTS, H),
        "nn.GRU": nn.GRU(INPUTS, H),
    }
    return {name: training_step(layer, shape) for name, layer in layers.items()}


def measure(shape: tuple[int, int, int], rounds: int) -> dict[str, float]:
    """Median CPU milliseconds of each contender's training step."""
    steps = contenders(shape)
    times: dict[str, list[float]] = {name: [] for name in steps}
    for round_ in range(rounds + 1):
        for name, step in steps.items():
            begin = time.process_time()
            step()
            if round_:  # the first warms up
                times[name].append(1e3 * (time.process_time() - begin))
    return {name: statistics.median(found) for name, found in times.items()}


def surroundings(memory_kept: bool) -> dict[str, Any]:
    """What the numbers depend on."""
    a = torch.randn(1024, 1024)
    fastest = min(_seconds(lambda: a @ a) for _ in range(5))
    return {
        "torch": torch.__version__,
        "oneDNN": torch.backends.mkldnn.is_available(),  # type: ignore[no-untyped-call]
        "threads": torch.get_num_threads(),
        "malloc": "mallopt" if memory_kept else "default",
        "adam": "fused",
        "sgemm GF/s": round(2 * 1024**3 / fastest / 1e9, 1),
        "processor": platform.machine(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def _seconds(work: Callable[[], Any]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shapes", nargs="+", default=["S1", "S2", "S3"], choices=SHAPES)
    parser.add_argument("--rounds", type=int, default=9, help="at least 7")
    parser.add_argument(
        "--mallopt", action="store_true", help="let the C library keep freed memory, for all contenders"
    )
    parser.add_argument("--json", type=Path, help="file to save the numbers in")
    options = parser.parse_args()
    torch.set_num_threads(1)
    around = surroundings(keep_memory() if options.mallopt else False)
    print(", ".join(f"{name} {value}" for name, value in around.items()))
    found = {}
    for name in options.shapes:
        T, B, H = SHAPES[name]
        times = found[name] = measure((T, B, H), max(7, options.rounds))
        print(f"\n{name}: T={T} B={B} H={H}  {'ms':>16} {'x naive':>8} {'x nn.LSTM':>10} {'x nn.GRU':>9}")
        for contender, ms in times.items():
            ratios = [times[other] / ms for other in ("naive peephole loop", "nn.LSTM", "nn.GRU")]
            print(f"  {contender:<22} {ms:>17.2f} {ratios[0]:>8.2f} {ratios[1]:>10.2f} {ratios[2]:>9.2f}")
    if options.json:
        options.json.write_text(json.dumps({"surroundings": around, "milliseconds": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
