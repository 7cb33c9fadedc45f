"""How long it takes to name a mistake: every single edit of the LSTM step, and pairs of them.

Run `python benchmarks/diagnosis.py`. Cold: the first answer of a process, which derives all edits. Warm: later ones.
Target: any single edit of the LSTM step in under 300 ms, a pair within the 3 seconds a check allows.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from functools import _lru_cache_wrapper
from typing import Any

from gatedrnn_course.cells import numeric
from gatedrnn_course.cells.edits import classes, combine, evaluate, single
from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.prove.wrong import pairs, wrong_answers
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load

COLD = 10
PAIRS = 40
CACHES: tuple[Any, ...] = (
    numeric.compiled,
    classes,
    combine.everywhere_edits,
    single.sites,
    single.single_edits,
    evaluate._code,
)


def seconds(item: Item, function: Callable[..., Any], seed: int) -> float:
    """Seconds for one verdict, the mistake named."""
    start = time.perf_counter()
    verdict = judge(item, LocalCaller(function), seed)
    took = time.perf_counter() - start
    if not verdict.mistake:
        print(f"not named: {verdict.sentence}")
    return took


def forget() -> None:
    """Empties every cache, as at the start of a process."""
    for cache in CACHES:
        assert isinstance(cache, _lru_cache_wrapper)
        cache.cache_clear()


def report(words: str, times: Sequence[float]) -> None:
    """One line: how many, and the shortest, the middle and the longest time in milliseconds."""
    low, middle, high = (1000 * t for t in (min(times), statistics.median(times), max(times)))
    print(f"{words:<24} {len(times):>5} {low:>10.1f} {middle:>10.1f} {high:>10.1f}")


def main() -> None:
    """Measure and print."""
    item = load("03").item("lstm_step")
    functions = [wrong.function for wrong in wrong_answers(item)]
    print(f"{item.name:<24} {'count':>5} {'min ms':>10} {'median ms':>10} {'max ms':>10}")
    cold = []
    for k, function in enumerate(functions[:: len(functions) // COLD]):
        forget()
        cold.append(seconds(item, function, k))
    report("single edits, cold", cold)
    report("single edits, warm", [seconds(item, function, k) for k, function in enumerate(functions)])
    report("pairs of edits, warm", [seconds(item, wrong.function, k) for k, wrong in enumerate(pairs(item, PAIRS, 0))])


if __name__ == "__main__":
    main()
