"""Times the check of every graded item, warm, and prints the median over items.

A check is `judge` with the course's own answer, as `check` calls it in a learner's kernel; the first call is not
counted. Run `python benchmarks/check_time.py`; it prints one row an item.
"""

from __future__ import annotations

import statistics
import sys
import time

from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.prove.programs import answer
from gatedrnn_course.grading.prove.typed import function_of
from gatedrnn_course.grading.prove.wrong import wrong_answers
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import UNITS, load

PASS, AIM = 0.300, 0.050
"""Seconds: the median must stay below the first and should stay below the second."""
ROUNDS = 5


def timed(item: Item, function: object) -> tuple[float, float]:
    """The median of wall and of processor time of a warm check, in seconds."""
    caller = LocalCaller(function)  # type: ignore[arg-type]
    judge(item, caller, 0)
    rows = []
    for seed in range(1, ROUNDS + 1):
        wall, processor = time.perf_counter(), time.process_time()
        judge(item, caller, seed)
        rows.append((time.perf_counter() - wall, time.process_time() - processor))
    return statistics.median(row[0] for row in rows), statistics.median(row[1] for row in rows)


def main() -> int:
    """Print the table; 1 where the median of the right answers is above what must be reached."""
    print(f"{'unit':<5} {'item':<24} {'right, ms':>10} {'(CPU)':>8} {'wrong, ms':>10} {'(CPU)':>8}")
    right, wrong = [], []
    for number in UNITS:
        for item in load(number).items:
            good = timed(item, function_of(answer(item), item.name))
            first = next(iter(wrong_answers(item)), None)
            bad = timed(item, first.function) if first else good
            right.append(good[0])
            wrong.append(bad[0])
            shown = (1000 * value for value in (*good, *bad))
            print("{:<5} {:<24} {:>10.1f} {:>8.1f} {:>10.1f} {:>8.1f}".format(number, item.name, *shown))
    median, mistaken = statistics.median(right), statistics.median(wrong)
    print(f"median over {len(right)} items: right {1000 * median:.1f} ms, wrong {1000 * mistaken:.1f} ms")
    print(f"pass {1000 * PASS:.0f} ms, aim {1000 * AIM:.0f} ms")
    return int(max(median, mistaken) > PASS)


if __name__ == "__main__":
    sys.exit(main())
