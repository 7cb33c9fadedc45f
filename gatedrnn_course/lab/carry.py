"""A function as a text that stands alone: its own statement, and those it needs, taken from the cells that ran."""

from __future__ import annotations

import ast
import builtins
import inspect
import linecache
import symtable
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gatedrnn_course.grading.running.bound import namespace_of
from gatedrnn_course.lab.cells import origin, sources

__all__ = ["carried", "rebuilt"]

LONGEST = 100_000
"""Characters; a longer text is not kept."""
ALL = "*"


@dataclass(frozen=True)
class _Statement:
    """One statement of a notebook.

    Attributes:
        text: Its source.
        binds: The names it gives a value.
        needs: The names it uses and does not bind itself first.
    """

    text: str
    binds: frozenset[str]
    needs: frozenset[str]


def carried(name: str, function: Callable[..., Any]) -> str:
    """Python that defines a function under a name, with the helpers, imports and values it reaches.

    Args:
        name: The name it is to have.
        function: A function of the notebook.

    Returns:
        The text; empty where none can be made, as for a function that no cell defines.
    """
    cells = sources(function) if namespace_of(function) else []
    left_out = origin(name, function, cells).failed
    statements = [one for k, cell in enumerate(cells) if k not in left_out for one in _statements(cell)]
    own = str(getattr(function, "__name__", ""))
    bound = {n for one in statements for n in one.binds}
    first = next((n for n in (name, own) if n in bound), None)
    text = _own_source(function) if first is None else "\n".join(one.text for one in _needed(first, statements))
    if text and name not in (first, own if first is None else first):
        text += f"\n{name} = {first or own}"
    return text if len(text) <= LONGEST else ""


def rebuilt(name: str, text: str) -> Callable[..., Any]:
    """The function that a text of `carried` defines, in a namespace of its own.

    Args:
        name: Its name.
        text: The text.

    Raises:
        Exception: Whatever the text raises; a `KeyError` where it does not define the name.
    """
    where = f"<kept {name}>"
    linecache.cache[where] = (len(text), None, text.splitlines(keepends=True), where)
    names: dict[str, Any] = {"__name__": f"kept_{name}", "In": ["", text]}
    exec(compile(text, where, "exec", dont_inherit=True), names)
    function: Callable[..., Any] = names[name]
    return function


def _needed(name: str, statements: Sequence[_Statement]) -> list[_Statement]:
    """The statements that give a name its value, in the order they ran."""
    found: set[int] = set()
    open_names: list[tuple[str, int]] = [(name, len(statements))]
    while open_names:
        wanted, before = open_names.pop()
        for k in _binding(wanted, statements, before):
            if k not in found:
                found.add(k)
                open_names += [(n, k if n in statements[k].binds else len(statements)) for n in statements[k].needs]
    return [statements[k] for k in sorted(found)]


def _binding(name: str, statements: Sequence[_Statement], before: int) -> list[int]:
    """The last statement that binds a name; where none does, every `from ... import *`."""
    last = [k for k in range(before) if name in statements[k].binds][-1:]
    if last or hasattr(builtins, name):
        return last
    return [k for k in range(before) if ALL in statements[k].binds]


def _statements(cell: str) -> Iterator[_Statement]:
    """The statements of a cell; an import of several names is one for each. A cell that is no plain Python has none."""
    try:
        tree = ast.parse(cell)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for statement in tree.body:
        for one in _single(statement):
            yield _statement(one)


def _single(statement: ast.stmt) -> Iterator[ast.stmt]:
    match statement:
        case ast.Import(names):
            yield from (ast.Import([name]) for name in names)
        case ast.ImportFrom(module, names, level) if module != "__future__":
            yield from (ast.ImportFrom(module, [name], level) for name in names)
        case ast.ImportFrom():
            return
        case _:
            yield statement


def _statement(node: ast.stmt) -> _Statement:
    """A statement with the names that it binds, and those it needs, functions within it included."""
    text = ast.unparse(node)
    if text.endswith(" import *"):
        return _Statement(text, frozenset({ALL}), frozenset())
    top = symtable.symtable(text, "<cell>", "exec")
    binds = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}
    needs = {s.get_name() for s in top.get_symbols() if s.is_referenced()} | set(_globals(top))
    needs |= {n.target.id for n in ast.walk(node) if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name)}
    return _Statement(text, frozenset(binds), frozenset(needs))


def _globals(table: symtable.SymbolTable) -> Iterator[str]:
    for inner in table.get_children():
        yield from (s.get_name() for s in inner.get_symbols() if s.is_global() and s.is_referenced())
        yield from _globals(inner)


def _own_source(function: Callable[..., Any]) -> str:
    try:
        return textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):  # typed where no source is kept, or no plain function
        return ""
