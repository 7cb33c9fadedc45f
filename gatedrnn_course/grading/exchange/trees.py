"""Values and arguments as plain JSON over a list of arrays: a number is an index, a list a tuple, a mapping names.

A text stands for itself, and is capped like everything else that an answer may send.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .frames import MAX_ARRAYS, BadFrame

__all__ = ["MAX_TEXT", "Tree", "pack", "pack_arguments", "same", "unpack", "unpack_arguments"]

MAX_DEPTH = 8
MAX_NODES = 4 * MAX_ARRAYS
MAX_NAME = 100
MAX_TEXT = 4000
"""Characters of one text: a few pages of equations, and less than a header holds even where each is escaped."""

AnyArray = NDArray[Any]
Tree = int | str | list["Tree"] | dict[str, "Tree"] | None
Value = AnyArray | str | tuple["Value", ...] | Mapping[str, "Value"] | None
Plain = AnyArray | str | tuple["Plain", ...] | dict[str, "Plain"] | None
Argument = AnyArray | Mapping[str, AnyArray]


def pack(value: Value, arrays: list[AnyArray], depth: int = 0) -> Tree:
    """The tree of a value, whose arrays are added to `arrays`.

    Raises:
        ValueError: If the value is nested more deeply, or has longer names or texts, than `unpack` accepts.
        TypeError: If it is no value.
    """
    if depth > MAX_DEPTH:
        raise ValueError("the value is nested too deeply")
    if value is None:
        return None
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return len(arrays) - 1
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, tuple):
        return [pack(part, arrays, depth + 1) for part in value]
    if not isinstance(value, Mapping):
        raise TypeError(f"{type(value).__name__} is no value")
    return {_name(name): pack(part, arrays, depth + 1) for name, part in value.items()}


def _name(name: object) -> str:
    if not isinstance(name, str) or len(name) > MAX_NAME:
        raise ValueError("a name is no string, or too long")
    return str(name)


def _text(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ValueError(f"the text has {len(text)} characters, more than {MAX_TEXT}")
    return str(text)


def unpack(tree: object, arrays: Sequence[AnyArray]) -> Plain:
    """The value of an untrusted tree.

    Raises:
        BadFrame: If the tree is none.
    """
    return _unpack(tree, arrays, 0, [MAX_NODES])


def _unpack(tree: object, arrays: Sequence[AnyArray], depth: int, left: list[int]) -> Plain:
    left[0] -= 1
    if depth > MAX_DEPTH or left[0] < 0:
        raise BadFrame("a value is nested too deeply, or has too many parts")
    if tree is None:
        return None
    if type(tree) is str and len(tree) <= MAX_TEXT:
        return tree
    if type(tree) is int and 0 <= tree < len(arrays):
        return arrays[tree]
    if type(tree) is list:
        return tuple(_unpack(part, arrays, depth + 1, left) for part in tree)
    if type(tree) is dict and all(type(name) is str and len(name) <= MAX_NAME for name in tree):
        return {name: _unpack(part, arrays, depth + 1, left) for name, part in tree.items()}
    raise BadFrame("a value is described in another way")


def pack_arguments(arguments: Sequence[Argument | None], arrays: list[AnyArray]) -> Tree:
    """The tree of positional arguments, each an array or named arrays; None for one that is as it was sent."""
    return pack(tuple(arguments), arrays)


def unpack_arguments(tree: object, arrays: Sequence[AnyArray], sent: Sequence[Argument] = ()) -> tuple[Argument, ...]:
    """The arguments of an untrusted tree.

    Args:
        tree: What `pack_arguments` made.
        arrays: The arrays that came with it.
        sent: What None stands for, by position.

    Raises:
        BadFrame: If one is neither an array nor named arrays, nor None for one that was sent.
    """
    value = unpack(tree, arrays)
    if not isinstance(value, tuple):
        raise BadFrame("the arguments are no list")
    return tuple(sent[k] if part is None and k < len(sent) else _argument(part) for k, part in enumerate(value))


def same(one: Argument, other: Argument) -> bool:
    """Whether two arguments hold the same bits in the same form."""
    if isinstance(one, Mapping) or isinstance(other, Mapping):
        if not isinstance(one, Mapping) or not isinstance(other, Mapping) or list(one) != list(other):
            return False
        return all(same(one[name], other[name]) for name in one)
    return (one.dtype, one.shape) == (other.dtype, other.shape) and one.tobytes() == other.tobytes()


def _argument(part: Plain) -> Argument:
    if isinstance(part, np.ndarray):
        return part
    if not isinstance(part, dict):
        raise BadFrame("an argument is neither an array nor named arrays")
    named = {name: entry for name, entry in part.items() if isinstance(entry, np.ndarray)}
    if len(named) != len(part):
        raise BadFrame("a named argument is no array")
    return named
