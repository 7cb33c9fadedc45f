"""What is left of a cell that never ended, or ended the process: what it defines."""

from __future__ import annotations

import ast

__all__ = ["LEVELS", "definitions_of"]

LEVELS = 2
"""How many times less of a cell can be tried."""
_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
_WRITTEN = _DEFINING[:3]


def definitions_of(source: str, level: int) -> str:
    """A cell without the statements that may not end; lines stay where they are.

    Args:
        source: Plain Python.
        level: 1 leaves out loops and everything else that gives nothing a name; 2 also names that calls give a value.

    Returns:
        The rest; empty if nothing is defined in it.
    """
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    kept = [node for node in body if _is_kept(node, level)]
    if not any(isinstance(node, _WRITTEN) or _is_lambda(node) for node in kept):
        return ""
    lines = source.split("\n")
    wanted = {number for node in kept for number in range(_first_line(node), (node.end_lineno or 0) + 1)}
    return "\n".join(line if number in wanted else "" for number, line in enumerate(lines, 1))


def _is_kept(node: ast.stmt, level: int) -> bool:
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        return level < LEVELS or _is_lambda(node) or not any(isinstance(one, ast.Call) for one in ast.walk(node))
    return isinstance(node, _DEFINING)


def _is_lambda(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda)


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)])
