"""Grades a class with hostile notebooks in it, kills the grader on the way, and looks for what is left behind.

    python benchmarks/soak.py --submissions 2000 --kills 20

One notebook in ten attacks. `gatedrnn grade` is ended by SIGKILL at random moments and started again until the class
is graded. Then every student must have one record, one that was written before a kill must not have been written
again, every honest notebook has all points, and nothing is left: no process, no zombie, no mount, no folder, and the
grader held as many descriptors and as much memory at the end as near the beginning. The exit status is 1 otherwise.
Linux only.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from gatedrnn_course.grading.prove.programs import answer
from gatedrnn_course.grading.units import load

LOOK_S = 0.05
SETTLE_S = 10.0
MORE_DESCRIPTORS, MORE_MEMORY = 8, 1.25
PR_SET_CHILD_SUBREAPER = 36
ENDLESS = "while True: pass"
RARE = 100
"""Of so many submissions one never ends: each costs its whole budget of seconds."""

HOSTILE = (
    "import os\nos._exit(0)",
    "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "import os\nfor _ in range(50):\n    if os.fork() == 0: os.setsid()",
    "import numpy as np\nkept = [np.ones(2 ** 27) for _ in range(100)]",
    "print('x' * 2 ** 25)",
    "import ctypes\nctypes.string_at(0)",
    "import os, shutil\nfor path in ('..', os.path.expanduser('~')): shutil.rmtree(path, ignore_errors=True)",
    "import gc, os, socket\n"
    "for one in gc.get_objects():\n    if isinstance(one, socket.socket): os.write(one.fileno(), b'GRN1' * 99)",
    "import socket\nsocket.create_connection(('127.0.0.1', 22), 1)",
    "for k in range(9999): open(f'file{k}', 'w').write('x' * 99999)",
    "import threading, time\nfor _ in range(99): threading.Thread(target=time.sleep, args=[9]).start()",
)


@dataclass
class Found:
    """What came of a run."""

    wrong: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)


def write_class(folder: Path, submissions: int, unit: str, rng: random.Random) -> set[str]:
    """Notebooks of a class; gives the names of the honest ones."""
    solved = ["import numpy as np", *(answer(item) for item in load(unit).items)]
    honest = set()
    for k in range(submissions):
        cells = list(solved)
        if k % 10:
            honest.add(f"student{k:05}")
        else:
            cells.append(ENDLESS if k % RARE == RARE // 2 else rng.choice(HOSTILE))
        cells.append(f"who = {k}")
        rows = [
            {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
            for source in cells
        ]
        book = {"cells": rows, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
        (folder / f"student{k:05}.ipynb").write_text(json.dumps(book), "utf-8")
    return honest


def written(out: Path) -> dict[str, tuple[int, int]]:
    """The records there are: for each the number and the time of its file."""
    found = {}
    for path in (out / "records").glob("student*.json"):
        stat = path.stat()
        found[path.stem] = (stat.st_ino, stat.st_mtime_ns)
    return found


def descendants(pid: int) -> Iterator[int]:
    """Processes below one, zombies among them."""
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(one) for one in path.read_text().split()]
        except OSError:
            continue
        for child in children:
            yield child
            yield from descendants(child)


def held(pid: int) -> tuple[int, int]:
    """Descriptors and KiB of memory of a process; of one that is gone, none."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        return len(list(Path(f"/proc/{pid}/fd").iterdir())), int(status.split("VmRSS:")[1].split()[0])
    except (OSError, IndexError):
        return 0, 0


