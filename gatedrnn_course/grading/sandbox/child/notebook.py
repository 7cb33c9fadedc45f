"""The cells of one notebook, run one after another in one namespace without a kernel."""

from __future__ import annotations
import __future__

import ast
import asyncio
import builtins
import inspect
import linecache
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from types import ModuleType
from typing import Any, cast

from .elementwise import for_arrays, is_of_math
from .jail import Quiet, is_given
from .near import nearest
from .stand_in import stand_ins
from .statements import OnThisDevice, compiled, names_a_device, parts, statements, without_decorators
from .stubs import GIVEN, Shell, install
from .versions import Version, Versions

__all__ = ["Missing", "Notebook", "fault"]

Fault = dict[str, object]
TOO_LONG = "TooLong"
MOST_MENDED = 100
MOST_TRIED_AGAIN = 50


class Missing(Exception):
    """No function of that name; the text says what the name is instead."""


class Notebook:
    """A namespace that is the process's `__main__`, the cells run in it, and the stand-ins put into it.

    Attributes:
        mended: What was read in another way than it was typed: kind, number of the cell, and a name.
    """

    def __init__(self) -> None:
        module = ModuleType("__main__")
        self.module = sys.modules["__main__"] = module
        self.namespace = module.__dict__
        self.shell = Shell(self._body, self.namespace)
        self.versions = Versions(self.namespace)
        self.mended: dict[tuple[str, int, str], None] = {}
        self._used: dict[str, Version] = {}
        self._originals: dict[str, Any] = {}
        self._unnamed: list[tuple[ast.stmt, int, str]] = []
        self._first: Fault | None = None
        self._number, self._filename, self._parts = 0, "", 0
        install(self.shell)

    def run(self, number: int, source: str, names: Sequence[str]) -> Fault | None:
        """Run one cell: every statement that can run, whatever became of those before it.

        Args:
            number: Its number among those that are run.
            source: Plain Python.
            names: Functions asked for.

        Returns:
            What the first statement that failed raised, or None. `exit()` is told like an exception. `quiet` says
            whether the cell used stand-ins before.
        """
        before = Quiet.uses
        self._number, self._filename, self._parts, self._first = number, f"<cell {number}>", 0, None
        self.versions.asked = frozenset(names)
        try:
            self._execute(source, self._filename)
        except BaseException as error:  # no Python at all, or an alarm between two statements
            self._failed(error)
        return self._told(Quiet.uses > before)

    def _told(self, quiet: bool) -> Fault | None:
        """What the first statement of the cell under way that failed raised."""
        return None if self._first is None else {**self._first, "quiet": quiet}

    def _body(self, source: str) -> None:
        """The body of a cell or line magic, which is part of the cell under way."""
        self._parts += 1
        self._execute(source, f"{self._filename[:-1]}, part {self._parts}>")

    def _execute(self, source: str, filename: str) -> None:
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        device = names_a_device(source)
        for statement in statements(source, filename):
            if device and OnThisDevice.of(statement):
                self.mend("device")
            self._statement(statement, filename)

    def _statement(self, statement: ast.stmt, filename: str) -> None:
        """Run one statement; where it fails, what of it can run."""
        try:
            self._run(statement, filename)
        except BaseException as error:  # SystemExit and KeyboardInterrupt end the statement, not the process
            self._rescue(statement, filename, error)
        finally:
            self.versions.look(self._number)

    def _rescue(self, statement: ast.stmt, filename: str, error: BaseException) -> None:
        """Run what can run of a statement that failed."""
        pieces = parts(statement) if isinstance(error, ImportError) else []
        if len(pieces) > 1:
            for piece in pieces:
                self._statement(piece, filename)
            return
        self._failed(error)
        if isinstance(error, ImportError) and not str(error.name).startswith("gatedrnn_course"):
            self.namespace.update(stand_ins(statement, error))
        if isinstance(error, NameError) and not isinstance(statement, ast.Expr):
            self._unnamed.append((statement, self._number, filename))
        if (plain := without_decorators(statement)) is not None:
            self._plainly(plain, filename)

    def _plainly(self, definition: ast.stmt, filename: str) -> None:
        """Define something without the decorators that failed."""
        try:
            self._run(definition, filename)
        except BaseException:  # what it raised with them has been told
            return
        self.mend("decorator", cast(ast.FunctionDef, definition).name)

    def _run(self, statement: ast.stmt, filename: str) -> None:
        code = compiled(statement, filename)
        kept = self._kept_from(statement)
        self._unknown_types(statement)
        if code.co_flags & inspect.CO_COROUTINE:
            asyncio.run(eval(code, self.namespace))
        else:
            exec(code, self.namespace)
        if isinstance(statement, ast.ImportFrom):
            self._imported(statement, kept)

    def _kept_from(self, statement: ast.stmt) -> dict[str, Any]:
        """What no import of everything may hide: what the course gives, and functions asked for."""
        if not isinstance(statement, ast.ImportFrom) or statement.names[0].name != "*":
            return {}
        return {
            name: value
            for name, value in self.namespace.items()
            if is_given(value) or (name in self.versions.asked and self.versions.last(name) is value)
        }

    def _imported(self, statement: ast.ImportFrom, kept: Mapping[str, Any]) -> None:
        """After an import from a module: names it has hidden come back, functions of `math` take arrays."""
        hidden = {name: value for name, value in kept.items() if self.namespace.get(name) is not value}
        if hidden:
            self.namespace.update(hidden)
            self.mend("hidden", ", ".join(sorted(hidden)))
        if statement.module == "math":
            found = {name: value for name, value in self.namespace.items() if is_of_math(value)}
            self.namespace.update({name: for_arrays(value) for name, value in found.items()})
            if found:
                self.mend("math", ", ".join(sorted(found)) if len(found) < 5 else "*")

    def _unknown_types(self, statement: ast.stmt) -> None:
        """Note the first name in the annotations of a function asked for that nobody has imported."""
        if not isinstance(statement, ast.FunctionDef) or statement.name not in self.versions.asked:
            return
        if self.namespace.get("annotations") is __future__.annotations:
            return
        given = [one.annotation for one in ast.walk(statement.args) if isinstance(one, ast.arg)]
        for hint in filter(None, (*given, statement.returns)):
            for node in ast.walk(hint):
                if isinstance(node, ast.Name) and node.id not in self.namespace and not hasattr(builtins, node.id):
                    self.mend("annotation", node.id)
                    return

    def _failed(self, error: BaseException) -> None:
        if self._first is None or type(error).__name__ == TOO_LONG:  # whoever set the alarm wants to hear of it
            self._first = fault(error)

    def mend(self, kind: str, name: str = "") -> None:
        """Note that something in the cell under way was read in another way than it was typed."""
        if len(self.mended) < MOST_MENDED:
            self.mended[kind, self._number, name] = None

    def checked(self, function: object) -> None:
        """A cell called `check` with a function, or with its name."""
        self.versions.checked(self.namespace.get(function) if isinstance(function, str) else function, self._number)

    def settle(self) -> None:
        """After the last cell: try again what came before the names it needs, then put lost functions back."""
        again, self._unnamed = self._unnamed[:MOST_TRIED_AGAIN], []
        for statement, number, filename in again:
            self._number = number
            try:
                self._run(statement, filename)
            except BaseException:  # it was told when it failed first
                continue
            self.mend("order")
            self.versions.look(number)
        for name, held in self.versions.settle().items():
            self.mend("lost", f"{name} {held}")
        if taken := self.versions.taken_from(GIVEN):
            self.mend("given", ", ".join(sorted(taken)))

    def use(self, kinds: Mapping[str, str]) -> None:
        """From now on functions are what they were at an earlier moment, or, for an empty kind, what they are now.

        Args:
            kinds: Name of a function to the kind of its version; see `Versions`.
        """
        for name, kind in kinds.items():
            self._used.pop(name, None)
            version = self.versions.of(name, kind)
            if version is not None:
                self._used[name] = version

    def around(self, name: str) -> AbstractContextManager[None]:
        """What a function needs around it while it runs: the names as they were, where an earlier one is used."""
        used = {other: version.function for other, version in self._used.items() if other not in self._originals}
        return self.versions.around(self._used.get(name), used)

    def find(self, name: str) -> Callable[..., Any]:
        """The function of a name, which may be dotted; the last written one if the name holds something else by now.

        Raises:
            Missing: If there is none.
        """
        first, *rest = name.split(".")
        found: Any = self.namespace.get(first)
        if not rest and first in self._used and first not in self._originals:
            found = self._used[first].function
        elif not rest and not callable(found):
            found = self.versions.last(first) or found
        if found is None:
            raise Missing("")
        for part in rest:
            found = getattr(found, part, None)
        if not callable(found):
            raise Missing(type(found).__name__)
        return cast(Callable[..., Any], found)

    def near(self, name: str) -> str:
        """The notebook's own function that was meant by a name it does not have; see `nearest`."""
        return nearest(name, self.namespace, self.versions.asked)

    def replace(self, stubs: Mapping[str, Callable[..., Any]]) -> None:
        """Restore every replaced name, then put these in."""
        for name, original in self._originals.items():
            if original is Missing:
                self.namespace.pop(name, None)
            else:
                self.namespace[name] = original
        self._originals = {name: self.namespace.get(name, Missing) for name in stubs}
        self.namespace.update(stubs)


def fault(error: BaseException) -> Fault:
    """Type, message and the last line of the learner's own that an exception went through."""
    return {"type": type(error).__name__[:100], "message": _message(error), "line": _line(error)[:300]}


def _message(error: BaseException) -> str:
    try:
        return str(error.msg if isinstance(error, SyntaxError) else error)[:2000]
    except BaseException:  # a learner's own __str__
        return ""


def _line(error: BaseException) -> str:
    if isinstance(error, SyntaxError) and str(error.filename).startswith("<cell "):
        return (error.text or "").strip()
    line = ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename.startswith("<cell "):
            line = linecache.getline(frame.f_code.co_filename, number)
    return line.strip()
