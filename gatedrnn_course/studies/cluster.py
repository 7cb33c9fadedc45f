"""Work in portions: here, in processes of this machine, or on the machines of a Dask cluster."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["run_portions"]

Portion = TypeVar("Portion")
Result = TypeVar("Result")
_Workers = tuple[Executor, Callable[[], int], type[Exception] | tuple[()]]
"""What does the work, how many portions it may hold, and what it raises where a portion kills every worker."""


def run_portions(
    function: Callable[[Portion], Result],
    portions: Iterable[Portion],
    jobs: int = 1,
    dask: str | None = None,
    lost: Callable[[Portion, str], Result] | None = None,
) -> Iterator[tuple[Portion, Result]]:
    """Call a function on portions of work; results come as they are ready.

    Args:
        function: At the top of a module, so that other processes find it.
        portions: Taken one by one as workers become free.
        jobs: Processes side by side; with 1 everything runs in this process.
        dask: Address of a Dask scheduler such as `tcp://host:8786`, in place of processes. A portion whose worker dies
            is given to another.
        lost: Makes the result of a portion that has brought down every worker of a cluster it was given to, of the
            portion and of what is told about it; by default that ends the work.

    Yields:
        A portion and its result.

    Raises:
        CourseError: If the cluster cannot be reached, or a process of this machine was killed.
    """
    if dask is None and jobs == 1:
        for portion in portions:
            yield portion, function(portion)
        return
    with _processes(jobs) if dask is None else _cluster(dask) as (executor, room, killed):

        def result(portion: Portion, future: Future[Result]) -> Result:
            try:
                return future.result()
            except killed as problem:
                if lost is None:
                    raise
                return lost(portion, str(problem))

        yield from _as_ready(executor, room, function, iter(portions), result)


def _as_ready(
    executor: Executor,
    room: Callable[[], int],
    function: Callable[[Portion], Result],
    portions: Iterator[Portion],
    result: Callable[[Portion, Future[Result]], Result],
) -> Iterator[tuple[Portion, Result]]:
    from concurrent.futures.process import BrokenProcessPool

    running: dict[Future[Result], Portion] = {}
    try:
        while True:
            for portion in islice(portions, max(0, room() - len(running))):
                running[executor.submit(function, portion)] = portion
            if not running:
                return
            done = wait(running, return_when=FIRST_COMPLETED).done
            for future in done:
                portion = running.pop(future)
                yield portion, result(portion, future)
    except BrokenProcessPool as problem:
        raise CourseError(
            _("A study in several processes."),
            _("One of them was killed, perhaps for want of memory."),
            do=_("Run the same command again: what is done is kept. Fewer --jobs need less memory."),
        ) from problem
    finally:
        for future in running:
            future.cancel()


@contextmanager
def _processes(jobs: int) -> Iterator[_Workers]:
    """Processes that end with this one, even if it is killed."""
    from joblib.externals.loky import ProcessPoolExecutor

    pool = ProcessPoolExecutor(jobs, initializer=_start, initargs=(os.getpid(),))
    try:
        yield pool, lambda: jobs + 1, ()
    except BaseException:
        pool.shutdown(wait=True, kill_workers=True)
        raise
    pool.shutdown(wait=True)


def _start(parent: int) -> None:
    if os.name == "posix":
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


@contextmanager
def _cluster(address: str) -> Iterator[_Workers]:
    try:
        import distributed
    except ImportError as problem:
        raise CourseError(
            _("Work on a Dask cluster."),
            _("The package distributed is not installed."),
            do=_('Install it with: pip install "gatedrnn-course[cluster]"'),
        ) from problem
    try:
        connect: Any = distributed.Client
        client = connect(address, timeout="20s")
    except (OSError, ValueError) as problem:
        raise CourseError(
            _("Work on the Dask cluster at {address}.").format(address=address),
            _("It cannot be reached: {problem}.").format(problem=problem),
            _("An address is tcp://HOST:8786, as `dask scheduler` prints it."),
        ) from problem
    with client, client.get_executor(pure=False) as executor:
        yield executor, lambda: 2 * max(1, sum(client.nthreads().values())), distributed.KilledWorker
