"""Fingerprints of functions and items: they change when anything changes that could change a verdict."""

from __future__ import annotations

import dis
import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache, partial
from importlib.metadata import version
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

__all__ = ["function_fingerprint", "judge_fingerprint", "rubric_fingerprint"]

JUDGING = (
    "cells",
    "grading/classroom/enclosed.py",
    "grading/classroom/grade.py",
    "grading/classroom/reading",
    "grading/classroom/submission.py",
    "grading/exchange",
    "grading/items",
    "grading/judging",
    "grading/running",
    "grading/sandbox",
    "grading/units",
    "tasks",
)
"""The rooms, and files of a room, whose code makes a verdict."""
_LOOKS_UP = frozenset({"LOAD_GLOBAL", "LOAD_NAME"})


def function_fingerprint(function: Callable[..., Any]) -> str:
    """A fingerprint of what a function does, of its defaults and of the functions of its own module that it calls.

    Comments, layout, the docstring and line numbers do not count. It holds for one version of Python: bytecode differs
    between versions.

    Args:
        function: Any callable.

    Returns:
        16 hexadecimal digits.
    """
    return _digest(_told(function, set()))


@lru_cache(maxsize=1)
def judge_fingerprint() -> str:
    """A fingerprint of the course's version and of all code that makes a verdict."""
    root = Path(__file__).resolve().parents[2]
    places = [root / name for name in JUDGING]
    files = sorted(path for place in places for path in ([place] if place.is_file() else place.rglob("*.py")))
    texts = [(path.relative_to(root).as_posix(), path.read_bytes()) for path in files]
    return _digest(("version", version("gatedrnn-course"), *texts))


def rubric_fingerprint(items: tuple[Any, ...]) -> str:
    """A fingerprint of what a unit asks and of how it is judged.

    Args:
        items: The items, in order. Every field of an item counts, functions by what they do.

    Returns:
        16 hexadecimal digits.
    """
    return _digest(("judge", judge_fingerprint(), *(_told(item, set()) for item in items)))


def _digest(told: object) -> str:
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _told(thing: Any, seen: set[int]) -> object:
    """A value as nested tuples of plain values; what was told before in it is not told again."""
    if thing is None or thing is Ellipsis or isinstance(thing, (bool, int, float, complex, str, bytes)):
        return thing
    if id(thing) in seen:
        return "again"
    seen = seen | {id(thing)}
    if isinstance(thing, partial):
        return ("partial", _told(thing.func, seen), _told(thing.args, seen), _told(thing.keywords, seen))
    if isinstance(thing, FunctionType):
        return _function(thing, seen)
    if isinstance(thing, type):
        return tuple(_class(thing, seen))
    if isinstance(thing, CodeType):
        return tuple(_code(thing, seen))
    if isinstance(thing, Mapping):
        return tuple((str(key), _told(value, seen)) for key, value in thing.items())
    if isinstance(thing, (tuple, list)):
        return tuple(_told(part, seen) for part in thing)
    if isinstance(thing, (set, frozenset)):
        return tuple(sorted(repr(_told(part, seen)) for part in thing))
    if is_dataclass(thing) and not isinstance(thing, type):
        rows = ((field.name, _told(getattr(thing, field.name), seen)) for field in fields(thing) if field.compare)
        return (type(thing).__qualname__, *rows)
    return (type(thing).__qualname__, getattr(thing, "__qualname__", ""))


def _class(cls: type, seen: set[int]) -> Iterator[object]:
    """A class by its bases, and by the functions and plain values it defines itself."""
    yield "class"
    yield tuple(f"{base.__module__}.{base.__qualname__}" for base in cls.__bases__)
    for name, value in sorted(vars(cls).items()):
        if isinstance(value, (FunctionType, bool, int, float)) or (
            isinstance(value, str) and not name.startswith("__")
        ):
            yield name, _told(value, seen)


def _function(function: FunctionType, seen: set[int]) -> object:
    cells = tuple(_told(_content(cell), seen) for cell in function.__closure__ or ())
    return (
        "function",
        *_code(function.__code__, seen),
        _told(function.__defaults__, seen),
        _told(function.__kwdefaults__, seen),
        cells,
        *_helpers(function, seen),
    )


def _content(cell: Any) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # a name that is not bound yet
        return None


def _helpers(function: FunctionType, seen: set[int]) -> Iterator[object]:
    """The functions, classes and plain values of its own module that a function uses by name."""
    for name in sorted(_names(function.__code__)):
        value = function.__globals__.get(name)
        function_here = isinstance(value, FunctionType) and value.__globals__ is function.__globals__
        class_here = isinstance(value, type) and value.__module__ == function.__globals__.get("__name__")
        if function_here or class_here:
            yield name, _told(value, seen)
        elif isinstance(value, (bool, int, float, str)):
            yield name, value
        elif isinstance(value, ModuleType):
            yield name, value.__name__


def _names(code: CodeType) -> set[str]:
    """The global names a code object looks up; `norm` in `np.linalg.norm` is none."""
    own = {step.argval for step in dis.get_instructions(code) if step.opname in _LOOKS_UP}
    return own.union(*(_names(part) for part in code.co_consts if isinstance(part, CodeType)))


def _code(code: CodeType, seen: set[int]) -> Iterator[object]:
    """What a code object does, without where it stands and without its docstring."""
    constants = [constant for constant in code.co_consts if constant != _docstring(code)]
    yield sys.version_info[:2]
    yield code.co_code
    yield (code.co_names, code.co_varnames, code.co_freevars, code.co_argcount, code.co_flags)
    yield tuple(_told(constant, seen) for constant in constants)


def _docstring(code: CodeType) -> object:
    first = code.co_consts[0] if code.co_consts else None
    return first if isinstance(first, str) else object()
