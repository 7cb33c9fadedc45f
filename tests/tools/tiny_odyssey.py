"""A study of seconds, run as a program: `python tiny_odyssey.py FOLDER [--hold N] [--dask]`.

With --hold it trains a portion and keeps it back once N trials have a result: there it is stopped.
With --dask two workers start, and one of them is killed as soon as some trials are done.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

from gatedrnn_course.studies.odyssey import study
from gatedrnn_course.studies.odyssey.sizes import SIZES, Protocol, Size
from gatedrnn_course.studies.odyssey.space import Range, Space
from gatedrnn_course.tasks import Music

TINY = Size(
    "tiny",
    trials=12,
    share=0.5,
    space=Space(hidden_size=Range(3, 5, log=True), learning_rate=Range(1e-4, 1e-1, log=True)),
    protocol=Protocol(4, steps=4, evaluate_every=2),
    tasks={
        "music": lambda _corpora: Music(longest=20, stand_in="always"),
    },
    portion=2,
    resamples=3,
)
TASKS, VARIANTS = ("music",), ("V", "NOAF")
TOTAL = len(TASKS) * len(VARIANTS) * TINY.trials


def install() -> None:
    """Let the size be known."""
    SIZES._entries["tiny"] = TINY


def run(folder: Path, **settings):
    return study.run_odyssey(folder, "tiny", tasks=TASKS, variants=VARIANTS, command="tiny", progress=False, **settings)


def finished(folder: Path) -> int:
    """How many trials have a result, read beside a running study."""
    if not (folder / study.DATABASE).exists():
        return 0
    with closing(sqlite3.connect(folder / study.DATABASE, timeout=30)) as database:
        try:
            (count,) = database.execute("select count(*) from trials where state in ('COMPLETE', 'FAIL')").fetchone()
        except sqlite3.OperationalError:  # the tables are not there yet
            return 0
    return int(count)


def hold_after(trials: int, folder: Path) -> None:
    """Let the study wait inside a portion, so that a signal finds it at work however fast it is."""
    train = study.train_portion

    def held(portion):
        outcomes = train(portion)
        if finished(folder) >= trials:
            time.sleep(300)
        return outcomes

    study.train_portion = held


def with_dask(folder: Path) -> None:
    from distributed import LocalCluster

    killed = []

    def kill_one(cluster) -> None:
        while finished(folder) < 2:
            time.sleep(0.01)
        victim = next(iter(cluster.workers.values()))
        killed.append(victim.process.pid)
        os.kill(victim.process.pid, signal.SIGKILL)

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        cluster.wait_for_workers(2)
        thread = threading.Thread(target=kill_one, args=(cluster,))
        thread.start()
        run(folder, dask=cluster.scheduler_address)
        thread.join()
    assert killed


if __name__ == "__main__":
    install()
    where, *options = sys.argv[1:]
    if "--dask" in options:
        with_dask(Path(where))
    else:
        if "--hold" in options:
            signal.signal(signal.SIGINT, signal.default_int_handler)  # a suite run in the background ignores it
            hold_after(int(options[1]), Path(where))
        run(Path(where))
