"""Times the grading of a class by the whole command, and of an equal class by nbgrader.

`python benchmarks/bulk.py --unit 03 --count 1000 --jobs 2 --cores 2` makes hand-ins that are right, wrong and blank in
turn, grades them and prints, of the whole command, seconds and processor seconds a submission; the median of the
seconds from one result to the next, which leaves out the start; and the memory of the grader's own processes after the
first submission and after the last. `--nbgrader VENV` also makes an nbgrader course with the same right
notebooks and hidden tests that make the judge's calls, and times `nbgrader autograde` of VENV in the same run, in turn.
All runs on the first of this machine's cores unless `--cores` says otherwise.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from bulk_class import KINDS, hand_in, nbgrader_course

from gatedrnn_course.grading.units import load

ROOT = Path(__file__).parents[1]
ADOPT = 36  # PR_SET_CHILD_SUBREAPER
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Timing:
    """One run: seconds, processor seconds, MiB of the grader's processes after the first submission and the last.

    `steady` is the median of the seconds from one result to the next.
    """

    wall: float
    processor: float
    steady: float = 0.0
    first: float = 0.0
    last: float = 0.0


def memory(pid: int) -> float:
    """MiB in memory of a process and its direct children; answers run in processes further down."""
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            if pid in (int(process.name), parent):
                total += int((process / "statm").read_text().split()[1]) * PAGE
        except OSError:
            continue
    return total / 2**20


def timed(command: Sequence[str], folder: Path, environment: dict[str, str]) -> Timing:
    """Run a command to its end. Of one that tells every submission, note the memory at the first and at the last."""
    before, start, sizes = processor_s(), time.perf_counter(), []
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        told = []
        for line in process.stderr:
            told.append(line)
            if line.startswith("["):
                sizes = [*sizes[:1], memory(process.pid)]
        process.wait()
    wall = time.perf_counter() - start
    if process.returncode:
        raise SystemExit("".join(told[-20:]))
    return Timing(wall, processor_s() - before, 0.0, *sizes[:2])


def steady(timing: Timing, results: Iterable[Path]) -> Timing:
    """A run with the median of the seconds from one written result to the next."""
    written = sorted(path.stat().st_mtime for path in results)
    return replace(timing, steady=statistics.median(later - one for one, later in pairwise(written)))


def processor_s() -> float:
    """Processor seconds of all processes that this one started and that have ended, with those that they left."""
    with suppress(ChildProcessError):
        while True:
            os.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ours(handed_in: Path, unit: str, jobs: int, scratch: Path) -> Timing:
    """Grade a folder by the command, from nothing."""
    out = scratch / "out"
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "gatedrnn_course.cli", "grade", str(handed_in), "--unit", unit, "--out", str(out)]
    run = timed([*command, "--jobs", str(jobs)], scratch, os.environ | {"PYTHONPATH": str(ROOT)})
    return steady(run, (out / "records").glob("*.json"))


def theirs(course: Path, name: str, venv: Path) -> Timing:
    """Grade a course by nbgrader, from nothing. Its kernels find this environment's packages after its own."""
    shutil.rmtree(course / "autograded", ignore_errors=True)
    found = timed([str(venv / "bin" / "nbgrader"), "autograde", name], course, _for_kernels(venv))
    with closing(sqlite3.connect(course / "gradebook.db")) as book:
        ((points, out_of),) = book.execute(
            "select sum(auto_score), sum(max_score) from grade join grade_cells on cell_id = grade_cells.id"
        )
    if points != out_of:
        raise SystemExit(f"nbgrader gave {points} of {out_of} points to right answers: this is no equal class")
    return steady(found, (course / "autograded").glob("*/*/*.ipynb"))


def _for_kernels(venv: Path) -> dict[str, str]:
    packages = os.pathsep.join((str(ROOT), sysconfig.get_path("purelib")))
    return os.environ | {"PATH": f"{venv / 'bin'}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": packages}


def row(name: str, timings: Sequence[Timing], count: int) -> Timing:
    """Print the medians a submission, and give them back."""
    wall = statistics.median(one.wall for one in timings) / count
    processor = statistics.median(one.processor for one in timings) / count
    between = statistics.median(one.steady for one in timings)
    grown = f"{timings[-1].first:.0f} -> {timings[-1].last:.0f}" if timings[-1].first else ""
    print(f"{name:<28} {count:>6} {wall:>10.3f} {processor:>10.3f} {between:>10.3f} {grown:>14}", flush=True)
    return Timing(wall, processor, between)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--unit", default="03")
    parser.add_argument("--count", type=int, default=40, help="submissions")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--cores", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=1, help="runs of each, of which the median is printed")
    parser.add_argument("--nbgrader", type=Path, metavar="VENV", help="an environment with nbgrader, to compare with")
    asked = parser.parse_args()
    ctypes.CDLL(None).prctl(ADOPT, 1, 0, 0, 0)  # processes whose parent has ended become this one's, and are counted
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: asked.cores])
    unit, count = load(asked.unit), asked.count
    print(f"unit {unit.number}, {asked.jobs} jobs, {asked.cores} cores, median of {asked.rounds}")
    print(f"{'':<28} {'count':>6} {'s each':>10} {'CPU s each':>10} {'s median':>10} {'MiB':>14}")
    with tempfile.TemporaryDirectory(prefix="bulk-") as made:
        scratch = Path(made)
        if asked.nbgrader is None:
            hand_in(scratch / "class", unit, count)
            runs = [ours(scratch / "class", unit.number, asked.jobs, scratch) for _k in range(asked.rounds)]
            row(", ".join(KINDS), runs, count)
            return
        hand_in(scratch / "class", unit, count, ("right",))
        name = nbgrader_course(scratch / "course", unit, count)
        venv = asked.nbgrader.absolute()
        timed([str(venv / "bin" / "nbgrader"), "generate_assignment", name], scratch / "course", _for_kernels(venv))
        mine, other = [], []
        for _k in range(asked.rounds):
            other.append(theirs(scratch / "course", name, venv))
            mine.append(ours(scratch / "class", unit.number, asked.jobs, scratch))
        slow, fast = row("nbgrader autograde", other, count), row("gatedrnn grade", mine, count)
        print(f"ratio: {slow.wall / fast.wall:.1f} in seconds, {slow.processor / fast.processor:.1f} in CPU seconds")
        print(f"ratio of the medians from one result to the next: {slow.steady / fast.steady:.1f}")


if __name__ == "__main__":
    main()
