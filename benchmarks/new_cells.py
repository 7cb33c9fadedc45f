"""What a cell that nobody compiled costs: `python benchmarks/new_cells.py`.

First a step of training of the catalogue's, interpreted and compiled, both in turn in every round. Then, of mutants,
from the text to the first step of training: by the interpreter, by a kernel of its own, and by kernels compiled 24 at
a time at several levels of optimisation, each compiled anew. Last, the filter of an evolution: cells learn to spell
five letters, in a population whose models rest once they pass or diverge. Figures are seconds of the processor, the
compiler's included; on one core, but for the filter with `--threads 2`. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from measure import medians, pin, processor

from gatedrnn_course.cells import parse
from gatedrnn_course.engines.c_tier.build import compiler
from gatedrnn_course.engines.c_tier.interpreter import interpreter_of
from gatedrnn_course.engines.population import Population
from gatedrnn_course.tasks import Memorisation, stream

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "tools"))
from random_cells import mutants

STARTS = ("LSTM", "peephole LSTM", "GRU", "MUT1", "MUT2", "MUT3")
TOGETHER = 24
H, B, RATE = 52, 20, 3e-3
PASS, AIM = 0.15, 0.03
"""Seconds from text to the first step."""


def used() -> float:
    """Seconds of the processor, those of processes that have ended included."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def population(texts: Sequence[str], tier: str, threads: int = 1) -> Population:
    """Untrained models of cells that no one has parsed yet."""
    task = Memorisation()
    given = [parse(text) for text in texts], task.input_size, task.output_size, H
    settings = {"loss": task.loss, "optimiser": "adam", "learning_rates": RATE, "scale": H**-0.5}
    return Population(*given, tier=tier, threads=threads, **settings)  # type: ignore[arg-type]


def first_steps(texts: Sequence[str], tier: str, together: int) -> list[float]:
    """Seconds a cell from text to the first step of training, so many texts at a time."""
    given = Memorisation().batch(stream(0, "train"), B)
    found = []
    for k in range(0, len(texts), together):
        some, begin = texts[k : k + together], used()
        population(some, tier).step(given.inputs, given.targets, given.mask)
        found.append((used() - begin) / len(some))
    return found


def at_level(level: str, run: Callable[[], list[float]]) -> list[float]:
    """The same with kernels compiled at a level of optimisation, in a cache of their own."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GATEDRNN_CACHE"], flags = folder, compiler.FLAGS
        compiler.FLAGS = tuple(level if flag == "-O2" else flag for flag in flags)
        compiler._search.cache_clear()
        try:
            Population("LSTM", 2, 1, 4, tier="c").step(np.zeros((1, 1, 2)), np.zeros((1, 1, 1)))
            return run()
        finally:
            del os.environ["GATEDRNN_CACHE"]
            compiler.FLAGS = flags
            compiler._search.cache_clear()


def texts_to_steps(count: int, compiled: int, rounds: int) -> None:
    """Print the seconds from text to the first step, and how long a step of the same cells takes compared."""
    interpreter_of(parse("h = tanh(W_h @ x)"), 4)
    every = mutants(count + 4 * compiled, STARTS)
    parts = [every[count + k * compiled : count + (k + 1) * compiled] for k in range(4)]
    print(f"from text to the first step, processor seconds a cell; must reach {PASS}, aim {AIM}")
    _told("interpreted", first_steps(every[:count], "interpreted", 1), "")
    _told("compiled alone", at_level("-O2", lambda: first_steps(parts[0][: max(1, compiled // 8)], "c", 1)), "")
    for level, own in zip(("-O2", "-O1", "-O0"), parts[1:], strict=True):
        seconds = at_level(level, lambda own=own: first_steps(own, "c", TOGETHER))  # type: ignore[misc]
        ratio = compared(own[:TOGETHER], rounds)
        _told(
            f"compiled {TOGETHER} at a time, {level}", seconds, f"; a step interpreted takes {ratio:.2f} times as long"
        )


def _told(name: str, seconds: Sequence[float], more: str) -> None:
    print(f"  {name:<32} median {statistics.median(seconds):7.4f} of {len(seconds)}{more}", flush=True)


def compared(texts: Sequence[str], rounds: int) -> float:
    """How many times as long a step takes interpreted as compiled; what is compiled already is not compiled anew."""
    given = Memorisation().batch(stream(0, "train"), B)
    steps = {}
    for tier in ("c", "interpreted"):
        models = population(texts, tier)
        steps[tier] = lambda models=models: models.step(given.inputs, given.targets, given.mask)
    ms = medians(steps, rounds)
    return ms["interpreted"] / ms["c"]


def steps(H: int, T: int, batch: int, rounds: int) -> None:
    """Print the milliseconds of a step of one model of the catalogue."""
    xs, targets = torch.randn(T, batch, 8), torch.randn(T, batch, 4)
    tiers: tuple[Any, ...] = ("c", "interpreted")
    models = {tier: Population(STARTS, 8, 4, H, optimiser="adam", tier=tier) for tier in tiers}
    ms = medians({t: lambda p=p: p.step(xs, targets) for t, p in models.items()}, rounds)
    told = "  ".join(f"{tier} {ms[tier] / len(STARTS):6.3f}" for tier in models)
    print(f"  T = {T:3} B = {batch} H = {H:3}  {told}  times {ms['interpreted'] / ms['c']:4.2f}", flush=True)


def filtered(count: int, most: int, threads: int) -> None:
    """Print what the filter costs."""
    task, every = Memorisation(), 100
    judged = task.batch(stream(0, "valid"), 200, "valid")
    texts = mutants(count, STARTS, seed=1)
    begin, wall = used(), time.perf_counter()
    models = population(texts, "interpreted", threads)
    learning, passed = list(range(count)), 0
    for step in range(1, most + 1):
        given = task.batch(stream(0, "train", step), B)
        models.step(given.inputs, given.targets, given.mask)
        if step % every == 0:
            frozen = models.frozen
            learning = [k for k in learning if not frozen[k]]
            outputs = models.outputs(judged.inputs, learning) if learning else ()
            done = [k for k, y in zip(learning, outputs, strict=True) if task.score(y, judged) >= task.criterion.score]
            for k in done:
                models.rest(k)
            passed += len(done)
            learning = [k for k in learning if k not in done]
    seconds, wall = used() - begin, time.perf_counter() - wall
    frozen = int(models.frozen.sum())
    print(f"filter: {count} cells, H = {H}, B = {B}, up to {most} steps: {passed} pass, {frozen} freeze")
    print(f"  {seconds / count:.3f} processor seconds a cell; {wall:.1f} s in all, {threads} at once")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=1000, help="cells that are interpreted")
    parser.add_argument("--compiled", type=int, default=120, help="cells that are compiled at each level")
    parser.add_argument("--hidden", nargs="+", type=int, default=[16, 52], help="hidden sizes of a step")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--filtered", type=int, default=100, help="cells that are filtered")
    parser.add_argument("--steps", type=int, default=2500, help="steps of the filter")
    parser.add_argument("--threads", type=int, default=1, help="models that the filter trains at once")
    options = parser.parse_args(arguments)
    if options.threads == 1:
        pin()
    torch.set_num_threads(1)
    print(processor())
    print("a step of training, ms a model")  # before anything is compiled at other levels
    for hidden in options.hidden:
        steps(hidden, 100, 16, options.rounds)
        steps(hidden, 10, B, options.rounds)
    texts_to_steps(options.cells, options.compiled, options.rounds)
    filtered(options.filtered, options.steps, options.threads)


if __name__ == "__main__":
    main()
