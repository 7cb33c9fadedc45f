"""A share of the time for each statement: one that never ends costs itself, and what follows it still runs."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["Patience", "TooLong"]

SHORTEST_S = 1.0
SHARE = 0.25
"""Of the time that is left. Loops in many cells each take their share of a rest that never is used up."""


class TooLong(BaseException):
    """The share is over. Not an `Exception`, so that `except Exception` does not swallow it."""


class Patience:
    """Seconds for all cells, given out statement by statement.

    Where less is left than two of the shortest shares, and where no alarm can be set, there is no limit here: then the
    parent's deadline holds.
    """

    def __init__(self) -> None:
        self._until = 0.0

    def begin(self, seconds: float) -> None:
        """Say how much time is left from now on."""
        self._until = time.monotonic() + seconds

    @contextmanager
    def share(self) -> Iterator[None]:
        """Raise `TooLong` in the body when it takes longer than its share."""
        left = self._until - time.monotonic()
        outermost = signal.getitimer(signal.ITIMER_REAL)[0] == 0
        if left < 2 * SHORTEST_S or not outermost or threading.current_thread() is not threading.main_thread():
            yield
            return
        try:
            before = signal.signal(signal.SIGALRM, _over)
            signal.setitimer(signal.ITIMER_REAL, max(SHORTEST_S, SHARE * left), SHORTEST_S)  # and again
        except (OSError, ValueError):
            yield
            return
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


def _over(_number: int, _frame: FrameType | None) -> None:
    raise TooLong("It did not end in its share of the time.")
