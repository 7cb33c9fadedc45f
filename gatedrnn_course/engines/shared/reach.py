"""How tensors may be reached: by their address in memory, by one operator, or only operation by operation.

A compiled kernel reads addresses. Not every tensor has numbers behind one: those of `FakeTensorMode` and of the meta
device have none, a zero or negated tensor stands for others than lie there, a subclass may hold anything. And where
somebody follows the operations, to trace, transform or count them, work done behind an address would be missed.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensor
from torch._subclasses.functional_tensor import FunctionalTensor
from torch.autograd import forward_ad
from torch.utils._python_dispatch import _disable_current_modes

__all__ = ["by_operation", "by_operator", "in_memory", "ordinary"]

_C: Any = torch._C
_keys_of: Any = torch._C._dispatch_keys
_NO_SUBCLASSES = frozenset((Tensor, nn.Parameter, FakeTensor, FunctionalTensor))


@lru_cache(maxsize=64)
def _plain(kind: str) -> frozenset[int]:
    """What torch dispatches on for a dense tensor of numbers on this kind of device, in and out of inference mode."""
    if kind == "meta":
        return frozenset()
    found = set()
    for inference in (True, False):
        with _disable_current_modes(), torch.inference_mode(inference):
            found.add(_keys_of(torch.empty(0, device=kind)).raw_repr())
    return frozenset(found)


_CPU = _plain("cpu")


def ordinary(tensors: Iterable[Tensor]) -> bool:
    """Whether all are dense numbers on a device and nothing else: no subclass, no stand-in, no batch of `vmap`."""
    return all(_keys_of(t).raw_repr() in _plain(t.device.type) for t in tensors)


def in_memory(tensors: Iterable[Tensor], dtype: torch.dtype) -> bool:
    """Whether all may be read and written at their address: ordinary, of this type, on the CPU, and nobody follows."""
    if torch.compiler.is_compiling() or _C._len_torch_dispatch_stack() or _followed():
        return False
    for tensor in tensors:  # noqa: SIM110 - in every call: `all` would take twice as long
        if tensor.dtype is not dtype or _keys_of(tensor).raw_repr() not in _CPU:
            return False
    return True


def by_operator(tensors: Iterable[Tensor]) -> bool:
    """Whether a sequence has to be one operator: in torch.compile and export, and in modes such as those of make_fx."""
    if torch.compiler.is_compiling():
        return not torch.onnx.is_in_onnx_export()
    return bool(_C._len_torch_dispatch_stack()) and not by_operation(tensors)


def by_operation(tensors: Iterable[Tensor]) -> bool:
    """Whether torch has to see every operation: for torch.func, forward mode, tracing, subclasses such as DTensor."""
    if _followed() or torch.onnx.is_in_onnx_export():
        return True
    return any(type(t) not in _NO_SUBCLASSES and not ordinary([t]) for t in tensors)


def _followed() -> bool:
    """Whether torch.func, forward mode or `torch.jit.trace` is at work."""
    return bool(
        _C._are_functorch_transforms_active() or forward_ad._current_level >= 0 or _C._get_tracing_state() is not None
    )
