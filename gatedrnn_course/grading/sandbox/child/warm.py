"""Libraries loaded before any answer runs: first used here, then out of sight until somebody imports them."""

from __future__ import annotations

import contextlib
import importlib
import io
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

__all__ = ["LIBRARIES", "park", "parked", "seed", "used", "warm_up"]


def _numpy() -> None:
    import numpy as np

    matrix = np.eye(8)
    np.linalg.solve(matrix, matrix @ matrix)
    np.linalg.svd(matrix)
    np.fft.fft(matrix)
    np.random.default_rng(0).normal(size=8)
    stored = io.BytesIO()
    np.savez(stored, matrix=matrix)
    with np.load(io.BytesIO(stored.getvalue()), allow_pickle=False) as loaded:
        repr(loaded["matrix"])


def _scipy() -> None:
    for name in ("special", "stats"):
        importlib.import_module(f"scipy.{name}")


def _matplotlib() -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots()
    axes.plot([0, 1], [0, 1], label="x")
    axes.legend()
    figure.savefig(io.BytesIO())
    pyplot.close(figure)


def _torch() -> None:
    import torch
    import torch._dynamo

    from .absent_torch import survey
    from .warm_torch import use

    survey()
    torch.set_num_threads(1)
    use()


LIBRARIES: Mapping[str, Callable[[], None]] = {"scipy": _scipy, "matplotlib": _matplotlib, "torch": _torch}
"""Those that take long to load, and what else of each is slow the first time."""


def warm_up(names: Sequence[str]) -> None:
    """Load NumPy and these libraries; one that is not installed is left out."""
    for module in ("asyncio", "dataclasses", "functools", "itertools", "math", "random", "tempfile", "typing"):
        importlib.import_module(module)
    _numpy()
    for name in names:
        with contextlib.suppress(ImportError):
            LIBRARIES[name]()


def used() -> list[str]:
    """The slow libraries that this process has imported so far."""
    return [name for name in LIBRARIES if name in sys.modules]


class _Parked(Loader, MetaPathFinder):
    """Hands modules of one library back at its first import, all of them at once."""

    def __init__(self, name: str, modules: dict[str, ModuleType]) -> None:
        self.name, self.modules = name, modules

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if fullname != self.name or fullname not in self.modules:
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module = self.modules[spec.name]
        self.spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.spec
        modules, self.modules = self.modules, {}
        sys.modules.update(modules)


def parked(name: str) -> bool:
    """Whether a library is loaded and out of sight."""
    return any(isinstance(finder, _Parked) and finder.name == name and finder.modules for finder in sys.meta_path)


def seed(number: int) -> None:
    """Seed the global generator of torch, if it is loaded and out of sight: all children of a template share it."""
    for finder in sys.meta_path:
        if isinstance(finder, _Parked) and "torch" in finder.modules:
            finder.modules["torch"].default_generator.manual_seed(number)


def park(names: Sequence[str]) -> None:
    """Take libraries out of `sys.modules`: an answer has a library when it imports it, and then at no cost."""
    for name in names:
        modules = {key: sys.modules.pop(key) for key in list(sys.modules) if key.partition(".")[0] == name}
        if modules:
            sys.meta_path.insert(0, _Parked(name, modules))
