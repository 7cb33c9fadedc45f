"""What cells lean on and a plain process has not: `get_ipython`, `display`, `input`, `exit`, widget libraries."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NoReturn

import numpy as np

from . import jail
from .jail import Quiet, QuietLoader

__all__ = ["Shell", "install"]

ALWAYS_QUIET = frozenset({"IPython", "anywidget", "ipywidgets"})
"""Also where they are installed: they talk to a kernel and a page, and there is neither."""
QUIET = frozenset(
    {
        "bokeh",
        "comet_ml",
        "google",
        "ipympl",
        "matplotlib",
        "mlflow",
        "neptune",
        "nest_asyncio",
        "otter",
        "plotly",
        "seaborn",
        "tensorboard",
        "wandb",
    }
)
"""Where they are not installed: they draw, report or watch, and no answer comes of them."""
GIVEN = frozenset(
    {"Params", "earlier", "example", "hint", "np", "predict", "progress", "setup", "sigmoid", "stack", "tanh"}
)
"""What the first cell of every exercise imports."""
TIMERS = frozenset({"time", "timeit", "prun"})
PYLAB = "import numpy as np\nimport matplotlib.pyplot as plt\nfrom numpy import *"
MAX_SKIPPED = 50


class Shell:
    """The answer of `get_ipython()`: a few magics run their body, the others are noted and skipped."""

    def __init__(self, run: Callable[[str], None], namespace: dict[str, Any]) -> None:
        self._run, self.user_ns = run, namespace
        self.skipped: list[str] = []

    def run_line_magic(self, name: str, line: str, *args: Any, **kwargs: Any) -> Any:
        """`%time` and `%timeit` run their statement once, `%pylab` its imports."""
        if name == "pylab":
            return self._run(PYLAB)
        if name in TIMERS:
            return self._run(_without_options(line))
        return self._skip(f"%{name} {line}")

    def run_cell_magic(self, name: str, line: str, cell: str) -> Any:
        """`%%time`, `%%timeit` and `%%capture` run the cell; `%%writefile` writes its file."""
        if name == "capture":
            self.user_ns.update({word: Quiet() for word in line.split() if word.isidentifier()})
            return self._run(cell)
        if name in TIMERS:
            return self._run(cell)
        if name in ("writefile", "file"):
            return self._write(line.split(), cell)
        return self._skip(f"%%{name} {line}")

    def _write(self, words: list[str], cell: str) -> Any:
        """Write a file into the working folder, where there is one that can be written to."""
        try:
            with open(words[-1].strip("'\""), "a" if "-a" in words else "w", encoding="utf-8") as file:
                file.write(cell)
        except (OSError, IndexError):
            return self._skip(f"%%writefile {' '.join(words)}")

    def system(self, command: str, *args: Any) -> Any:
        """Runs nothing."""
        return self._skip(f"!{command}")

    def getoutput(self, command: str, *args: Any, **kwargs: Any) -> list[str]:
        """Runs nothing; there is no output."""
        self._skip(f"!{command}")
        return []

    def magic(self, line: str) -> Any:
        """The old spelling of `run_line_magic`."""
        return self.run_line_magic(*line.partition(" ")[::2])

    def _skip(self, what: str) -> None:
        if len(self.skipped) < MAX_SKIPPED:
            self.skipped.append(what.strip()[:200])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Quiet()


def _without_options(line: str) -> str:
    words = line.split(" ")
    while words and words[0].startswith("-"):
        takes_more = words.pop(0) in ("-n", "-r", "-p", "-o", "-l", "-s")
        if takes_more and words and words[0].isdigit():
            words.pop(0)
    return " ".join(words)


class _QuietFinder(MetaPathFinder):
    """Makes a library of a list a quiet module.

    Args:
        names: The list.
        given: Names that the modules hold beside quiet ones.
    """

    def __init__(self, names: frozenset[str], given: dict[str, Any]) -> None:
        self.names, self.given = names, given

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in self.names:
            return None
        return ModuleSpec(fullname, _Given(self.given), is_package=True)


class _Given(QuietLoader):
    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        module.__dict__.update(self.names)


def install(shell: Shell) -> None:
    """Put the stand-ins among the built-in names, where IPython puts its own."""
    leave = _leave
    names: dict[str, Any] = {
        "get_ipython": lambda: shell,
        "display": _display,
        "input": lambda *args: "",
        "exit": leave,
        "quit": leave,
        "help": Quiet(),
    }
    vars(builtins).update(names)
    for name in GIVEN:  # whoever has lost the cell of imports
        setattr(builtins, name, np if name == "np" else getattr(jail, name))
    given = {"get_ipython": names["get_ipython"], "display": _display, "version_info": (9, 0, 0)}
    sys.meta_path.insert(0, _QuietFinder(ALWAYS_QUIET, given))
    sys.meta_path.append(_QuietFinder(QUIET, {}))


def _display(*args: Any, **kwargs: Any) -> None:
    """Shows nothing."""


def _leave(*args: Any) -> NoReturn:
    raise SystemExit(*args[:1])
