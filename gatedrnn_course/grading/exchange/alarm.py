"""A time limit by an alarm signal, for the judge's own process and for the child's.

Both processes load this file, so it uses the standard library only.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["TooLong", "alarm"]


class TooLong(BaseException):
    """The time is over. Not an `Exception`, so that a learner's `except Exception` does not swallow it."""


@contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Raise `TooLong` in the body after so many seconds, and again every second.

    Args:
        seconds: How long the body may run.
    """
    ended = False

    def over(_number: int, _frame: FrameType | None) -> None:
        if not ended:
            raise TooLong(f"It took longer than {seconds:.1f} s.")

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        try:
            yield
        finally:
            ended = True
    finally:  # also after an alarm in the line above, which would otherwise ring on
        ended = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
