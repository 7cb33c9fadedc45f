"""Finds out whether an answer calls what the exercise asks people to build, by reading its source.

Reading only guesses. Where answers are graded, what is forbidden is not there, so nothing that is right has used it;
reading then finds the words for what is not right. A `check` in a notebook has nothing but this.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from gatedrnn_course.grading.exchange.blank import is_blank_source
from gatedrnn_course.grading.exchange.walk import every_statement
from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.text import _

__all__ = ["forbidden_use", "refusal", "refused", "unless_refused"]

_Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_Definition = _Named | ast.expr


def forbidden_use(sources: Sequence[str], name: str, forbidden: Sequence[str], apart: Collection[str] = ()) -> str:
    """The forbidden name an answer reaches, or nothing.

    Follows the answer's own helpers, module-level names and import aliases. A string counts where it names something:
    as the argument of `getattr`, `vars` or `import_module`. What the answer defines itself is its own.

    Args:
        sources: The learner's code, cell by cell, in the order it ran.
        name: Name of the function.
        forbidden: Dotted names such as `torch.nn.LSTM`; what lies below them is forbidden too.
        apart: Functions that are judged by themselves; what they use is not held against this one.

    Returns:
        The dotted name used, or `""`.
    """
    definitions, aliases = _read(tuple(sources))
    todo, seen = [name], set(apart) - {name}
    within = tuple(f"{one}." for one in forbidden)
    while todo:
        current = todo.pop()
        if current in seen or current not in definitions:
            continue
        seen.add(current)
        inside = _aliases([definitions[current]], aliases)
        local = {**aliases, **inside}
        own = _own_names(definitions[current]) - set(inside)
        for used in _used(definitions[current], local, own):
            starred = () if used.split(".")[0] in definitions else _starred(used, local)
            for full in (used, *starred):
                if f"{full}.".startswith(within):
                    return next(name for name in forbidden if f"{full}.".startswith(f"{name}."))
            todo.append(used.split(".")[0])
    return ""


@lru_cache(maxsize=1)
def _read(sources: tuple[str, ...]) -> tuple[Mapping[str, _Definition], Mapping[str, str]]:
    """The definitions of a notebook and what imported names stand for in it; every item that is not right asks."""
    trees = [tree for source in sources if (tree := _parsed(source)) is not None]
    own = _shadowing(trees)
    return _definitions(trees), {name: full for name, full in _aliases(trees).items() if name not in own}


def refusal(name: str, used: str) -> str:
    """What to tell a learner whose answer reaches a forbidden name."""
    return _("`{name}` uses {used}, which this exercise asks you to build yourself.").format(name=name, used=used)


def refused(item: Item, used: str) -> Verdict:
    """The verdict on an answer that reaches a forbidden name."""
    return Verdict(item.name, "refused", 0, item.points, refusal(item.name, used))


def unless_refused(item: Item, verdict: Verdict, sources: Sequence[str], apart: Collection[str] = ()) -> Verdict:
    """A verdict that was found where nothing forbidden is there; a refusal if the source tells why it is not right.

    Args:
        item: The item.
        verdict: The verdict on its values.
        sources: The learner's code, cell by cell.
        apart: Functions that are judged by themselves.
    """
    if verdict.outcome in ("right", "blank", "refused"):
        return verdict
    used = forbidden_use(sources, item.name, item.forbidden, apart)
    return refused(item, used) if used else verdict


def _parsed(source: str) -> ast.AST | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _aliases(trees: Sequence[ast.AST], known: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """What imported names stand for: `nn` is `torch.nn`, also after `nn = torch.nn`."""
    found: dict[str, str] = {}
    for node in (node for tree in trees for node in every_statement(tree)):
        if isinstance(node, ast.Import):
            for part in node.names:
                found[part.asname or part.name.split(".")[0]] = part.name if part.asname else part.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module:
            for part in node.names:
                found[node.module if part.name == "*" else part.asname or part.name] = f"{node.module}.{part.name}"
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            head, dot, rest = _dotted(node.value).partition(".")
            if module := found.get(head, known.get(head)):
                found[node.targets[0].id] = f"{module}{dot}{rest}"
    return found


def _starred(used: str, aliases: Mapping[str, str]) -> Iterator[str]:
    """What a name is if it came through `from torch.nn import *`."""
    yield from (f"{module[:-1]}{used}" for module in aliases.values() if module.endswith(".*"))


def _own_names(node: ast.AST) -> frozenset[str]:
    """Arguments and local variables of a function: the same names elsewhere in the notebook are other things."""
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return frozenset()
    taken = {child.arg for child in ast.walk(node) if isinstance(child, ast.arg)}
    taken |= {c.id for c in ast.walk(node) if isinstance(c, ast.Name) and isinstance(c.ctx, ast.Store)}
    return frozenset(taken - {name for c in ast.walk(node) if isinstance(c, ast.Global) for name in c.names})


def _definitions(trees: Sequence[ast.AST]) -> dict[str, _Definition]:
    """The last written definition of every function, class and module-level name."""
    found: dict[str, _Definition] = {}
    for tree in trees:
        for node in every_statement(tree):
            if isinstance(node, _Named) and not (node.name in found and is_blank_source(node)):
                found[node.name] = node
        for statement in getattr(tree, "body", []):
            if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                for target in (name for one in targets for name in ast.walk(one)):
                    if isinstance(target, ast.Name):
                        found[target.id] = statement.value
    return found


def _shadowing(trees: Sequence[ast.AST]) -> frozenset[str]:
    """Names whose last binding in the notebook is a function or class of the answer's own, not an import."""
    own: dict[str, bool] = {}
    for statement in (statement for tree in trees for statement in getattr(tree, "body", [])):
        if isinstance(statement, _Named):
            own[statement.name] = True
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            own.update(dict.fromkeys((part.asname or part.name.split(".")[0] for part in statement.names), False))
        elif isinstance(statement, ast.Assign):
            own.update({target.id: False for target in statement.targets if isinstance(target, ast.Name)})
    return frozenset(name for name, is_own in own.items() if is_own)


