"""Small questions about a piece of Python."""

from __future__ import annotations

import ast
import warnings

from gatedrnn_course.grading.exchange.blank import is_blank_source
from gatedrnn_course.grading.exchange.walk import every_statement

__all__ = ["compiles", "defined", "error_in", "parsed"]

LARGEST = 1 << 20
"""A longer piece is not looked into: its tree would take a hundred times its size."""


def parsed(source: str) -> ast.Module | None:
    """The tree of a piece of Python, or None."""
    if len(source) > LARGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def compiles(source: str) -> bool:
    """Whether a piece of Python can be run as a cell: no `return` outside a function, for one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def error_in(source: str) -> str:
    """What Python says of a piece that it cannot read; empty if it can."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except SyntaxError as error:
        return str(error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        return str(error) or type(error).__name__
    return ""


def defined(source: str) -> set[str]:
    """Functions and classes that a piece of Python defines with a body of their own, wherever in it."""
    tree = parsed(source)
    nodes = every_statement(tree) if tree is not None else ()
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    found = {node.name for node in nodes if isinstance(node, kinds) and not is_blank_source(node)}
    return found | {
        target.id
        for node in getattr(tree, "body", ())
        if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Lambda, ast.Name, ast.Attribute, ast.Call))
        for target in node.targets
        if isinstance(target, ast.Name)
    }
