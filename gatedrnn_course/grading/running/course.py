"""The course's own version of a graded function, called as a learner would call it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gatedrnn_course.cells.params import Params
from gatedrnn_course.grading.exchange.convert import from_function
from gatedrnn_course.grading.exchange.drivers.modules import as_tensor
from gatedrnn_course.grading.exchange.values import Value
from gatedrnn_course.grading.items import DrivenItem, Item
from gatedrnn_course.grading.items.driven_item import answer_of

__all__ = ["course_function"]


def course_function(item: Item) -> Callable[..., Any]:
    """The reference of an item as an ordinary function.

    Args:
        item: The item.

    Returns:
        A function with the name, signature and docstring that the exercise gives. It takes arrays or tensors, by
        position or by name, and mappings where the exercise has `p`; of tensors it makes tensors, without a gradient.
        Of a driven item the class, or the function of tensors, itself; gradients go through it.
    """
    if isinstance(item, DrivenItem):
        return _on_tensors(item)
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    signature = inspect.Signature([inspect.Parameter(name, kind) for name in item.arguments])

    def function(*args: Any, **named: Any) -> Any:
        given = signature.bind(*args, **named).args
        value = _plain(item.reference(*(_given(argument) for argument in given)))
        tensor = next(filter(_is_tensor, _flat(given)), None)
        return value if tensor is None else _like(value, tensor)

    function.__name__ = function.__qualname__ = item.name
    function.__doc__ = item.docstring()
    function.__signature__ = signature  # type: ignore[attr-defined]
    return function


def _on_tensors(item: DrivenItem) -> Callable[..., Any]:
    """The answer in torch; a function takes arrays as well, and then gives arrays.

    With `back`, the gradients that arrive at its values, it gives those that leave at its arguments.
    """
    answer = answer_of(item.course or item.text, item.name)
    if item.base:
        return answer

    @functools.wraps(answer)
    def function(*args: Any, back: Sequence[Any] | None = None) -> Any:
        if not any(isinstance(one, np.ndarray) for one in args):
            return answer(*args)
        rows = [as_tensor(one, wanted=back is not None) for one in args]
        value = answer(*rows)
        return from_function(value if back is None else _gone_back(rows, value, back))

    function.__doc__ = item.docstring()
    return function


def _gone_back(arguments: Sequence[Any], value: Any, back: Sequence[Any]) -> tuple[Any, ...]:
    """The gradients at the arguments; None for those of whole numbers."""
    import torch

    values = value if isinstance(value, tuple) else (value,)
    wanted = [one for one in arguments if one.requires_grad]
    found = iter(torch.autograd.grad(values, wanted, [as_tensor(one) for one in back], allow_unused=True))
    return tuple(next(found) if one.requires_grad else None for one in arguments)


def _given(argument: Any) -> Any:
    """One argument as a reference takes it."""
    value = _plain(argument)
    return Params(value) if isinstance(value, Mapping) else value


def _plain(value: Any) -> Any:
    """A value in arrays; complex ones stay as they are, so that a derivative can be taken by a complex step."""
    if isinstance(value, (np.ndarray, np.generic)):
        return np.asarray(value)
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    return tuple(map(_plain, value)) if isinstance(value, tuple) else from_function(value)


def _flat(arguments: tuple[Any, ...]) -> list[Any]:
    """The arguments, and what stands in mappings among them."""
    return [part for one in arguments for part in (one.values() if isinstance(one, Mapping) else (one,))]


def _is_tensor(value: Any) -> bool:
    return type(value).__module__.partition(".")[0] == "torch"


def _like(value: Value, tensor: Any) -> Any:
    """A value as tensors of the dtype and on the device of another."""
    import torch

    if isinstance(value, tuple):
        return tuple(_like(part, tensor) for part in value)
    if isinstance(value, dict):
        return {name: _like(part, tensor) for name, part in value.items()}
    return value if value is None or isinstance(value, str) else torch.from_numpy(np.asarray(value)).to(tensor)
