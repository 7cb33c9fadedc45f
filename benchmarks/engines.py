"""Times the engines beside `torch.nn` and beside the loops people write: `python benchmarks/engines.py`.

One training step is forward, backward and fused Adam, with a linear read-out at every step and a squared error. All
contenders run in this process, on one core, in turn in every round; the figure is the median of the processor's time.
Ratios above 1 mean that ours is faster. Nothing is asserted. The numbers go to `results/engines.json`, the table and
the picture to `docs/engines.md`; with --mallopt the C library keeps freed memory, for all contenders alike.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from typing import Any

import torch
from engines_page import ROWS, write_page
from measure import EVOLVED, INPUTS, RESULTS, SHAPES, NaiveLoop, Shape, data, medians, ours, pin, surroundings
from measure import training_step as step
from torch import nn

from gatedrnn_course.cells import ODYSSEY, catalogue
from gatedrnn_course.engines import keep_memory
from gatedrnn_course.engines.population import Population

MODELS = 72
"""A multiple of nine mixes all variants equally."""
BUILD = """
import time
from gatedrnn_course.cells import catalogue
from gatedrnn_course.engines.c_tier import kernel_of
begin = time.perf_counter()
kernel_of(catalogue["peephole LSTM"], 4)
print(time.perf_counter() - begin)
"""


def singles(shape: Shape) -> dict[str, Callable[[], None]]:
    """Training steps of compiled modules, and of what they are compared with."""
    H = shape[2]
    layers: dict[str, nn.Module] = {"nn.LSTM": nn.LSTM(INPUTS, H), "nn.GRU": nn.GRU(INPUTS, H)}
    layers |= {name: ours(name, H) for name in ("peephole LSTM", "LSTM", "GRU", "GRU reset after", "MUT1")}
    layers |= {name: ours(cell, H) for name, cell in ODYSSEY.items()} | {"evolved": ours(EVOLVED, H)}
    return {name: step(layer, shape) for name, layer in layers.items()}


def loops(shape: Shape) -> dict[str, Callable[[], None]]:
    """Training steps of the loops people write, and of the torch tier."""
    H = shape[2]
    layers: dict[str, nn.Module] = {"torch tier": ours("peephole LSTM", H, "torch")}
    cells = {"peephole LSTM": catalogue["peephole LSTM"], "MUT1": catalogue["MUT1"], "evolved": EVOLVED}
    layers |= {f"{name}, loop": NaiveLoop(cell, H) for name, cell in cells.items()}
    return {name: step(layer, shape) for name, layer in layers.items()}


def populations(shape: Shape) -> dict[str, Callable[[], Any]]:
    """Steps of whole populations; the loops of all nine variants, one after the other."""
    xs, targets = data(shape)
    mixes = {"population": list(ODYSSEY.values()), "population but FGR": [c for n, c in ODYSSEY.items() if n != "FGR"]}
    found: dict[str, Callable[[], Any]] = {}
    for tier in ("c", "torch"):
        for name, mix in mixes.items():
            cells = [mix[k % len(mix)] for k in range(MODELS)]
            rates = [1e-3 * (1 + k / MODELS) for k in range(MODELS)]
            population = Population(
                cells, INPUTS, 1, shape[2], optimiser="adam", learning_rates=rates, tier="c" if tier == "c" else "torch"
            )
            found[name if tier == "c" else f"{name}, torch"] = lambda p=population: p.step(xs, targets)
    each = [step(NaiveLoop(cell, shape[2]), shape) for cell in ODYSSEY.values()]
    found["loops of the variants"] = lambda: [one() for one in each]
    return found


def measure(name: str, rounds: int) -> dict[str, float]:
    """Milliseconds of a step of one model, by contender, at one shape."""
    shape = SHAPES[name]
    ms = medians(singles(shape), rounds)
    if name == "S4":
        return ms
    beside = step(nn.LSTM(INPUTS, shape[2]), shape)
    many = medians({**populations(shape), "nn.LSTM beside": beside}, rounds)
    models = {"nn.LSTM beside": 1, "loops of the variants": len(ODYSSEY)}
    per_model = {key: value / models.get(key, MODELS) for key, value in many.items()}
    return {**ms, **medians(loops(shape), rounds), **per_model}


def ratios(ms: dict[str, float]) -> dict[str, float]:
    """The rows of the table from the times of one shape."""
    variants = [ms[v] for v in ODYSSEY if v not in ("V", "FGR")]
    found = {
        "peephole LSTM vs nn.LSTM": ms["nn.LSTM"] / ms["peephole LSTM"],
        "slowest mask variant, times vanilla": max(variants) / ms["V"],
        "FGR, times vanilla": ms["FGR"] / ms["V"],
        "GRU vs nn.GRU": ms["nn.GRU"] / ms["GRU reset after"],
    }
    if "torch tier" not in ms:
        return found
    return found | {
        "torch tier vs the loop": ms["peephole LSTM, loop"] / ms["torch tier"],
        "population vs nn.LSTM": ms["nn.LSTM beside"] / ms["population"],
        "population but FGR vs nn.LSTM": ms["nn.LSTM beside"] / ms["population but FGR"],
        "population vs the loops": ms["loops of the variants"] / ms["population"],
        "population in torch vs nn.LSTM": ms["nn.LSTM beside"] / ms["population, torch"],
        "MUT1 vs its loop": ms["MUT1, loop"] / ms["MUT1"],
        "evolved cell vs its loop": ms["evolved, loop"] / ms["evolved"],
    }


def build_seconds() -> dict[str, float]:
    """What the first kernel on a machine takes: a fresh process with an empty cache, then one with it full."""
    with tempfile.TemporaryDirectory() as folder:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        environment = {**os.environ, "GATEDRNN_CACHE": folder}
        command = [sys.executable, "-c", BUILD]
        first = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        again = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"first build": float(first.stdout), "whole process, CPU": cpu, "from the cache": float(again.stdout)}


def report(shape: str, found: dict[str, float]) -> None:
    """Print the ratios of one shape beside what they must reach."""
    for name, ratio in found.items():
        must, aim = ROWS[name].get(shape, (None, None))
        wanted = "" if must is None else f"   must reach {must:g}" + ("" if aim is None else f", aim {aim:g}")
        print(f"  {shape} {name:<38} {ratio:7.2f}{wanted}", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shapes", nargs="+", default=list(SHAPES), choices=SHAPES)
    parser.add_argument("--rounds", type=int, default=9, help="at least 7")
    parser.add_argument("--mallopt", action="store_true", help="let the C library keep freed memory, for all")
    parser.add_argument("--save", action="store_true", help="write the numbers, the page and the picture")
    options = parser.parse_args(arguments)
    build = build_seconds()
    pin()
    torch.manual_seed(0)
    content: dict[str, Any] = {**surroundings(keep_memory() if options.mallopt else False), "build s": build}
    print("\n".join(f"{name}: {value}" for name, value in content.items()), flush=True)
    for name in options.shapes:
        ms = measure(name, max(7, options.rounds))
        content[name] = {"ms": ms, "ratios": ratios(ms)}
        report(name, ratios(ms))
    if options.save:
        file = RESULTS / ("engines-mallopt.json" if options.mallopt else "engines.json")
        file.write_text(json.dumps(content, indent=1) + "\n")
        write_page()


if __name__ == "__main__":
    main()
