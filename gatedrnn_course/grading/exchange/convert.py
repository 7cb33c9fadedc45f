"""Arrays as a function wants them, and what it returned as arrays again."""

from __future__ import annotations

import contextlib
import sys
from array import array
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .frames import MAX_ARRAYS
from .params import Params
from .trees import MAX_TEXT, Argument, Plain

__all__ = ["NotAValue", "from_function", "still", "tensors", "to_function"]

MAX_DEPTH = 8


class NotAValue(Exception):
    """Something that is no array and no text; what it says is the name of its type."""


def to_function(argument: Argument, framework: str) -> Any:
    """One argument: an array or a tensor, or `Params` of them. It owns its memory already."""
    if isinstance(argument, Mapping):
        return Params({name: to_function(array, framework) for name, array in argument.items()})
    if framework != "torch":
        return argument
    import torch

    return torch.from_numpy(argument)


def from_function(value: Any, depth: int = 0) -> Plain:
    """A returned object as a value.

    Args:
        value: None, text, numbers, arrays, tensors on any device and whatever else holds an array of numbers, and
            tuples, lists, mappings by name and objects with attributes of these. A list is one array where NumPy can
            make one of it, and a tuple otherwise; a part of a named tuple is a mapping of its one name.
        depth: How deep inside another value this one is.

    Raises:
        NotAValue: If it is, or holds, something else.
    """
    if value is None:
        return None
    if depth > MAX_DEPTH:
        raise NotAValue(f"deeply nested {type(value).__name__}")
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, tuple):
        parts = tuple(from_function(part, depth + 1) for part in value[: MAX_ARRAYS + 1])
        return _named(parts, getattr(type(value), "_fields", ()))
    if isinstance(value, Mapping):
        return {_name(name): from_function(part, depth + 1) for name, part in value.items()}
    if isinstance(value, list):
        return _list(value, depth)
    try:
        return _array(value)
    except NotAValue:
        if attributes := _attributes(value, depth):
            return attributes
        raise


def _named(parts: tuple[Plain, ...], names: Any) -> Plain:
    """The parts of a named tuple say their names, so that their order does not matter."""
    if not isinstance(names, tuple) or len(names) != len(parts) or not all(isinstance(name, str) for name in names):
        return parts
    return tuple({name: part} for name, part in zip(names, parts, strict=True))


def _attributes(value: Any, depth: int) -> dict[str, Plain]:
    """The public attributes of an object that are values: a dataclass with h and c is one of these."""
    if isinstance(value, (type, ModuleType)) or callable(value):
        return {}
    kinds = type(value).__mro__
    slots = [name for kind in kinds for name in vars(kind).get("__slots__", ())]
    properties = [name for kind in kinds for name, own in vars(kind).items() if isinstance(own, property)]
    found: dict[str, Plain] = {}
    for name in dict.fromkeys([*getattr(value, "__dict__", ()), *slots, *properties]):
        if isinstance(name, str) and not name.startswith("_") and len(found) <= MAX_ARRAYS:
            with contextlib.suppress(Exception):  # a learner's property may do anything
                found[name] = from_function(getattr(value, name), depth + 1)
    return found


def _text(value: str) -> str:
    if len(value) > MAX_TEXT:
        raise NotAValue(f"text of {len(value)} characters")
    return str(value)


def still(argument: Any) -> Argument:
    """An argument as it is after the call. An entry that is no array any more is left out."""
    if not isinstance(argument, Mapping):
        return _array(argument)
    named: dict[str, NDArray[Any]] = {}
    for name, entry in argument.items():
        try:
            named[_name(name)] = _array(entry)
        except NotAValue:
            continue
    return named


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise NotAValue(f"mapping with {type(name).__name__} keys")
    return name


def _list(value: list[Any], depth: int) -> Plain:
    try:
        return _array(np.asarray(value))
    except Exception:  # uneven shapes, tensors that want a gradient, other objects: one by one tells which
        parts = tuple(from_function(part, depth + 1) for part in value[: MAX_ARRAYS + 1])
    arrays = [part for part in parts if isinstance(part, np.ndarray)]
    if len(arrays) == len(parts) and len({array.shape for array in arrays}) == 1:
        return np.stack(arrays)
    return parts


def _array(value: Any) -> NDArray[Any]:
    """One array of a dtype that travels; long doubles and bfloat16 become the next type that does."""
    if _is_tensor(value):
        value = _from_tensor(value)
    if isinstance(value, (memoryview, array)) or hasattr(type(value), "__array__"):
        value = np.asarray(value)
    if not isinstance(value, (np.ndarray, np.generic, bool, int, float)):
        raise NotAValue(type(value).__name__)
    numbers = np.asarray(value)
    if numbers.dtype.kind not in "biuf":
        raise NotAValue(
            f"{type(value).__name__} of {numbers.dtype}" if isinstance(value, np.ndarray) else type(value).__name__
        )
    return numbers.astype(np.float64) if numbers.dtype.itemsize > 8 else numbers


def _is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _from_tensor(tensor: Any) -> Any:
    tensor = tensor.detach().cpu()
    try:
        return tensor.numpy()
    except (RuntimeError, TypeError):
        return tensor.resolve_neg().to_dense().double().numpy()


def tensors(arguments: Sequence[Any]) -> bool:
    """Whether any of these is a tensor, or `Params` of tensors."""
    return any(map(_is_tensor, arguments)) or any(
        tensors(tuple(p.values())) for p in arguments if isinstance(p, Params)
    )
