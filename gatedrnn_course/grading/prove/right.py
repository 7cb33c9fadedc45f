"""Right answers to an item as functions: its equations in every style, or its reference in other dress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gatedrnn_course.grading.items import DrivenItem, FunctionItem, Item
from gatedrnn_course.grading.judging.forbidden import forbidden_use
from gatedrnn_course.grading.prove.programs import right_answers
from gatedrnn_course.grading.prove.torch_answers import RIGHT
from gatedrnn_course.grading.prove.typed import function_of
from gatedrnn_course.text import mark

__all__ = ["DRESSES", "right_functions"]

Function = Callable[..., Any]


def _each(change: Callable[[Any], Any]) -> Callable[[Function, tuple[str, ...]], Function]:
    """Changes every array a function hands back."""

    def dress(function: Function, _names: tuple[str, ...]) -> Function:
        def changed(*args: Any) -> Any:
            value = function(*args)
            if isinstance(value, dict):
                return {name: change(one) for name, one in value.items()}
            return tuple(change(one) for one in value) if isinstance(value, tuple) else change(value)

        return changed

    return dress


def _by_name(function: Function, names: tuple[str, ...]) -> Function:
    def changed(*args: Any) -> Any:
        value = function(*args)
        if isinstance(value, dict):
            return value
        return dict(zip(names, value if isinstance(value, tuple) else (value,), strict=True))

    return changed


def _copied(function: Function, _names: tuple[str, ...]) -> Function:
    return lambda *args: function(*(np.array(a, order="F") if isinstance(a, np.ndarray) else a for a in args))


def _tensor(array: Any) -> Any:
    import torch

    return torch.as_tensor(np.asarray(array))


DRESSES: dict[str, Callable[[Function, tuple[str, ...]], Function]] = {
    mark("as the reference"): lambda function, _names: function,
    mark("float32"): _each(np.float32),
    mark("lists come back"): _each(lambda array: np.asarray(array).tolist()),
    mark("a mapping by name"): _by_name,
    mark("torch inside"): _each(_tensor),
    mark("copies in another memory order"): _copied,
    mark("another order of the sums"): _each(lambda array: np.asarray(array, dtype=float) * (1.0 + 1e-13)),
    mark("views with steps"): _each(lambda array: np.repeat(np.asarray(array)[None], 2, axis=0)[::2][0]),
}
"""Other dresses of one function, for items no equation stands behind."""


def right_functions(item: Item) -> Iterator[tuple[str, Function, str]]:
    """Right answers: the style in words, the function, and the forbidden name its source uses, which must be none."""
    if isinstance(item, FunctionItem):
        for words, dress in DRESSES.items():
            yield words, dress(item.function, item.outputs), ""
        return
    answers = RIGHT[item.name].items() if isinstance(item, DrivenItem) else right_answers(item)
    for words, source in answers:
        yield words, function_of(source, item.name), forbidden_use([source], item.name, item.forbidden)
