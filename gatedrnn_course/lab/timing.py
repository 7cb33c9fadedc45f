"""How long layers of torch take: `milliseconds(layer, xs)`, and `show_devices(layer)` for CPU against GPU."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from gatedrnn_course.lab.panel import Panel
from gatedrnn_course.lab.plots import plot
from gatedrnn_course.lab.show import show
from gatedrnn_course.text import _

__all__ = ["device_times", "milliseconds", "show_devices"]

BATCHES = (1, 8, 64, 512)
STEPS, REPEATS = 24, 3


def milliseconds(layer: Callable[..., Any], xs: Any, repeats: int = REPEATS) -> float:
    """How long a layer takes forward and backward, in the median of several runs after one that is not counted.

    Args:
        layer: Called with the sequences; hands back a tensor, or a tuple that begins with one.
        xs: The sequences (T, B, D).
        repeats: How many runs are timed.
    """
    taken = []
    for _run in range(repeats + 1):
        start = time.perf_counter()
        value = layer(xs)
        (value[0] if isinstance(value, tuple) else value).sum().backward()
        if xs.device.type == "cuda":
            import torch

            torch.cuda.synchronize()
        taken.append(1000 * (time.perf_counter() - start))
    return statistics.median(taken[1:])


def device_times(layer: Any, size: int, batches: Sequence[int] = BATCHES) -> dict[str, list[float]]:
    """Milliseconds of a layer on every device of this machine, for growing batches of 24 steps.

    Args:
        layer: A module.
        size: D, numbers in an input.
        batches: How many sequences in a batch.

    Returns:
        For each device, the CPU first, a number for each batch.
    """
    import copy

    import torch

    devices = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
    found = {}
    for device in devices:
        there = copy.deepcopy(layer).to(device)
        found[device] = [milliseconds(there, torch.rand(STEPS, batch, size, device=device)) for batch in batches]
    return found


def show_devices(layer: Any, size: int) -> None:
    """Draw what a sequence of a batch costs on CPU and GPU as the batch grows; the CPU alone where there is no GPU.

    Args:
        layer: A module that reads (T, B, D).
        size: D.
    """
    found = device_times(layer, size)
    each = {device: [one / batch for one, batch in zip(times, BATCHES, strict=True)] for device, times in found.items()}
    plot(each, x=_("sequences in the batch"), y=_("ms for each sequence"), at=BATCHES, log=True)
    if "cuda" not in found:
        show(Panel("note", _("There is no GPU here: the curve is the CPU's alone.")))
