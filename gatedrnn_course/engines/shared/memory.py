"""Memory for tapes and scratch, used again from call to call: fresh pages would cost more than small kernels take."""

from __future__ import annotations

import threading

import torch
from torch import Tensor

__all__ = ["Lease"]

_MOST, _MOST_BYTES = 16, 2**29
"""What the pool keeps at most: so many pieces, and half a GiB."""
_LEAST = 1 << 13
"""Fewer numbers are had from the allocator as fast: they lie in pages that the process has."""
_free: list[Tensor] = []
_lock = threading.RLock()  # a lease may end anywhere, also while another one is taken


class Lease:
    """Memory for at least `count` numbers; it returns to the pool when nothing refers to the lease any more.

    Args:
        count: How many numbers.
        dtype: Their type.

    Attributes:
        tensor: The memory, uninitialised.
    """

    def __init__(self, count: int, dtype: torch.dtype) -> None:
        if count < _LEAST:
            self.tensor = torch.empty(max(count, 1), dtype=dtype, device="cpu")
            return
        with _lock:
            # what came back last is still in the cache
            fits = (t for t in reversed(_free) if t.dtype == dtype and count <= t.numel() <= 4 * count + 65536)
            tensor = next(fits, None)
            if tensor is not None:
                _free[:] = [t for t in _free if t is not tensor]
        self.tensor = torch.empty(count, dtype=dtype, device="cpu") if tensor is None else tensor

    @property
    def address(self) -> int:
        """Where the memory begins."""
        return self.tensor.data_ptr()

    def __del__(self) -> None:
        if self.tensor.numel() < _LEAST:
            return
        with _lock:
            _free.append(self.tensor)
            del _free[:-_MOST]
            while sum(tensor.nbytes for tensor in _free) > _MOST_BYTES:
                del _free[0]
