"""Walks through the statements of a piece of Python, wherever they stand; of its nodes they are one in ten.

Both processes load this file, so it needs the standard library only.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterator

__all__ = ["every_statement"]

_BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")


def every_statement(tree: ast.AST) -> Iterator[ast.stmt]:
    """Every statement of a tree, its own root included, in the order of `ast.walk`.

    Args:
        tree: A module, a statement or an expression, which has none.
    """
    todo = deque([tree])
    while todo:
        node = todo.popleft()
        if isinstance(node, ast.stmt):
            yield node
        for name in _BLOCKS:
            block = getattr(node, name, None)
            if isinstance(block, list):  # the body of a lambda is an expression
                todo.extend(block)
