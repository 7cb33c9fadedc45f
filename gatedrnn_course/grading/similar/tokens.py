"""Code as a row of tokens in which names, comments, docstrings, annotations and layout leave no trace."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from gatedrnn_course.grading.classroom.reading.source import parsed

__all__ = ["SHINGLE", "Run", "Token", "runs_of", "tokens_of"]

SHINGLE = 9
"""Tokens in a row that are compared as one."""


LARGEST_BITS = 1024
Run = tuple[str, ...]
"""Tokens in a row."""


class Token(NamedTuple):
    """What a token is, and on which line of its cell it stands, from 0."""

    kind: str
    line: int


def tokens_of(cell: str) -> list[Token]:
    """The tokens of a cell."""
    tree = parsed(cell)
    made = _of_tree(tree) if tree is not None else _of_text(cell)
    return [Token(kind, line - 1) for kind, line in made]


@lru_cache(maxsize=1 << 14)
def runs_of(cell: str) -> Mapping[Run, frozenset[int]]:
    """Every run of `SHINGLE` tokens in a cell, with the lines that it touches; a class shares most cells."""
    tokens = tokens_of(cell)
    found: dict[Run, set[int]] = {}
    for start in range(len(tokens) - SHINGLE + 1):
        run = tokens[start : start + SHINGLE]
        found.setdefault(tuple(token.kind for token in run), set()).update(token.line for token in run)
    return {run: frozenset(lines) for run, lines in found.items()}


def _of_tree(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The nodes of a tree in the order in which they are written."""
    stack: list[tuple[ast.AST, int]] = [(tree, 1)]
    while stack:
        node, line = stack.pop()
        line = getattr(node, "lineno", line)
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.Load, ast.Store, ast.Del)) or _is_text(node):
            continue
        if not isinstance(node, (ast.Module, ast.Expr, ast.arguments)):
            yield _kind(node), line
        stack += [(child, line) for child in reversed(_children(node))]


def _children(node: ast.AST) -> list[ast.AST]:
    """What matters within a node: all but annotations."""
    if isinstance(node, ast.AnnAssign):
        return [one for one in (node.target, node.value) if one is not None]
    skipped = {"annotation", "returns", "type_comment", "type_params"}
    found: list[ast.AST] = []
    for name, value in ast.iter_fields(node):
        if name not in skipped:
            found += [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, ast.AST)]
    return found


def _is_text(node: ast.AST) -> bool:
    """Whether a statement is a text of its own: a docstring, or a comment in its place."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _kind(node: ast.AST) -> str:
    """What a node is. A name is any name; an attribute, a keyword and a number are themselves."""
    if isinstance(node, ast.Attribute):
        return f".{node.attr}"
    if isinstance(node, ast.keyword):
        return f"{node.arg}="
    if isinstance(node, ast.Constant):
        if isinstance(node.value, int) and node.value.bit_length() > LARGEST_BITS:  # Python refuses to write it down
            return "number"
        return "text" if isinstance(node.value, (str, bytes)) else repr(node.value)
    if isinstance(node, ast.AnnAssign):
        return "Assign"
    return type(node).__name__


def _of_text(source: str) -> Iterator[tuple[str, int]]:
    """The tokens of what is no Python, as far as it can be told."""
    names = {tokenize.NAME: "Name", tokenize.STRING: "text", tokenize.NUMBER: "", tokenize.OP: ""}
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type in names:
                yield names[token.type] or token.string, token.start[0]
    except (tokenize.TokenError, SyntaxError):
        return
