"""Keeps freed memory in the process, so that training steps do not ask the system for the same pages over and over."""

from __future__ import annotations

import ctypes
import sys

__all__ = ["keep_memory"]

_SETTINGS = ((-4, 0), (-1, 2**31 - 1), (-2, 64 * 2**20))
"""M_MMAP_MAX: no separate mappings; M_TRIM_THRESHOLD: give nothing back; M_TOP_PAD: grow by 64 MiB at a time."""


def keep_memory() -> bool:
    """Tell the C library to keep memory it has freed. It holds for the whole process and cannot be undone.

    At T=400, B=64, H=128 this made `torch.nn.LSTM` 1.8 times faster, at small sizes up to 1.35 times. In a comparison
    it belongs to both sides or to none.

    Returns:
        Whether the C library took it; only glibc on Linux does.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    return all(mallopt(setting, value) == 1 for setting, value in _SETTINGS)
