"""Is a function still to be written?"""

from __future__ import annotations

import dis
import inspect
from types import CodeType

__all__ = ["is_blank", "is_written"]

TRIVIAL = frozenset({"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE", "MAKE_CELL", "COPY_FREE_VARS"})


def is_blank(function: object) -> bool:
    """Whether the body is only a docstring, `...`, `pass` or a bare `return`."""
    code = _code(function)
    if code is None or code.co_flags & (inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
        return False
    return all(_trivial(step) for step in dis.get_instructions(code))


def is_written(function: object) -> bool:
    """Whether this is a function with a body of its own."""
    return _code(function) is not None and not is_blank(function)


def _trivial(step: dis.Instruction) -> bool:
    if step.opname in ("LOAD_CONST", "RETURN_CONST"):
        return step.argval is None or step.argval is Ellipsis
    return step.opname in TRIVIAL


def _code(function: object) -> CodeType | None:
    try:
        code = getattr(inspect.unwrap(function), "__code__", None)  # type: ignore[arg-type]
    except Exception:  # a learner's object may answer anything, `__wrapped__` in a circle too
        return None
    return code if isinstance(code, CodeType) else None
