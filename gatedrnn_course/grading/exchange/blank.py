"""Is a function, or a class, still to be written? One rule, asked of it or of its source.

Blank is a body of nothing but a docstring, constants, `pass`, `...`, a `return` of nothing (`None`, `...`), and
`raise NotImplementedError`, with a text or without; and a class whose methods all are. Both processes load
this file, so it needs the standard library only.
"""

from __future__ import annotations

import ast
import dis
import inspect
from functools import lru_cache
from types import CodeType, FunctionType

__all__ = ["is_blank", "is_blank_source", "is_written"]

MODULE = "torch.nn.modules.module"
"""Where torch has its class Module."""
NOT_WRITTEN = "NotImplementedError"
_IDLE = frozenset({"RESUME", "NOP", "RETURN_VALUE", "MAKE_CELL", "COPY_FREE_VARS"})
_RAISING = frozenset({"PUSH_NULL", "PRECALL", "CALL", "RAISE_VARARGS", "CACHE"})


def is_blank(function: object) -> bool:
    """Whether a function is still to be written; a class, if neither it nor what it derives from has a written method.

    `torch.nn.Module`, which the exercises derive from, does not count.
    """
    if isinstance(function, type):
        return all(map(is_blank, _methods(function)))
    code = _code(function)
    if code is None or code.co_flags & (inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
        return False
    return _does_nothing(code)


@lru_cache(maxsize=256)
def _does_nothing(code: CodeType) -> bool:
    """Whether code does nothing, or only raises that it is not written; asked for every cell and every call."""
    active = raised = False
    for step in dis.get_instructions(code):
        if not _idle(step):
            if not _raises(step):
                return False
            active, raised = True, raised or step.opname == "RAISE_VARARGS"
    return raised or not active


def is_written(function: object) -> bool:
    """Whether this is a function with a body of its own, or a class with a method that has one."""
    return (isinstance(function, type) or _code(function) is not None) and not is_blank(function)


def is_blank_source(node: ast.AST) -> bool:
    """Whether a definition is still to be written; False for anything that is neither `def` nor `class`.

    Args:
        node: A node of parsed source.
    """
    if isinstance(node, ast.ClassDef):
        plain = all(ast.unparse(base).rpartition(".")[2] in ("Module", "object") for base in node.bases)
        return plain and all(_blank_statement(one) or is_blank_source(one) for one in node.body)
    return isinstance(node, ast.FunctionDef) and all(map(_blank_statement, node.body))


def _idle(step: dis.Instruction) -> bool:
    if step.opname in ("LOAD_CONST", "RETURN_CONST"):
        return step.argval is None or step.argval is Ellipsis
    return step.opname in _IDLE


def _raises(step: dis.Instruction) -> bool:
    """Whether an instruction is part of `raise NotImplementedError("a text")`."""
    if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
        return bool(step.argval == NOT_WRITTEN)
    return step.opname in _RAISING or (step.opname == "LOAD_CONST" and isinstance(step.argval, str))


def _blank_statement(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(ast.Constant()) | ast.Return(None) | ast.Return(ast.Constant(None)):
            return True
        case ast.Return(ast.Constant(value)):
            return value is Ellipsis
        case ast.Raise(None):
            return True
        case ast.Raise(ast.Name(name)):
            return name == NOT_WRITTEN
        case ast.Raise(ast.Call(ast.Name(name), arguments, [])):
            return name == NOT_WRITTEN and all(isinstance(a, ast.Constant) for a in arguments)
    return False


def _methods(cls: type) -> list[FunctionType]:
    own = [kind for kind in cls.__mro__ if kind is not object and kind.__module__ != MODULE]
    return [value for kind in own for value in vars(kind).values() if isinstance(value, FunctionType)]


def _code(function: object) -> CodeType | None:
    try:
        code = getattr(inspect.unwrap(function), "__code__", None)  # type: ignore[arg-type]
    except Exception:  # a learner's object may answer anything, `__wrapped__` in a circle too
        return None
    return code if isinstance(code, CodeType) else None
