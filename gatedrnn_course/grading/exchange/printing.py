"""Whether a function printed something. Both processes load this file."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

__all__ = ["Heard", "heard"]


class Heard:
    """A stream that passes on what is printed and notes that something was.

    Args:
        stream: Where it goes; None where there is no such place.

    Attributes:
        anything: Whether something other than blanks was printed.
    """

    def __init__(self, stream: Any) -> None:
        self.stream, self.anything = stream, False

    def write(self, text: str) -> int:
        """Pass a text on."""
        self.anything = self.anything or bool(text.strip())
        return len(text) if self.stream is None else int(self.stream.write(text) or 0)

    def flush(self) -> None:
        """Flush the stream behind."""
        if self.stream is not None:
            self.stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextlib.contextmanager
def heard(stream: Any = None) -> Iterator[Heard]:
    """Listen to what the body prints.

    Args:
        stream: Where it goes; to the standard output where left out.
    """
    listening = Heard(sys.stdout if stream is None else stream)
    with contextlib.redirect_stdout(listening):
        yield listening
