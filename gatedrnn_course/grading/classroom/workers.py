"""The processes that grade side by side: they end with the run, however it ends, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from joblib import Parallel, delayed

__all__ = ["side_by_side"]

LOOK_S = 0.5
T = TypeVar("T")
R = TypeVar("R")


def side_by_side(function: Callable[[T], R], tasks: Iterable[T], jobs: int) -> Generator[R]:
    """What a function makes of each task, in the order in which the results come.

    Tasks start in their order. Close the generator, or let an exception pass through it, and the processes are killed
    with all they have started. They also end by themselves when this process is killed.

    Args:
        function: Called in another process.
        tasks: Its arguments.
        jobs: How many processes.
    """
    with tempfile.TemporaryDirectory(prefix="gatedrnn-run-", ignore_cleanup_errors=True) as scratch:
        settled = partial(_settled, function, os.getpid(), scratch)
        run = Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1)
        with _deaf():
            results = run(delayed(settled)(task) for task in tasks)
        try:
            yield from results
        finally:
            with _deaf():  # a second Ctrl-C would leave half of them
                results.close()
                _end()


def _settled(function: Callable[[T], R], parent: int, scratch: str, task: T) -> R:
    """Run one task in a process that has been told how to behave."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    if tempfile.tempdir != scratch:
        tempfile.tempdir = scratch  # where sandboxes make their folders: a killed process cannot clean up
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    return function(task)


def _end_with(parent: int) -> None:
    """End this process when its parent is gone."""
    never = threading.Event()
    while os.getppid() == parent:
        never.wait(LOOK_S)
    os._exit(1)


@contextmanager
def _deaf() -> Iterator[None]:
    """Ignore Ctrl-C for a moment; a process started meanwhile ignores it from its first instruction on."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _end() -> None:
    """Kill the processes, those of their sandboxes as well."""
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor(reuse=True).shutdown(wait=True, kill_workers=True)
