"""Drivers use a class, or a function that works on torch objects, where it lives, and hand back arrays by name.

A learner's `nn.Module` cannot travel, nor an optimiser with its state. So both processes load these files: a driver
builds the objects from arrays, works with them as any user would, and reads arrays off them. It holds no equation of an
answer and compares nothing; what it finds of another form it tells by an `Unfit`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

__all__ = ["FAULT", "Unfit", "drive", "prepare"]

NAMES = frozenset({"cost", "device", "function", "layer", "model", "recurrent", "training"})
"""The drivers: each is a module beside this one with a function `run(answer, *arguments)`."""
LATE = frozenset({"cost", "device", "training"})
"""Those that use parts of torch which torch itself loads late: optimisers, and modes that look at operations."""
FAULT = "fault"
"""The name under which an answer of another form is told; the other names beside it are texts about it."""


class Unfit(Exception):
    """An answer of another form than a driver can use.

    Args:
        kind: What is wrong, a word that the judge has sentences for.
        told: Short texts about it.
    """

    def __init__(self, kind: str, **told: str) -> None:
        super().__init__(kind)
        self.told = {FAULT: kind, **told}


def prepare(name: str) -> None:
    """Load what a driver needs of torch: it takes seconds, which are not the answer's."""
    if name in NAMES:
        import_module("torch._dynamo" if name in LATE else "torch")


def drive(name: str, answer: Callable[..., Any], arguments: Sequence[Any]) -> Mapping[str, Any]:
    """What comes of using an answer.

    Args:
        name: The driver.
        answer: The learner's class or function.
        arguments: Arrays, and named arrays.

    Returns:
        Arrays and texts by name; a `fault` among them where the answer has another form.

    Raises:
        KeyError: If there is no such driver.
        Exception: Whatever the answer raises.
    """
    if name not in NAMES:
        raise KeyError(name)
    import torch

    run = import_module(f"{__name__}.{name}").run
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # several would wait for each other longer than they compute: the tensors are small
    try:
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            found: Mapping[str, Any] = run(answer, *arguments)
            return found
    except Unfit as unfit:
        return unfit.told
    finally:
        torch.set_num_threads(threads)