def soak(submissions: int, kills: int, unit: str, jobs: int, seed: int, base: Path) -> Found:
    """Grade a class with kills on the way, and look at what is left."""
    rng, found = random.Random(seed), Found()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # what loses its parent becomes ours, and is seen
    folder, out, scratch = base / "class", base / "out", base / "scratch"
    for one in (folder, out, scratch):
        one.mkdir()
    honest = write_class(folder, submissions, unit, rng)
    mounts = Path("/proc/self/mountinfo").read_text()
    moments = sorted(rng.sample(range(submissions), kills))
    command = [sys.executable, "-m", "gatedrnn_course.cli", "grade", str(folder)]
    command += ["--unit", unit, "--out", str(out), "--jobs", str(jobs)]
    seen: dict[str, tuple[int, int]] = {}
    begin, early, late = time.monotonic(), (0, 0), (0, 0)
    with tqdm(total=submissions, unit="submission", disable=None) as bar:
        for moment in (*moments, None):
            grader = subprocess.Popen(
                command,
                env={**os.environ, "TMPDIR": str(scratch)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            early = (0, 0)
            while grader.poll() is None:
                count = len(written(out))
                bar.update(count - bar.n)
                if moment is not None and count > moment:
                    time.sleep(rng.random() / 2)
                    grader.kill()
                    grader.wait()
                    break
                if count > len(seen) + 10:
                    late = held(grader.pid) if held(grader.pid)[0] else late
                    early = early if early[0] else late
                time.sleep(LOOK_S)
            if moment is None and grader.returncode != 0:
                found.wrong.append(f"the last run ended with status {grader.returncode}")
            now = written(out)
            found.wrong += [f"{name} was graded twice" for name, what in seen.items() if now.get(name) != what]
            seen = now
    seconds = time.monotonic() - begin
    _check_records(out, submissions, honest, unit, found)
    _check_leftovers(scratch, mounts, found)
    if late[0] > early[0] + MORE_DESCRIPTORS or late[1] > early[1] * MORE_MEMORY:
        found.wrong.append(f"descriptors and KiB went from {early} to {late}")
    found.rows.append(
        f"{submissions} submissions, {kills} kills, {seconds:.0f} s, {submissions / seconds:.1f} a second"
    )
    found.rows.append(f"descriptors {early[0]} to {late[0]}, memory {early[1] >> 10} to {late[1] >> 10} MiB")
    return found


def _check_records(out: Path, submissions: int, honest: set[str], unit: str, found: Found) -> None:
    records = [json.loads(path.read_text("utf-8")) for path in sorted((out / "records").glob("*.json"))]
    names = [record["student"] for record in records]
    if len(names) != submissions or len(set(names)) != submissions:
        found.wrong.append(f"{len(set(names))} students have {len(names)} records, {submissions} were expected")
    points = load(unit).points
    for record in records:
        if record["status"] != "graded":
            found.wrong.append(f"{record['student']}: {record['status']}: {record['problem']}")
        elif record["student"] in honest and record["points"] != points:
            found.wrong.append(f"{record['student']} has {record['points']} points")
    full = sum(record["points"] == points for record in records)
    found.rows.append(f"{full} of {submissions} notebooks have all points, {len(honest)} of them honest")


def _check_leftovers(scratch: Path, mounts: str, found: Found) -> None:
    end = time.monotonic() + SETTLE_S
    while list(descendants(os.getpid())) and time.monotonic() < end:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:  # those that the killed graders left, which came to this process
                pass
        except ChildProcessError:
            break
        time.sleep(LOOK_S)
    for pid in descendants(os.getpid()):
        try:
            found.wrong.append(f"process {pid} is left: {Path(f'/proc/{pid}/cmdline').read_text()[:100]!r}")
        except OSError:
            continue
    if Path("/proc/self/mountinfo").read_text() != mounts:
        found.wrong.append("a mount is left")
    found.wrong += [f"{path.name} is left in the folder for temporary files" for path in scratch.iterdir()]


def main() -> None:
    """Run it and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--unit", default="03")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=1997)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-", ignore_cleanup_errors=True) as base:
        found = soak(chosen.submissions, chosen.kills, chosen.unit, chosen.jobs, chosen.seed, Path(base))
    print("\n".join((*found.rows, *found.wrong, f"{len(found.wrong)} faults")))
    sys.exit(bool(found.wrong))


if __name__ == "__main__":
    main()
