"""A computation on a GPU recorded once and replayed: one launch where there were thousands."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

__all__ = ["Replay", "side_by_side"]

Compute = Callable[..., list[Tensor]]
WARM_UP = 3
"""Calls before recording, for libraries that set themselves up when they are first used."""


@dataclass
class _Recorded:
    """A CUDA graph, the tensors it reads, and those it writes."""

    graph: Any
    inputs: list[Tensor]
    outputs: list[Tensor]


class Replay:
    """Calls a computation; on a GPU, from the second call with the same key on, by its recorded CUDA graph.

    Args:
        device: Where it runs. On the CPU every call is a plain call.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._recorded: dict[Hashable, _Recorded] = {}

    def __call__(
        self, key: Hashable, compute: Compute, changed: Sequence[Tensor], inputs: Sequence[Tensor]
    ) -> list[Tensor]:
        """What `compute(*inputs)` gives.

        Args:
            key: Tells this computation, its sizes and constants, from others.
            compute: The computation; it must not wait for the device.
            changed: The tensors it changes in place.
            inputs: Its arguments, of the same shapes whenever the key is the same.
        """
        if self.device.type != "cuda":
            return compute(*inputs)
        if key not in self._recorded:
            self._recorded[key] = _record(compute, changed, inputs)
        recorded = self._recorded[key]
        for own, given in zip(recorded.inputs, inputs, strict=True):
            own.copy_(given)
        recorded.graph.replay()
        return [output.clone() for output in recorded.outputs]


def _record(compute: Compute, changed: Sequence[Tensor], inputs: Sequence[Tensor]) -> _Recorded:
    """Run a computation a few times apart, put back what it changed, and record it."""
    before = [tensor.clone() for tensor in changed]
    own = [tensor.clone() for tensor in inputs]
    apart = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    apart.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(apart):
        for _ in range(WARM_UP):
            compute(*own)
        for tensor, value in zip(changed, before, strict=True):
            tensor.copy_(value)
    torch.cuda.current_stream().wait_stream(apart)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        outputs = compute(*own)
    return _Recorded(graph, own, outputs)


def side_by_side(device: torch.device, computes: Sequence[Callable[[], Tensor]]) -> list[Tensor]:
    """The results of computations that do not depend on each other; on a GPU each has a stream of its own."""
    if device.type != "cuda" or len(computes) == 1:
        return [compute() for compute in computes]
    here, found = torch.cuda.current_stream(), []
    streams = [torch.cuda.Stream() for _ in computes]  # type: ignore[no-untyped-call]
    for stream, compute in zip(streams, computes, strict=True):
        stream.wait_stream(here)
        with torch.cuda.stream(stream):
            found.append(compute())
    for stream in streams:
        here.wait_stream(stream)
    return found
