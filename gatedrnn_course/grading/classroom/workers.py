"""The processes that grade side by side: one that dies is replaced, and none outlives the run."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, Generic, TypeVar

from gatedrnn_course.text import _

__all__ = ["side_by_side"]

LONGEST_S = 900.0
"""A process that takes longer for one task is ended as if it had died."""
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
T = TypeVar("T")
R = TypeVar("R")


def side_by_side(
    function: Callable[[T], R],
    tasks: Iterable[T],
    jobs: int,
    lost: Callable[[T, str], R],
    longest: float = LONGEST_S,
) -> Generator[R]:
    """What a function makes of each task, in the order in which the results come.

    Tasks start in their order. A process that dies is replaced, and its task done again after all others; if it brings
    a second one down, it is lost. Close the generator, or let an exception pass through it, and the processes are
    killed. They also end by themselves when this process is killed.

    Args:
        function: Called in another process, at the top of a module.
        tasks: Its arguments.
        jobs: How many processes.
        lost: Makes the result of a task that brought two processes down, of the task and of what became of the second.
        longest: Seconds for one task.

    Raises:
        Exception: What `function` raises.
    """
    fresh, again = iter(tasks), deque[T]()
    with tempfile.TemporaryDirectory(prefix="gatedrnn-run-", ignore_cleanup_errors=True) as scratch:
        workers = [_Worker(function, scratch, longest) for _k in range(jobs)]
        try:
            while True:
                for worker in workers:
                    if not worker.busy:
                        _give(worker, fresh, again)
                busy = [worker for worker in workers if worker.busy]
                if not busy:
                    break
                for worker in _ready(busy):
                    task, second = worker.task
                    try:
                        result = worker.result()
                    except _Died as died:
                        if not second:
                            again.append(task)
                            continue
                        result = lost(task, str(died))
                    yield result
            for worker in workers:
                worker.dismiss()
        finally:
            with _deaf():  # a second Ctrl-C would leave half of them
                for worker in workers:
                    worker.kill()


class _Died(Exception):
    """What became of a process that is gone."""


class _Worker(Generic[T, R]):
    """One process at a time, and the task it is at. It is started with its first task."""

    def __init__(self, function: Callable[[T], R], scratch: str, longest: float) -> None:
        self._function, self._scratch, self._longest = function, scratch, longest
        self._process: SpawnProcess | None = None
        self._connection: Connection[Any, Any] | None = None
        self._tasks: list[tuple[T, bool]] = []
        self._until = 0.0

    @property
    def busy(self) -> bool:
        return bool(self._tasks)

    @property
    def task(self) -> tuple[T, bool]:
        """The task, and whether it has brought a process down before."""
        return self._tasks[0]

    @property
    def left(self) -> float:
        """Seconds left for the task."""
        return max(self._until - time.monotonic(), 0.0)

    def fileno(self) -> int:
        """What becomes readable with a result, and when the process is gone."""
        assert self._connection is not None
        return self._connection.fileno()

    def give(self, task: T, second: bool) -> None:
        if self._process is None or not self._process.is_alive():
            self.kill()
            self._start()
        assert self._connection is not None
        with suppress(OSError):  # it died this moment: told when the result is asked for
            self._connection.send(task)
        self._tasks.append((task, second))
        self._until = time.monotonic() + self._longest

    def result(self) -> R:
        """The result.

        Raises:
            _Died: If there is none.
            Exception: What the function raised.
        """
        assert self._connection is not None
        self._tasks.clear()
        try:
            if not self._connection.poll():
                raise _Died(_("It was ended after {seconds:g} s.").format(seconds=self._longest))
            done, result = self._connection.recv()
        except (EOFError, OSError):
            raise _Died(self._how_it_ended()) from None
        except _Died:
            self.kill()
            raise
        if not done:
            raise result
        answer: R = result
        return answer

    def _how_it_ended(self) -> str:
        assert self._process is not None
        self._process.join()
        code = self._process.exitcode or 0
        if code < 0:
            return _("It was ended by the signal {name}.").format(name=signal.Signals(-code).name)
        return _("It ended itself, with exit code {code}.").format(code=code)

    def _start(self) -> None:
        context: SpawnContext = multiprocessing.get_context("spawn")
        with _deaf(), _one_thread():
            self._connection, theirs = context.Pipe()
            told = (theirs, self._function, self._scratch)
            self._process = context.Process(target=_serve, args=told, daemon=True)
            self._process.start()
            theirs.close()

    def dismiss(self) -> None:
        """Let the process end by itself."""
        if self._connection is not None and self._process is not None:
            self._connection.close()
            self._process.join(LONGEST_S)

    def kill(self) -> None:
        if self._process is not None and self._connection is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._connection.close()
            self._process = self._connection = None


def _give(worker: _Worker[T, R], fresh: Iterator[T], again: deque[T]) -> None:
    """Give a worker the next task, if there is one."""
    for task in fresh:
        worker.give(task, False)
        return
    if again:
        worker.give(again.popleft(), True)


def _ready(busy: list[_Worker[T, R]]) -> list[_Worker[T, R]]:
    """The workers that have a result, are gone or have taken too long; at least one."""
    while True:
        ready = wait([worker.fileno() for worker in busy], timeout=min(worker.left for worker in busy))
        if over := [worker for worker in busy if worker.fileno() in ready or not worker.left]:
            return over


def _serve(connection: Connection[Any, Any], function: Callable[[Any], Any], scratch: str) -> None:
    """What a process does: task after task, until nobody gives it one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    tempfile.tempdir = scratch  # where sandboxes make their folders: a killed process cannot clean up
    threading.Thread(target=_end_with_parent, args=(scratch,), daemon=True).start()
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        try:
            answer = (True, function(task))
        except Exception as error:
            answer = (False, error)
        connection.send(answer)


def _end_with_parent(scratch: str) -> None:
    """End this process when its parent is gone, whatever it is at; the last to end leaves no folder behind."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    shutil.rmtree(scratch, ignore_errors=True)
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


@contextmanager
def _one_thread() -> Iterator[None]:
    """Processes started meanwhile compute in one thread each: side by side, more would only hinder one another."""
    mine = {name: "1" for name in THREADS if name not in os.environ}
    os.environ.update(mine)
    try:
        yield
    finally:
        for name in mine:
            del os.environ[name]
