"""The parameters of a cell, one kind on top of the other: W_f, W_i, W_c, W_o as W (4H, D), as torch.nn stacks gates.

An optimiser then has four tensors to move where the cell's text has fifteen names. Everything here also takes the
parameters of M models at once, with one more axis in front: W (M, 4H, D), b (M, 4H).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from gatedrnn_course.cells.cell import Cell

__all__ = ["Stack", "by_name", "stack", "stacks_of", "unstack"]


@dataclass(frozen=True)
class Stack:
    """Parameters of one kind.

    Attributes:
        name: `W`, `U`, `P` or `b`; `WH`, which no parameter can be called, for matrices W with H columns beside others.
        parameters: Their names from top to bottom.
        rows: The size of each, `"H"` or `"D"`.
        columns: The size of a row; empty for vectors.
    """

    name: str
    parameters: tuple[str, ...]
    rows: tuple[str, ...]
    columns: str

    @property
    def axis(self) -> int:
        """Along which the parameters lie on top of each other."""
        return -2 if self.columns else -1

    def lengths(self, sizes: Mapping[str, int]) -> list[int]:
        """The number of rows of each parameter."""
        return [sizes[letter] for letter in self.rows]

    def shape(self, sizes: Mapping[str, int]) -> tuple[int, ...]:
        """The shape of all together."""
        return (sum(self.lengths(sizes)), *((sizes[self.columns],) if self.columns else ()))

    def split(self, tensor: Tensor, sizes: Mapping[str, int]) -> dict[str, Tensor]:
        """Views of the parameters by name."""
        parts = torch.split(tensor, self.lengths(sizes), self.axis)
        return dict(zip(self.parameters, parts, strict=True))


@lru_cache(maxsize=1024)
def stacks_of(cell: Cell) -> tuple[Stack, ...]:
    """The stacks of a cell, in the order in which its text names their first parameters.

    Args:
        cell: The cell.
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for name in cell.parameters:
        kind, columns = name.split("_")[0], "".join(cell.shape(name)[1:])
        groups.setdefault((kind, columns), []).append(name)
    kinds = [kind for kind, _ in groups]
    first = dict(reversed(groups))
    return tuple(
        Stack(
            kind if kinds.count(kind) == 1 or first[kind] == columns else f"{kind}{columns}",
            tuple(names),
            tuple(cell.shape(name)[0] for name in names),
            columns,
        )
        for (kind, columns), names in groups.items()
    )


def stack(cell: Cell, params: Sequence[Tensor]) -> list[Tensor]:
    """Parameters, in the order of `cell.parameters`, as the cell's stacks."""
    named = dict(zip(cell.parameters, params, strict=True))
    return [torch.cat([named[name] for name in own.parameters], own.axis) for own in stacks_of(cell)]


def unstack(cell: Cell, stacks: Sequence[Tensor], sizes: Mapping[str, int]) -> list[Tensor]:
    """Stacks as views of the parameters, in the order of `cell.parameters`."""
    found: dict[str, Tensor] = {}
    for own, tensor in zip(stacks_of(cell), stacks, strict=True):
        found.update(own.split(tensor, sizes))
    return [found[name] for name in cell.parameters]


def by_name(run: Callable[..., Any]) -> Callable[..., Any]:
    """A tier's `run` with the parameters in the order of `cell.parameters` in place of the stacks."""

    def named(
        cell: Cell, xs: Tensor, batch_sizes: Sequence[int], state: Sequence[Tensor], params: Sequence[Tensor]
    ) -> Any:
        return run(cell, xs, batch_sizes, state, stack(cell, params))

    return named
