"""A time limit for a call in this very process, by an alarm signal or by watching the code run."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any

from ..exchange.alarm import TooLong, alarm

__all__ = ["TooLong", "time_limit"]

EVENTS = 256
"""How many jumps and calls pass between two looks at the clock."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TooLong` in the body when it runs longer.

    In the main thread on Linux and macOS an alarm does it. Elsewhere (Windows, the browser, other threads) Python tells
    of every jump and call, from version 3.12 on; before that the body runs without a limit there. A body that swallows
    the exception gets another one.

    Args:
        seconds: How long the body may run.
    """
    if _has_alarm():
        limited = alarm(seconds)
    elif sys.version_info >= (3, 12):
        limited = _watched(seconds)
    else:
        limited = _unlimited()
    with limited:
        yield


def _has_alarm() -> bool:
    """Whether an alarm can be set here. The browser's Python knows the signal, and has no way to send it."""
    named = hasattr(signal, "SIGALRM") and hasattr(signal, "setitimer")
    return named and threading.current_thread() is threading.main_thread()


@contextmanager
def _unlimited() -> Iterator[None]:
    yield


@contextmanager
def _watched(seconds: float) -> Iterator[None]:
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
    tool = next((number for number in range(6) if monitoring.get_tool(number) is None), None)
    if tool is None:  # a debugger, a profiler and others hold every place
        yield
        return
    until, mine, count = time.monotonic() + seconds, threading.get_ident(), 0

    def event(_code: CodeType, *_where: Any) -> None:
        nonlocal count
        count += 1
        if count % EVENTS == 0 and time.monotonic() > until and threading.get_ident() == mine:
            raise TooLong

    events = (monitoring.events.JUMP, monitoring.events.PY_START)  # every loop jumps back
    monitoring.use_tool_id(tool, "gatedrnn_course time limit")
    try:
        for one in events:
            monitoring.register_callback(tool, one, event)
        monitoring.set_events(tool, sum(events))
        yield
    finally:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)
