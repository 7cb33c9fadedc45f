"""Drives a layer on a device that holds no numbers: tensors made on the CPU show, on a machine without a GPU too."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .modules import as_tensors, built
from .recurrent import outputs_of
from .watch import watching

__all__ = ["run"]

Arrays = Mapping[str, Any]
MOVES = frozenset({"_to_copy", "copy_", "index", "index_put", "index_put_"})
"""Operations in which a tensor of the CPU may meet others: it is moved, or its numbers choose."""
ELSEWHERE = "meta"
"""torch's device of tensors that have a shape and no numbers. What meets them must be there as well, as on a GPU."""


def run(cls: Callable[..., Any], sizes: Any, parameters: Arrays, inputs: Arrays, weights: Arrays) -> dict[str, str]:
    """Which operations make tensors on the CPU while all of a layer is elsewhere.

    Args: see `recurrent.run`.

    Returns:
        `made`: the operation that made a tensor on the CPU which then met the others, as in "zeros"; `left`: whether
        one that was there before did, "yes" or empty.
    """
    layer = built(cls, sizes, parameters).to(ELSEWHERE)
    given = {name: tensor.to(ELSEWHERE) for name, tensor in as_tensors(inputs).items()}
    met = _Met()
    with contextlib.suppress(Exception), met.mode():  # what needs numbers cannot run here, and need not
        met.handed_back(outputs_of(layer, given, tuple(weights)).values())
    return {"made": next(filter(None, met.origins), ""), "left": "yes" if "" in met.origins else ""}


class _Met:
    """CPU tensors that meet those elsewhere, by what made them. One without axes is a number, which may meet any."""

    def __init__(self) -> None:
        self.origins: list[str] = []
        self._made: dict[int, tuple[Any, str]] = {}

    def mode(self) -> Any:
        """A context in which every operation is looked at."""
        from torch import Tensor
        from torch.utils._pytree import tree_leaves

        def here(value: Any) -> bool:
            return isinstance(value, Tensor) and value.device.type == "cpu" and value.ndim > 0

        def look(name: str, operation: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
            given = [one for one in tree_leaves((args, named)) if isinstance(one, Tensor)]
            ours = [self._origin(one) for one in given if here(one)]
            if ours and name not in MOVES and any(one.device.type != "cpu" for one in given):
                self.origins.append(ours[0])
            value = operation(*args, **named)
            for one in filter(here, tree_leaves(value)):
                self._made.setdefault(id(one), (one, ours[0] if ours else name))
            return value

        return watching(look)

    def handed_back(self, outputs: Iterable[Any]) -> None:
        """Outputs meet what whoever called works with."""
        self.origins += [self._origin(one) for one in outputs if one.device.type == "cpu" and one.ndim]

    def _origin(self, tensor: Any) -> str:
        """What made a tensor, or the one it comes of; empty where it was there before."""
        return self._made.get(id(tensor), (tensor, ""))[1]
