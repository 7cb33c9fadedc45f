"""The statements of a cell, one by one, each ready to run by itself."""

from __future__ import annotations
import __future__

import ast
import re
from collections.abc import Iterator
from types import CodeType
from typing import Any

__all__ = ["OnThisDevice", "compiled", "names_a_device", "parts", "statements", "without_decorators"]

FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | __future__.annotations.compiler_flag
"""Annotations are never evaluated: a name in them that nobody imported stops no definition."""
_DEVICE = re.compile(r"(?:cuda|mps|xpu|gpu)(?::\d+)?")
_GUARDS = frozenset({"is_available", "is_built", "device_count"})
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def statements(source: str, filename: str) -> list[ast.stmt]:
    """The statements of a cell; what stands under `if __name__ == ...` is part of it.

    Raises:
        SyntaxError: If the cell is no Python.
    """
    tree = compile(source, filename, "exec", FLAGS | ast.PyCF_ONLY_AST, dont_inherit=True)
    return list(_flat(tree.body))


def names_a_device(source: str) -> bool:
    """Whether a cell may name a device, so that it is worth looking for."""
    return _DEVICE.search(source) is not None


def _flat(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        if isinstance(statement, ast.If) and not statement.orelse and _always(statement.test):
            yield from _flat(statement.body)
        else:
            yield statement


def _always(test: ast.expr) -> bool:
    names = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    return names == {"__name__"} or (isinstance(test, ast.Constant) and bool(test.value))


def compiled(statement: ast.stmt, filename: str) -> CodeType:
    """The code of one statement."""
    module = ast.Module([statement], [])
    code: CodeType = compile(module, filename, "exec", FLAGS, dont_inherit=True)
    return code


def parts(statement: ast.stmt) -> list[ast.stmt]:
    """An import of many names as one import for each."""
    if not isinstance(statement, (ast.Import, ast.ImportFrom)):
        return [statement]
    made: list[ast.stmt] = []
    for alias in statement.names:
        one: Any = (
            ast.Import([alias])
            if isinstance(statement, ast.Import)
            else ast.ImportFrom(statement.module, [alias], statement.level)
        )
        made.append(ast.copy_location(one, statement))
    return made


def without_decorators(statement: ast.stmt) -> ast.stmt | None:
    """A definition without its decorators; None where it has none."""
    if not isinstance(statement, Definition) or not statement.decorator_list:
        return None
    statement.decorator_list = []
    return statement


class OnThisDevice(ast.NodeTransformer):
    """Puts the processor in place of a device that is not here: `"cuda"`, `.cuda()`.

    Attributes:
        found: Whether there was one.
    """

    def __init__(self) -> None:
        self.found = False

    @classmethod
    def of(cls, statement: ast.stmt) -> bool:
        """Change a statement; whether there was something to change. One that asks what is there is left as it is.

        Args:
            statement: Changed in place.
        """
        asks = any(isinstance(node, ast.Attribute) and node.attr in _GUARDS for node in ast.walk(statement))
        change = cls()
        if not asks:
            change.visit(statement)
        return change.found

    def visit_Compare(self, node: ast.Compare) -> ast.expr:  # what is compared is a question
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if not (isinstance(node.value, str) and _DEVICE.fullmatch(node.value)):
            return node
        self.found = True
        return ast.copy_location(ast.Constant("cpu"), node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node.func:
            case ast.Attribute(ast.Name("torch"), _):
                return node
            case ast.Attribute(_, "cuda" | "mps"):
                self.found = True
                node.func.attr, node.args, node.keywords = "cpu", [], []
        return node
