"""What the functions asked for were earlier in the notebook, with the names around them as they were then."""

from __future__ import annotations

import builtins
import dis
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import Any

from ...exchange.blank import is_blank, is_written

__all__ = ["Version", "Versions"]

GLOBAL = frozenset({"LOAD_GLOBAL", "LOAD_NAME"})
NOTHING = object()
DEEPEST = 200
"""Functions that are followed for the names they reach."""


class Version:
    """A function at one moment.

    Attributes:
        function: The function.
        names: What it reached then: global names with their values; `NOTHING` where Python's own had the name.
        cell: The cell under way.
    """

    def __init__(self, function: Callable[..., Any], namespace: Mapping[str, Any], cell: int) -> None:
        self.function, self.cell = function, cell
        self.names = {name: namespace.get(name, NOTHING) for name in _reached(function, namespace)}

    def changed(self, namespace: Mapping[str, Any], asked: frozenset[str]) -> dict[str, Any]:
        """Names that hold something else now, with what they held; those of functions asked for are let alone."""
        return {
            name: value
            for name, value in self.names.items()
            if name not in asked and namespace.get(name, NOTHING) is not value
        }


class Versions:
    """Of each function asked for: what it was when it was first written, when it was last checked, and lately.

    Args:
        namespace: Where the cells run.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._seen: dict[str, object] = {}
        self._kept: dict[str, dict[str, Version]] = {}
        self.asked: frozenset[str] = frozenset()

    def look(self, cell: int) -> None:
        """Keep every function asked for that has just been written."""
        for name in self.asked:
            current = self._namespace.get(name)
            if current is None or self._seen.get(name) is current:
                continue
            self._seen[name] = current
            if is_written(current):
                version = Version(current, self._namespace, cell)
                kept = self._kept.setdefault(name, {})
                kept.setdefault("written", version)
                kept["last"] = version

    def checked(self, function: object, cell: int) -> None:
        """A cell called `check(function)`: keep it as it is now."""
        for name in self.asked:
            if self._namespace.get(name) is function and is_written(function):
                version = Version(self._namespace[name], self._namespace, cell)
                self._kept.setdefault(name, {})["checked"] = version

    def last(self, name: str) -> Callable[..., Any] | None:
        """The written function that a name held last."""
        version = self._kept.get(name, {}).get("last")
        return None if version is None else version.function

    def settle(self) -> dict[str, str]:
        """Put the last written function back where a name holds a blank one, no function, or nothing.

        Returns:
            The names that held no function, each with the kind of what it held; empty for nothing.
        """
        mended = {}
        for name in self._kept:
            last, current = self.last(name), self._namespace.get(name)
            if last is not None and not callable(current):
                mended[name] = "" if current is None else type(current).__name__
                self._namespace[name] = last
            elif last is not None and is_blank(current):
                self._namespace[name] = last
        return mended

    def taken_from(self, given: frozenset[str]) -> set[str]:
        """Names among those that the functions asked for use and nothing in the notebook has bound."""
        used: set[str] = set()
        for name in self._kept:
            for code in _codes(self._namespace.get(name)):
                if given.isdisjoint(code.co_names):
                    continue  # taking instructions apart takes longer
                used |= {step.argval for step in dis.get_instructions(code) if step.opname in GLOBAL}
        return {name for name in used & given if name not in self._namespace}

    def others(self) -> dict[str, dict[str, int]]:
        """Of each function the kinds of versions that are another than it is now, with the cell of each."""
        found: dict[str, dict[str, int]] = {}
        for name, kept in self._kept.items():
            seen = [self._namespace.get(name)]
            for kind in ("checked", "written", "last"):
                version = kept.get(kind)
                if version is None:
                    continue
                if version.function not in seen or version.changed(self._namespace, self.asked):
                    found.setdefault(name, {})[kind] = version.cell
                    seen.append(version.function)
        return found

    def of(self, name: str, kind: str) -> Version | None:
        """One version of a function."""
        return self._kept.get(name, {}).get(kind)

    @contextmanager
    def around(self, version: Version | None, used: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
        """Earlier functions in place of later ones, for as long as the body runs.

        Args:
            version: Whose names are put back as they were.
            used: Functions asked for that are used as they were earlier.
        """
        put = {**({} if version is None else version.changed(self._namespace, self.asked)), **used}
        before = {name: self._namespace[name] for name in put if name in self._namespace}
        for name, value in put.items():
            if value is NOTHING:
                self._namespace.pop(name, None)
            else:
                self._namespace[name] = value
        try:
            yield
        finally:
            for name in put:
                self._namespace.pop(name, None)
            self._namespace.update(before)


def _reached(function: object, namespace: Mapping[str, Any]) -> set[str]:
    """Global names, and names of Python's own, that a function's code names, also by way of the functions it calls."""
    todo: list[object] = [function]
    followed: list[object] = []
    names: set[str] = set()
    while todo and len(followed) < DEEPEST:
        current = todo.pop()
        if any(current is one for one in followed):
            continue
        followed.append(current)
        for code in _codes(current):
            for name in code.co_names:
                if name not in names and (name in namespace or hasattr(builtins, name)):
                    names.add(name)
                    todo.append(namespace.get(name))
    return names


def _codes(value: object) -> Iterator[CodeType]:
    """The code of a function, of the methods of a class, and of what is defined inside."""
    functions = [value] if isinstance(value, FunctionType) else []
    if isinstance(value, type):
        functions = [one for one in vars(value).values() if isinstance(one, FunctionType)]
    codes = [one.__code__ for one in functions]
    while codes:
        code = codes.pop()
        yield code
        codes += [one for one in code.co_consts if isinstance(one, CodeType)]
