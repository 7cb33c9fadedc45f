"""Times what a sandbox costs a submission: open a session, run a cell, five calls, close it.

Processor milliseconds of the grader, of the template and of the child, added up; the median over sessions. It does not
depend on what else the computer does, as seconds on the clock do, which are shown as well. Run `python
benchmarks/jail.py`; it prints one row a sandbox and framework. The spawned process is a row to compare with; its child
starts Python and loads the libraries each time.
"""

from __future__ import annotations

import argparse
import platform
import resource
import statistics
import sys
import time
from collections.abc import Sequence

import numpy as np

from gatedrnn_course.grading.sandbox import KINDS, Limits, ProcessSandbox, examine
from gatedrnn_course.grading.sandbox.forked import Forked, ForkingSandbox
from gatedrnn_course.grading.sandbox.session import ProcessSession

PASS, AIM = 60.0, 25.0
"""Milliseconds: the median of a strong sandbox must stay below the first and should stay below the second."""
SESSIONS, FRESH = 100, 10
CALLS = 5
CELLS = {
    "numpy": "import numpy as np\ndef gate(x):\n    return 1 / (1 + np.exp(-x))",
    "torch": "import torch\ndef gate(x):\n    return torch.sigmoid(x)",
}
Row = tuple[float, float, float, float]


def one(sandbox: ForkingSandbox | ProcessSandbox, framework: str) -> Row:
    """Seconds of one session: processor time of grader, template and child, and on the clock."""
    template = sandbox.templates.current() if isinstance(sandbox, ForkingSandbox) else None
    before = template.own_s if template else 0.0
    spawned = resource.getrusage(resource.RUSAGE_CHILDREN)
    clock, own = time.perf_counter(), time.process_time()
    with sandbox.open(Limits(), files={"examples.npz": bytes(20_000)}) as session:
        use(session, framework)
    own, clock = time.process_time() - own, time.perf_counter() - clock
    if template is not None:
        child = session._child
        assert isinstance(child, Forked)
        return own, template.own_s - before, child.cpu_s[0], clock
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own, 0.0, after.ru_utime + after.ru_stime - spawned.ru_utime - spawned.ru_stime, clock


def use(session: ProcessSession, framework: str) -> None:
    """One cell and five calls."""
    report = session.load([CELLS[framework]], names=["gate"], deadline=60)
    x = np.linspace(-1, 1, 64 * 64).reshape(64, 64)
    for _call in range(CALLS):
        reply = session.call("gate", [x], framework="torch" if framework == "torch" else "numpy", deadline=60)
        assert reply.problem is None, (report, reply)


def main(words: Sequence[str] | None = None) -> int:
    """Print the table; 1 where a strong sandbox costs more than it may."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=SESSIONS, help="sessions of each sandbox that forks")
    sessions = parser.parse_args(words).sessions
    print(
        f"{platform.machine()}, Python {platform.python_version()}, Linux {platform.release()}; milliseconds, medians"
    )
    print("| sandbox | framework | sessions | grader | template | child | all processor time | on the clock |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    worst = 0.0
    for kind in KINDS:
        if examine(kind).why:
            continue
        for framework in CELLS:
            sandbox = kind()
            if isinstance(sandbox, ForkingSandbox) and framework == "torch":
                sandbox.templates.learn(["torch"])
            count = sessions if isinstance(sandbox, ForkingSandbox) else min(sessions, FRESH)
            rows = [one(sandbox, framework) for _session in range(count + 1)][1:]
            total = 1000 * statistics.median(sum(row[:3]) for row in rows)
            parts = [f"{1000 * statistics.median(row[k] for row in rows):.1f}" for k in range(4)]
            print("| " + " | ".join((kind.name, framework, str(count), *parts[:3], f"{total:.1f}", parts[3])) + " |")
            if kind.level == "strong":
                worst = max(worst, total)
    print(f"the dearest strong one: {worst:.1f} ms; pass {PASS:.0f} ms, aim {AIM:.0f} ms")
    return int(worst > PASS)


if __name__ == "__main__":
    sys.exit(main())
