"""A loop without end is ended: by the alarm, and, in every newer Python at hand, by watching the code run."""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gatedrnn_course.grading.running import limit
from gatedrnn_course.grading.running.limit import TooLong, time_limit

alarm = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="This system has no alarm.")


def for_ever() -> None:
    while True:
        pass


def for_ever_and_never_mind() -> None:
    while True:
        with contextlib.suppress(Exception):
            for_ever()


@alarm
@pytest.mark.parametrize("body", [for_ever, for_ever_and_never_mind])
def test_a_loop_without_end_is_ended(body: Callable[[], None]) -> None:
    with pytest.raises(TooLong), time_limit(0.05):
        body()


@alarm
def test_a_short_body_is_left_alone_and_nothing_stays_behind() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with time_limit(60):
        value = sum(range(10))
    assert value == 45
    assert signal.getsignal(signal.SIGALRM) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_in_another_thread_a_short_body_is_left_alone() -> None:
    done: list[int] = []

    def body() -> None:
        with time_limit(60):
            done.append(sum(range(1000)))

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    assert done == [499500]


def test_a_signal_without_a_timer_is_no_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the browser: SIGALRM is there, setitimer is not."""
    monkeypatch.delattr(signal, "setitimer", raising=False)
    with time_limit(60):
        value = sum(range(10))
    assert value == 45


WATCHED = """
import contextlib, importlib, pathlib, signal, sys, threading, types
for name in ("setitimer", "SIGALRM"):
    if hasattr(signal, name): delattr(signal, name)
for name in ("judge", "judge.exchange", "judge.running"):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [str(pathlib.Path(sys.argv[1], *name.split(".")[1:]))]
limit = importlib.import_module("judge.running.limit")

def loops():
    while True:
        pass

def swallows():
    while True:
        with contextlib.suppress(Exception):
            loops()

def counted(n=10**9):
    for _ in range(n):
        pass

def ended(body):
    try:
        with limit.time_limit(0.2):
            body()
    except limit.TooLong:
        return True

told = [ended(loops), ended(swallows), ended(counted)]
thread = threading.Thread(target=lambda: told.append(ended(loops)))
thread.start(); thread.join()
with limit.time_limit(60):
    told.append(sum(range(10)) == 45)
told.append(all(sys.monitoring.get_tool(k) is None for k in range(6)))
print(told)
"""


@alarm
def test_an_alarm_at_the_very_end_of_the_body_rings_once() -> None:
    rng = random.Random(0)
    for _try in range(600):
        with contextlib.suppress(TooLong), time_limit(0.002):
            until = time.perf_counter() + 0.002 + rng.uniform(-3e-5, 3e-5)
            while time.perf_counter() < until:
                pass
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def newer() -> list[str]:
    found = [shutil.which(f"python3.{minor}") for minor in range(12, 16)]
    return [path for path in found if path and subprocess.run([path, "-c", ""], capture_output=True).returncode == 0]


def test_newer_pythons_watch_the_code_where_there_is_no_alarm() -> None:
    """As on Windows, in the browser and in other threads."""
    pythons = [sys.executable] if sys.version_info >= (3, 12) else newer()
    if not pythons:
        pytest.skip("There is no Python of version 3.12 or newer here.")
    for python in pythons:
        ran = subprocess.run(
            [python, "-c", WATCHED, str(Path(limit.__file__).parents[1])], capture_output=True, text=True, timeout=60
        )
        assert ran.stdout.strip() == "[True, True, True, True, True, True]", (python, ran.stderr)
