"""Which sandbox answers run in: the one place that names one."""

from __future__ import annotations

from .process import ProcessSandbox
from .protocol import Sandbox

__all__ = ["best_sandbox"]


def best_sandbox() -> Sandbox:
    """A sandbox of the strongest kind that this system offers. There is one kind so far."""
    return ProcessSandbox()