def _used(node: ast.AST, aliases: Mapping[str, str], own: frozenset[str]) -> Iterator[str]:
    """Every dotted name a piece of code uses, its own left out, with aliases resolved."""
    for child in ast.walk(node):
        if isinstance(child, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)):
            dotted = _dotted(child)
            head, _dot, rest = dotted.partition(".")
            if dotted and head not in own:
                yield ".".join(filter(None, (aliases.get(head, head), rest)))
        elif isinstance(child, ast.ImportFrom) and child.module:
            yield from (f"{child.module}.{part.name}" for part in child.names)
        elif isinstance(child, ast.Import):
            yield from (part.name for part in child.names)


def _dotted(node: ast.expr) -> str:
    """The dotted name an expression is: also `getattr(nn, "LSTM")`, `vars(nn)["LSTM"]`, `import_module("torch.nn")`."""
    match node:
        case ast.Name(name):
            return name
        case ast.Attribute(value, "__dict__"):
            return _dotted(value)
        case ast.Attribute(value, attribute):
            return _joined(_dotted(value), attribute)
        case ast.Call(ast.Name("getattr"), [value, name, *_rest]):
            return _joined(_dotted(value), _text(name))
        case ast.Call(ast.Name("vars"), [value]):
            return _dotted(value)
        case ast.Call(ast.Name("__import__" | "import_module") | ast.Attribute(_, "import_module"), [name, *_rest]):
            return _text(name)
        case ast.Subscript(ast.Attribute(ast.Name("sys"), "modules") | ast.Call(ast.Name("globals"), []), name):
            return _text(name)
        case ast.Subscript(ast.Call(ast.Name("vars")) | ast.Attribute(_, "__dict__") as value, name):
            return _joined(_dotted(value), _text(name))
    return ""


def _joined(head: str, tail: str) -> str:
    return f"{head}.{tail}" if head and tail else ""


def _text(node: ast.expr) -> str:
    """A text written as a constant, or as a sum of such."""
    match node:
        case ast.Constant(str(text)):
            return text
        case ast.BinOp(left, ast.Add(), right) if _text(left) and _text(right):
            return _text(left) + _text(right)
    return ""
