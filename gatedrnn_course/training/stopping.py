"""When a run ends before its last step: patience, and Ctrl-C."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any

from gatedrnn_course.training.history import History

__all__ = ["Interruption", "out_of_patience"]


def out_of_patience(history: History, patience: int | None) -> bool:
    """Whether the validation loss has not improved for `patience` evaluations; never with None."""
    return patience is not None and history.waited >= patience


class Interruption:
    """Notes the first Ctrl-C inside its `with` block; a second one interrupts at once.

    Training looks at `asked` between two steps, so that no step is left half done. In another thread than the main one
    Ctrl-C does not arrive, and nothing is changed.
    """

    def __init__(self) -> None:
        self.asked = False
        self._before: Any = None

    def __enter__(self) -> Interruption:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *_exception: object) -> None:
        self._restore()

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
        self._restore()

    def _restore(self) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None
