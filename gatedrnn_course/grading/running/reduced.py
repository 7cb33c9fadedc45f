"""What is kept of a cell that never ends, or ends the process: what it defines."""

from __future__ import annotations

import ast

__all__ = ["reduced"]

_DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_STEPS: tuple[tuple[type[ast.stmt], ...], ...] = ((*_DEFINITIONS, ast.Assign, ast.AnnAssign), _DEFINITIONS)
_MAGIC = "run_cell_magic"


def reduced(source: str) -> str:
    """The next smaller form of a cell: without loops and calls, then its imports and definitions, then nothing.

    Args:
        source: Plain Python, magics turned into calls of `get_ipython()`.
    """
    try:
        body = _statements(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    for kinds in _STEPS:
        kept = [one for one in body if isinstance(one, kinds)]
        if len(kept) < len(body):
            return ast.unparse(ast.Module(kept, []))
    return ""


def _statements(source: str) -> list[ast.stmt]:
    """The statements of a cell; of one under a magic such as `%%time`, those of its body."""
    body = ast.parse(source).body
    match body:
        case [ast.Expr(ast.Call(ast.Attribute(attr=name), [_, _, ast.Constant(str(inside))]))] if name == _MAGIC:
            return ast.parse(inside).body
    return body
