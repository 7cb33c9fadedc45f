"""Times layers without a backward: one step at a time, as a stream comes in, and whole sequences.

`python benchmarks/inference.py` prints how many times faster ours is than `torch.nn`, in one process, in turn in every
round, one core, float32, `torch.no_grad`. A stream hands the state from step to step, B = 1, D = H.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from itertools import repeat
from typing import Any

import torch
from measure import SHAPES, medians, ours, pin
from torch import nn

from gatedrnn_course.engines import Recurrent

SIZES = (64, 512)
STEPS = 50
CELLS = ("LSTM", "peephole LSTM")


def streaming(layer: Any, x: torch.Tensor) -> Callable[[], None]:
    """A stream of steps through a layer (one of `nn.LSTMCell` takes no axis for the time)."""

    def run() -> None:
        state = None
        with torch.no_grad():
            for _step in repeat(None, STEPS):
                found = layer(x, state)
                state = found if isinstance(layer, nn.LSTMCell) else found[1]

    return run


def whole(layer: nn.Module, xs: torch.Tensor) -> Callable[[], None]:
    """A whole sequence through a layer."""

    def run() -> None:
        with torch.no_grad():
            layer(xs)

    return run


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=25)
    asked = parser.parse_args()
    pin()
    print("| | vs nn.LSTM | vs nn.LSTMCell |\n| --- | --- | --- |")
    for H in SIZES:
        step = torch.randn(1, 1, H)
        runs = {"nn.LSTM": streaming(nn.LSTM(H, H), step), "nn.LSTMCell": streaming(nn.LSTMCell(H, H), step[0])}
        runs |= {name: streaming(Recurrent(name, H, H), step) for name in CELLS}
        ms = medians(runs, asked.rounds)
        for name in CELLS:
            ratios = [f"{ms[other] / ms[name]:.2f}" for other in ("nn.LSTM", "nn.LSTMCell")]
            print(f"| {name}, a step, H = {H} | {' | '.join(ratios)} |", flush=True)
    for shape, (T, B, H) in SHAPES.items():
        xs = torch.randn(T, B, 8)
        runs = {"nn.LSTM": whole(nn.LSTM(8, H), xs), **{name: whole(ours(name, H), xs) for name in CELLS}}
        ms = medians(runs, asked.rounds)
        for name in CELLS:
            print(f"| {name}, {shape} whole | {ms['nn.LSTM'] / ms[name]:.2f} | |", flush=True)


if __name__ == "__main__":
    main()
