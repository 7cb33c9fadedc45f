"""Times populations and single modules on an NVIDIA GPU beside cuDNN's LSTM: `python benchmarks/gpu.py`.

A population of mixed variants stands beside as many `nn.LSTM` trained one after the other, a peephole LSTM beside one
`nn.LSTM`, in this process, in turn in every round; the figure is the median time by the clock, the device awaited. The
numbers go to `results/gpu.json`. A minGRU over LONG steps stands beside itself step by step: forward and backward by a
scan. Without a GPU it says so and writes nothing; `--device cpu` tries the program out.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import torch
from measure import INPUTS, RESULTS, SHAPES, Shape, data, medians, ours, surroundings, training_step
from torch import nn

from gatedrnn_course.cells import ODYSSEY, catalogue
from gatedrnn_course.engines import Recurrent
from gatedrnn_course.engines.population import Population
from gatedrnn_course.engines.torch_tier import scan, sequence

GOALS = {"population vs nn.LSTM": {"S3": (20, 45)}, "peephole LSTM vs nn.LSTM": {"S3": (0.5, 1 / 1.2)}}
"""What must be reached, and what is aimed at."""
LONG = 4096
"""Steps of the sequence that is scanned."""


def graphed(shape: Shape, device: str) -> nn.Module:
    """Our peephole LSTM, recorded forward and backward as CUDA graphs."""
    module: nn.Module = ours("peephole LSTM", shape[2], "torch", device)
    if device == "cpu":
        return module
    made: Any = torch.cuda.make_graphed_callables(module, (data(shape, device)[0],))
    return made  # type: ignore[no-any-return]


def contenders(shape: Shape, models: int, device: str) -> dict[str, Callable[[], Any]]:
    """What is timed at one shape."""
    xs, targets = data(shape, device)
    mix = list(ODYSSEY.values())
    cells = [mix[k % len(mix)] for k in range(models)]
    population = Population(
        cells, INPUTS, 1, shape[2], optimiser="adam", learning_rates=1e-3, device=device, tier="torch"
    )
    return {
        "nn.LSTM": training_step(nn.LSTM(INPUTS, shape[2], device=device), shape, device),
        "peephole LSTM, eager": training_step(ours("peephole LSTM", shape[2], "torch", device), shape, device),
        "peephole LSTM, graph": training_step(graphed(shape, device), shape, device),
        "population": lambda: population.step(xs, targets),
    }


def scanned(device: str) -> dict[str, Callable[[], Any]]:
    """A cell that is linear in its state, by a scan and step by step."""
    cell, (xs, _targets) = catalogue["minGRU"], data((LONG, 16, 64), device)
    module = Recurrent(cell, INPUTS, 64, device=device)
    state, stacks = [xs.new_zeros(16, 64)], module.all_weights[0]

    def through(run: Callable[..., Any]) -> Callable[[], Any]:
        return lambda: run(cell, xs.flatten(0, 1), (16,) * LONG, state, stacks)[0].sum().backward()

    return {"scan": through(scan.run), "step by step": through(sequence.run)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shapes", nargs="+", default=["S1", "S3"], choices=SHAPES)
    parser.add_argument("--models", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--device", default="cuda")
    options = parser.parse_args(arguments)
    if options.device == "cuda" and not torch.cuda.is_available():
        print("There is no NVIDIA GPU that torch can use here, so nothing was timed.")
        return

    def clock() -> float:
        if options.device == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter()

    content: dict[str, Any] = {**surroundings(False), "models": options.models, "device": options.device}
    if options.device == "cuda":
        content["device"] = f"{torch.cuda.get_device_name()}, CUDA {torch.version.cuda}"
    print("\n".join(f"{name}: {value}" for name, value in content.items()), flush=True)
    for name in options.shapes:
        ms = medians(contenders(SHAPES[name], options.models, options.device), options.rounds, clock=clock)
        ratios = {
            "population vs nn.LSTM": ms["nn.LSTM"] * options.models / ms["population"],
            "peephole LSTM vs nn.LSTM": ms["nn.LSTM"] / min(ms["peephole LSTM, eager"], ms["peephole LSTM, graph"]),
        }
        content[name] = {"ms": ms, "ratios": ratios}
        for row, ratio in ratios.items():
            must, aim = GOALS[row].get(name, (None, None))
            print(f"  {name} {row:<28} {ratio:7.2f}" + (f"   must reach {must:g}, aim {aim:.2g}" if must else ""))
    ms = medians(scanned(options.device), options.rounds, clock=clock)
    content["minGRU"] = {"ms": ms, "ratio": ms["step by step"] / ms["scan"]}
    print(f"  minGRU, T = {LONG}, scan vs step by step {content['minGRU']['ratio']:.2f}")
    if options.device == "cuda":
        (RESULTS / "gpu.json").write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
