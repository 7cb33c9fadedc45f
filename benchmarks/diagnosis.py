"""How long it takes to name mistakes, and how many get a name: single edits, pairs, and one in each of k lines.

Run `python benchmarks/diagnosis.py`; `--draws 500` sets how often k mistakes are drawn for each cell. Cold: the first
answer of a process, which derives all edits and probes. Warm: later ones. Seconds are those of the processor.
Target: half of the answers with k mistakes in under 0.05 s, every one in under 1 s.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from functools import _lru_cache_wrapper
from typing import Any

from gatedrnn_course.cells import catalogue, numeric, whole_step
from gatedrnn_course.cells.edits import classes, combine, evaluate, isolation, probes, readings, single
from gatedrnn_course.grading.items import Item, SliceItem
from gatedrnn_course.grading.items.findings import all_named
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.prove.wrong import pairs, several, wrong_answers
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load

COLD, PAIRS = 10, 40
CELLS = ("LSTM", "peephole LSTM", "GRU", "GRU reset after", "RNN")
CACHES: tuple[Any, ...] = (
    numeric.compiled,
    classes,
    combine.everywhere_edits,
    single.sites,
    single.single_edits,
    readings.readings,
    probes.probes,
    isolation.isolating,
    evaluate._code,
)


def seconds(item: Item, function: Callable[..., Any], seed: int) -> tuple[float, bool]:
    """Seconds of the processor for one verdict, and whether all of the mistake has a name."""
    start = time.process_time()
    verdict = judge(item, LocalCaller(function), seed)
    return time.process_time() - start, bool(verdict.mistake) and all_named(verdict.mistake)


def forget() -> None:
    """Empties every cache, as at the start of a process."""
    for cache in CACHES:
        assert isinstance(cache, _lru_cache_wrapper)
        cache.cache_clear()


def report(words: str, rows: Sequence[tuple[float, bool]]) -> None:
    """One line: how many, how many with a name, and the shortest, the middle and the longest time in milliseconds."""
    times = [taken for taken, _named in rows]
    named = sum(named for _taken, named in rows) / len(rows)
    low, middle, high = (1000 * t for t in (min(times), statistics.median(times), max(times)))
    print(f"{words:<30} {len(rows):>5} {named:>7.1%} {low:>10.1f} {middle:>10.1f} {high:>10.1f}", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--draws", type=int, default=500, help="draws of k mistakes for each cell")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    item = load("03").item("lstm_step")
    functions = [wrong.function for wrong in wrong_answers(item)]
    print(f"{item.name:<30} {'count':>5} {'named':>7} {'min ms':>10} {'median ms':>10} {'max ms':>10}")
    cold = []
    for k, function in enumerate(functions[:: len(functions) // COLD]):
        forget()
        cold.append(seconds(item, function, k))
    report("single edits, cold", cold)
    report("single edits, warm", [seconds(item, function, k) for k, function in enumerate(functions)])
    report("pairs of edits, warm", [seconds(item, wrong.function, k) for k, wrong in enumerate(pairs(item, PAIRS, 0))])
    for name in CELLS:
        step = SliceItem("step", 1, "A step.", ("", "", ""), slice=whole_step(catalogue[name]))
        drawn = several(step, arguments.draws, arguments.seed) if len(step.slice.lines) > 1 else wrong_answers(step)
        rows = [seconds(step, wrong.function, k) for k, wrong in enumerate(drawn)]
        report(f"{name}, k mistakes", rows)


if __name__ == "__main__":
    main()
