"""Runs random cells of the language on every tier: `python benchmarks/fuzz_cells.py --cells 10000`.

Each seed is one cell with one set of numbers. Values and gradients of the torch tier, the C tier, the interpreter and
the loop of second derivatives must equal those of the NumPy reference, and these a complex step; populations in C and
interpreted must learn as one in torch. A text that `parse` refuses counts as refused. What differs is printed; the
exit status is 1 if anything does.

Seeds are run in portions, each in a process of its own whose kernels are compiled together. What is tried is our text
and not the compiler: without optimisation it is done six times as fast, `--level -O2` compiles as users do. After an
interruption `--first` goes on where the last line says.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import warnings
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "tools"))

PORTION = 100
POPULATION = 20
"""Cells of one population."""


def portion(level: str, first: int, last: int) -> tuple[int, list[str]]:
    """Run the seeds from `first` to `last` (excluded); gives how many cells were refused, and what differs."""
    warnings.simplefilter("ignore")
    from random_cells import compare, compare_populations, random_cell

    from gatedrnn_course.engines.c_tier.build import compiler, kernels_of, library

    library.PORTION, compiler.SECONDS = last - first, 3600
    compiler.FLAGS = tuple(level if flag == "-O2" else flag for flag in compiler.FLAGS)
    cells = {seed: cell for seed in range(first, last) if (cell := random_cell(seed))}
    found = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GATEDRNN_CACHE"] = folder
        kernels_of(list(cells.values()), 8)
        for seed, cell in cells.items():
            found += [f"seed {seed}: {text}" for text in compare(cell, seed)]
        every = list(cells.values())
        for k in range(0, len(every), POPULATION):
            found += compare_populations(every[k : k + POPULATION], first + k)
    return last - first - len(cells), found


def main() -> None:
    """Run the seeds and print what differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=1000, help="how many seeds")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=1, help="processes side by side")
    parser.add_argument("--level", default="-O0", help="how much the compiler optimises")
    chosen = parser.parse_args()
    end = chosen.first + chosen.cells
    begins = range(chosen.first, end, PORTION)
    refused, differ, done = 0, 0, chosen.first
    run = partial(portion, chosen.level)
    spawn = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(chosen.jobs, mp_context=spawn, max_tasks_per_child=1) as pool,
        tqdm(total=chosen.cells, unit="cell", mininterval=5, smoothing=0) as bar,
    ):
        try:
            for k, (no, found) in enumerate(pool.map(run, begins, (min(b + PORTION, end) for b in begins))):
                refused, differ, done = refused + no, differ + len(found), min(begins[k] + PORTION, end)
                bar.update(done - begins[k])
                for text in found:
                    bar.write(text)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
    print(f"Seeds {chosen.first} to {done - 1}: {refused} refused, {differ} differences; go on with --first {done}.")
    sys.exit(differ > 0)


if __name__ == "__main__":
    main()
