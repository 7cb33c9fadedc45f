from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable

import pytest

from gatedrnn_course.grading.running.limit import TooLong, time_limit

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="This system has no alarm signal.")


def for_ever() -> None:
    while True:
        pass


def for_ever_and_never_mind() -> None:
    while True:
        with contextlib.suppress(Exception):
            for_ever()


@pytest.mark.parametrize("body", [for_ever, for_ever_and_never_mind])
def test_a_loop_without_end_is_ended(body: Callable[[], None]) -> None:
    with pytest.raises(TooLong), time_limit(0.05):
        body()


def test_a_short_body_is_left_alone_and_nothing_stays_behind() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with time_limit(60):
        value = sum(range(10))
    assert value == 45
    assert signal.getsignal(signal.SIGALRM) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_in_another_thread_the_body_runs_without_a_limit() -> None:
    done: list[int] = []

    def body() -> None:
        with time_limit(0.001):
            done.append(sum(range(1000)))

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    assert done == [499500]
