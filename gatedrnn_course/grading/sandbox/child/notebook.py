"""The cells of one notebook, run one after another in one namespace without a kernel."""

from __future__ import annotations

import ast
import asyncio
import inspect
import linecache
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from types import CodeType, ModuleType
from typing import Any, cast

from ...exchange.blank import is_blank, is_written
from .jail import Quiet
from .stubs import Shell, install

__all__ = ["Missing", "Notebook", "fault"]

Fault = dict[str, object]


class Missing(Exception):
    """No function of that name; the text says what the name is instead."""


class Notebook:
    """A namespace that is the process's `__main__`, the cells run in it, and the stand-ins put into it."""

    def __init__(self) -> None:
        module = ModuleType("__main__")
        self.module = sys.modules["__main__"] = module
        self.namespace = module.__dict__
        self.shell = Shell(self._body, self.namespace)
        self._written: dict[str, Any] = {}
        self._originals: dict[str, Any] = {}
        self._filename = ""
        self._parts = 0
        install(self.shell)

    def run(self, number: int, source: str, names: Sequence[str]) -> Fault | None:
        """Run one cell, then put a written definition back where the cell made it blank again.

        Returns:
            What the cell raised, or None. `exit()` ends the cell and is told like an exception. `quiet` says whether
            it used stand-ins before.
        """
        before = Quiet.uses
        self._filename, self._parts = f"<cell {number}>", 0
        self.namespace.pop("get_ipython", None)  # an earlier cell may have imported IPython's own, which knows no shell
        try:
            self._execute(source, self._filename)
            return None
        except BaseException as error:  # SystemExit and KeyboardInterrupt end the cell, not the process
            return {**fault(error), "quiet": Quiet.uses > before}
        finally:
            self._keep(names)

    def _body(self, source: str) -> None:
        """The body of a cell or line magic, which is part of the cell under way."""
        self._parts += 1
        self._execute(source, f"{self._filename[:-1]}, part {self._parts}>")

    def _execute(self, source: str, filename: str) -> None:
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        code: CodeType = compile(source, filename, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        if code.co_flags & inspect.CO_COROUTINE:
            asyncio.run(eval(code, self.namespace))
        else:
            exec(code, self.namespace)

    def _keep(self, names: Sequence[str]) -> None:
        for name in names:
            current = self.namespace.get(name)
            if is_written(current):
                self._written[name] = current
            elif name in self._written and is_blank(current):
                self.namespace[name] = self._written[name]

    def find(self, name: str) -> Callable[..., Any]:
        """The function of a name, which may be dotted; the last written one if the name holds something else by now.

        Raises:
            Missing: If there is none.
        """
        first, *rest = name.split(".")
        found: Any = self.namespace.get(first)
        if not rest and not callable(found):
            found = self._written.get(first, found)
        if found is None:
            raise Missing("")
        for part in rest:
            found = getattr(found, part, None)
        if not callable(found):
            raise Missing(type(found).__name__)
        return cast(Callable[..., Any], found)

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
