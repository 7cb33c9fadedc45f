"""What a new architecture costs, from text to first step and through the filter: `python benchmarks/evolution.py`.

Mutants are drawn by a walk from the LSTM and the GRU, duplicates left out, as in the study. All figures are seconds of
the processor, those of the compiler included, on one core; the kernel cache begins empty. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from collections.abc import Sequence
from typing import Any

import numpy as np
from measure import pin, processor

from gatedrnn_course.cells import Cell, parse
from gatedrnn_course.cells.catalogue import GRU, LSTM
from gatedrnn_course.cells.edits.behaviour import behaviour
from gatedrnn_course.cells.edits.mutate import mutate
from gatedrnn_course.engines.population import Population
from gatedrnn_course.studies.evolution.filter import memorise
from gatedrnn_course.studies.evolution.sizes import SIZES, Filter, hidden_size_for
from gatedrnn_course.tasks import stream

ALL = 10_000
MUST, AIM = 0.15, 0.03
"""What the median from text to first step must reach and aims at."""


def seconds() -> float:
    """Of the processor, for this process and those it has waited for."""
    t = os.times()
    return t.user + t.system + t.children_user + t.children_system


def mutants(count: int, walk: int, seed: int) -> tuple[list[Cell], float, float]:
    """Different mutants up to so many mutations away, and seconds for one mutation and one look for duplicates."""
    rng, found, seen, spent = np.random.default_rng(seed), [], {behaviour(LSTM), behaviour(GRU)}, [0.0, 0.0]
    draws = 0
    while len(found) < count:
        cell = (LSTM, GRU)[int(rng.integers(2))]
        begin = seconds()
        for _ in range(int(rng.integers(1, walk + 1))):
            made = mutate(cell, rng)
            cell = made.cell if made else cell
        between = seconds()
        key = behaviour(cell)
        spent = [spent[0] + between - begin, spent[1] + seconds() - between]
        draws += 1
        if key not in seen:
            seen.add(key)
            found.append(cell)
    return found, spent[0] / draws, spent[1] / draws


def first_step(cells: Sequence[Cell], given: Filter, tier: Any) -> float:
    """Seconds a cell from the texts of some to the end of their first step of training together."""
    texts = [cell.text for cell in cells]
    batch = given.task.batch(stream(0, "train", 0), 20)
    begin = seconds()
    read = [parse(text) for text in texts]
    sizes = [hidden_size_for(cell, given.task.input_size, given.task.output_size, given.parameters) for cell in read]
    population = Population(
        read,
        given.task.input_size,
        given.task.output_size,
        sizes,
        loss="cross_entropy",
        optimiser="adam",
        tier=tier,
    )
    population.step(batch.inputs, batch.targets, batch.mask)
    return (seconds() - begin) / len(cells)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=200, help="how many new architectures")
    parser.add_argument("--portion", type=int, default=50, help="how many are trained at once")
    parser.add_argument(
        "--filtered", type=int, default=50, help="how many go through the filter, with the race and without"
    )
    parser.add_argument("--walk", type=int, default=4, help="the most mutations from the LSTM or the GRU")
    parser.add_argument("--tier", default="auto", help="of the populations")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    pin()
    with tempfile.TemporaryDirectory() as cache:
        os.environ["GATEDRNN_CACHE"] = cache
        print(f"{processor()}; tier {options.tier}")
        cells, mutation, look = mutants(options.mutants, options.walk, options.seed)
        print(f"  draw a mutant {1e3 * mutation:.2f} ms, look for duplicates {1e3 * look:.2f} ms")
        given = SIZES["reduced"].filter
        first_step([LSTM], given, options.tier)  # what all share is loaded
        alone = statistics.median(first_step([cell], given, options.tier) for cell in cells[: len(cells) // 2])
        rest = cells[len(cells) // 2 :]
        parts = [rest[k : k + options.portion] for k in range(0, len(rest), options.portion)]
        together = statistics.median(first_step(part, given, options.tier) for part in parts)
        print(f"  text to first step: alone, median {alone:.3f} s; {options.portion} at once {together:.3f} s each")
        print(f"    must reach {MUST}, aim {AIM}")
        _filter(cells[: options.filtered], given, options.tier, mutation + look + together)


def _filter(cells: Sequence[Cell], given: Filter, tier: Any, before: float) -> None:
    """The filter with the race and without it."""
    whole = Filter()
    passed = {}
    for name, way in (("without the race", whole), ("with the race", given)):
        begin = seconds()
        outcomes = memorise(cells, range(len(cells)), way, tier=tier)
        each = (seconds() - begin) / len(cells)
        passed[name] = {k for k, outcome in enumerate(outcomes) if outcome.accuracy >= way.accuracy}
        hours = ALL * (each + before) / 3600
        print(
            f"  filter {name}: {each:.3f} s a model, {len(passed[name])} of {len(cells)} pass; "
            f"{ALL:,} in {hours:.2f} processor hours with all before"
        )
    lost = passed["without the race"] - passed["with the race"]
    print(f"  the race loses {len(lost)} of {len(passed['without the race'])} that pass")


if __name__ == "__main__":
    main()
