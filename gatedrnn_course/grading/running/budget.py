"""The seconds that one submission may use up, whatever it does with them."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Budget"]

LEAST_S = 0.2


class Budget:
    """Seconds, given out so that something is always left: nobody gets more than half of the rest.

    Args:
        seconds: All of them together. Once they are used up, everybody still gets a moment.
    """

    def __init__(self, seconds: float) -> None:
        self._left = seconds

    def share(self, most: float) -> float:
        """Seconds for one thing that would take `most`."""
        return max(min(most, self._left / 2), LEAST_S)

    def processor(self, most: int) -> int:
        """Seconds of processor time for one process that would take `most`: two processors all the time left."""
        return max(min(most, math.ceil(2 * self._left)), 5)

    @contextmanager
    def spending(self) -> Iterator[None]:
        """Count the time of the body."""
        start = time.monotonic()
        try:
            yield
        finally:
            self._left = max(self._left - (time.monotonic() - start), 0.0)
