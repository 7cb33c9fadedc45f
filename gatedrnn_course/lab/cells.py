"""The notebook a learner works in, as far as its kernel knows it: the names in force, and the cells that ran."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gatedrnn_course.grading.running.bound import namespace_of, underlying
from gatedrnn_course.text import _

__all__ = ["Origin", "names_here", "origin", "sources"]

Names = Mapping[str, Any]


def names_here(depth: int = 1) -> Names:
    """The names in force: the notebook's, or, outside a notebook, those of the module that called.

    Args:
        depth: How many functions of the course stand between.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    names: Names = shell.user_ns if shell is not None else sys._getframe(depth + 1).f_globals
    return names


def sources(function: Callable[..., Any]) -> list[str]:
    """The learner's code: the cells that ran, or the file the function stands in."""
    cells = namespace_of(function).get("In")
    if isinstance(cells, list):
        return [str(cell) for cell in cells]
    try:
        return [inspect.getsource(sys.modules[function.__module__])]
    except (OSError, TypeError, KeyError, AttributeError):
        return []


@dataclass(frozen=True)
class Origin:
    """Where a function comes from.

    Attributes:
        cell: Number of the cell that defined it, as in `In [5]`; 0 where there is none.
        failed: Numbers of later cells that define the same name and did not get that far.
    """

    cell: int = 0
    failed: tuple[int, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a learner should know of it."""
        if not self.cell:
            return ()
        if self.failed:
            words = _("Judged: cell [{cell}]. Cell [{later}] defines the function again, but ended in an error first.")
            return (words.format(cell=self.cell, later=self.failed[-1]),)
        return (_("Judged: the function as cell [{cell}] defined it.").format(cell=self.cell),)


def origin(name: str, function: Callable[..., Any], cells: Sequence[str] | None = None) -> Origin:
    """Which of the cells that ran defined a function, and which later ones meant to.

    Args:
        name: The name it is checked under.
        function: The function in force.
        cells: The cells in the order they ran, as IPython keeps them in `In`; looked up where left out.
    """
    told = namespace_of(function).get("In") if cells is None else list(cells)
    if not isinstance(told, list):
        return Origin()
    mine = _code(function)
    later: list[int] = []
    for number in range(len(told) - 1, 0, -1):
        if not _defines(str(told[number]), name):
            continue
        if mine and mine in _squeezed(str(told[number])):
            return Origin(number, tuple(reversed(later)))
        later.append(number)
    return Origin()


def _code(function: Callable[..., Any]) -> str:
    if isinstance(function, type):  # of a notebook's class the source is known by its methods only
        function = underlying(function) or function
    try:
        return _squeezed(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError):
        return ""


def _squeezed(source: str) -> str:
    return "\n".join(line.strip() for line in source.splitlines() if line.strip())


def _defines(source: str, name: str) -> bool:
    """Whether a cell gives a name a value, or, where it is no Python, begins to."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return re.search(rf"^\s*(?:(?:async\s+)?def|class)\s+{name}\b|^{name}\s*=", source, re.MULTILINE) is not None
    named = (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef)))
    stored = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    return any(node.name == name for node in named) or any(node.id == name for node in stored)
