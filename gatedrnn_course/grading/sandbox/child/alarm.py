"""A cell that takes too long is interrupted, so that what comes after it can still run."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["TooLong", "alarm"]


class TooLong(BaseException):
    """The time of a cell is over. Not an `Exception`, so that a cell's `except Exception` does not swallow it."""


@contextmanager
def alarm(seconds: float | None) -> Iterator[None]:
    """Raise `TooLong` in the body after so many seconds, and again every second; never where there are none.

    A body that swallows it every time is ended by the parent.
    """
    if not seconds:
        yield
        return

    ended = False

    def over(_number: int, _frame: FrameType | None) -> None:
        if not ended:
            raise TooLong(f"It took longer than {seconds:.1f} s.")

    signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        try:
            yield
        finally:
            ended = True
    finally:  # also after an alarm in the line above, which would otherwise ring on
        ended = True
        signal.setitimer(signal.ITIMER_REAL, 0)
