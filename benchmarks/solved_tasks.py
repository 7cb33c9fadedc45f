"""Which of the tasks of 1997 to 2002 a gated cell solves and a plain recurrent network does not.

Run `python benchmarks/solved_tasks.py --jobs 2`; it takes half an hour on two cores. Name tasks after it to run a few
of them. Protocol: for each task and cell a trial run of seed 100 with each of the learning rates and starts in
`solved_cases.py`; the one that solves the task first, or else has the lowest validation loss, is used for the seeds
that are counted. A run trains until it meets the paper's criterion on validation sequences, then as long again; it
counts as solved when it then meets it on test sequences it has not seen. `WatchedReber` is the one exception.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from joblib import Parallel, delayed
from solved_cases import CASES, OWN, Case, Start

from gatedrnn_course.tasks import Corpus, Counting
from gatedrnn_course.training import SequenceModel, evaluate, fit
from gatedrnn_course.training.evaluate import score

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "solved_tasks.json"
PAGE = HERE.parent / "docs" / "solved_tasks.md"
TRIAL_SEED = 100
SEEDS = range(5)
FAR = 100  # the longest a^n b^n that is tried


@dataclass(frozen=True)
class Outcome:
    """One run.

    Attributes:
        seed: Of parameters and batches.
        solved: Whether the paper's criterion is met on the test.
        steps: Steps until the validation sequences met it, or all of them.
        validation: Lowest validation loss.
        metric: The task's metric on the test.
        reach: For counting, the largest n such that 1 to n are all accepted.
        seconds: Time of the processor.
    """

    seed: int
    solved: bool
    steps: int
    validation: float
    metric: float
    reach: int | None
    seconds: float


def run(case: Case, cell: str, start: Start | None, rate: float, seed: int) -> Outcome:
    """Train one model and judge it."""
    began = time.process_time()
    task = case.make()
    model = SequenceModel(OWN.get(cell, cell), task, case.hidden_size, direct=case.direct, start=start, seed=seed)
    settings: dict[str, Any] = {
        "batch_size": case.batch_size,
        "decay": True,
        "clip": 1.0,
        "evaluate_every": 100,
        "progress": False,
    }
    history = fit(model, task, steps=case.steps, learning_rate=rate, stop_when_solved=True, seed=seed, **settings)
    if history.stopped == "solved":  # that was the first time; go on until it is no matter of luck
        fit(model, task, steps=max(300, history[-1].step), learning_rate=rate / 2, seed=seed + 1000, **settings)
    parts = [evaluate(model, task, "test", seed=seed)]
    if isinstance(task, Corpus):
        parts.append(evaluate(model, task, "train"))
    reach = farthest(model, task) if isinstance(task, Counting) else None
    assert history.best is not None
    solved = all(part.solved for part in parts)
    took = time.process_time() - began
    return Outcome(seed, solved, history[-1].step, history.best.validation, parts[0].metric, reach, took)


def farthest(model: SequenceModel, task: Counting) -> int:
    """The largest n, up to `FAR`, such that the strings of 1 to n are all accepted."""
    n = 0
    while n < FAR and score(model, task, task.strings([n + 1])).solved:
        n += 1
    return n


def study(task: str, cell: str) -> dict[str, Any]:
    """Trial runs, then the seeds that count, for one cell, on one thread."""
    torch.set_num_threads(1)
    case = next(case for case in CASES if case.task == task)
    ways = [(rate, name, start) for rate in case.rates for name, start in case.cells[cell].items()]
    trials = [run(case, cell, start, rate, TRIAL_SEED) for rate, _name, start in ways]
    order = [(not trial.solved, trial.steps if trial.solved else trial.validation) for trial in trials]
    rate, name, start = ways[order.index(min(order))]
    found = [run(case, cell, start, rate, seed) for seed in SEEDS]
    return {
        "cell": cell,
        "learning_rate": rate,
        "start": name,
        "hidden_size": case.hidden_size,
        "trials": [{"learning_rate": r, "start": n, **asdict(t)} for (r, n, _), t in zip(ways, trials, strict=True)],
        "runs": [asdict(outcome) for outcome in found],
    }


def wilson(successes: int, total: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    z, share = 1.96, successes / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return max(0.0, middle - half), min(1.0, middle + half)


def line(entry: dict[str, Any]) -> list[str]:
    """The cells of one row of the table."""
    runs = entry["runs"]
    solved = [r for r in runs if r["solved"]]
    low, high = wilson(len(solved), len(runs))
    steps = [r["steps"] for r in solved]
    span = f"{statistics.median(steps):.0f} ({min(steps)} to {max(steps)})" if steps else "-"
    metrics = sorted(r["metric"] for r in runs)
    reach = [r["reach"] for r in runs]
    more = "" if None in reach else f"; counts to {statistics.median(reach):.0f} ({min(reach)} to {max(reach)})"
    return [
        f"{entry['cell']}",
        f"{len(solved)}/{len(runs)} ({100 * low:.0f} to {100 * high:.0f} %)",
        span,
        f"{statistics.median(metrics):.3f} ({metrics[0]:.3f} to {metrics[-1]:.3f}){more}",
        f"{entry['learning_rate']:g}, {entry['start']}",
        f"{statistics.median(r['seconds'] for r in runs):.0f}",
    ]


def page(results: dict[str, Any]) -> str:
    """The page of the documentation."""
    heads = ["task", "cell", "solved", "steps", "test metric", "rate, start", "s a run"]
    rows = [[name, *line(entry)] for name, case in results["tasks"].items() for entry in case["cells"]]
    table = ["| " + " | ".join(row) + " |" for row in (heads, ["---"] * len(heads), *rows)]
    scaling = [
        f"- `{name}`: {case['scaling']}; criterion: {case['source']}." for name, case in results["tasks"].items()
    ]
    return "\n".join([*INTRODUCTION, "", *table, "", "What is scaled:", "", *scaling, "", results["machine"], ""])


INTRODUCTION = (
    "# Tasks of 1997 to 2002, solved and not solved",
    "",
    "Written by `python benchmarks/solved_tasks.py`; all runs are in `benchmarks/results/solved_tasks.json`.",
    "A run trains until validation sequences meet the paper's own criterion, then as long again. It is solved when it",
    "then meets the criterion on test sequences it has not seen (embedded Reber: on the paper's training and test",
    "strings, looked at during training as in the paper).",
    f"Each row: {len(SEEDS)} seeds with the learning rate and start that did best on a trial seed of its own; every",
    "cell of a task has the same rates to choose from; the RNN has a uniform and an orthogonal start. Adam, rate",
    "falling to 0 in a straight line, gradients clipped at 1; one layer; full backpropagation through time, where the",
    "papers truncate. In brackets: 95 % interval of the share (Wilson), smallest and largest for the rest. `steps`",
    "counts batches, of 32 sequences (spikes 16, periodic functions 1: they are all the same), until the validation",
    "sequences met the criterion. Seconds are the processor's.",
)


def main() -> None:
    """Run, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="tasks to run again; the others keep their results")
    parser.add_argument("--jobs", type=int, default=1, help="cells studied side by side")
    options = parser.parse_args()
    names: Sequence[str] = options.names
    results = json.loads(RESULTS.read_text()) if names and RESULTS.exists() else {"tasks": {}}
    results["machine"] = (
        f"One thread of {platform.machine()}, torch {torch.__version__}, Python {platform.python_version()}."
    )
    chosen = [case for case in CASES if not names or case.task in names]
    studies = iter(
        Parallel(options.jobs, return_as="generator")(
            delayed(study)(case.task, c) for case in chosen for c in case.cells
        )
    )
    for case in chosen:
        task, cells = case.make(), []
        for _cell in case.cells:
            cells.append(next(studies))
            print(case.task, *line(cells[-1]), sep=" | ", flush=True)
        about = {
            "scaling": case.scaling,
            "source": task.source,
            "metric": task.metric,
            "criterion": asdict(task.criterion),
        }
        results["tasks"][case.task] = {**about, "arguments": case.arguments, "steps": case.steps, "cells": cells}
        results["tasks"] = {c.task: results["tasks"][c.task] for c in CASES if c.task in results["tasks"]}
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")
        PAGE.write_text(page(results))


if __name__ == "__main__":
    main()
