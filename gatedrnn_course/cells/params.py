"""Named arrays that read like the equations: `p.W_f`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["Params"]


class Params(Mapping[str, Any]):
    """The parameters of a cell, by name.

    `p.W_f` and `p["W_f"]` are the same array. Iterating gives the names.

    Args:
        arrays: Arrays by name.
    """

    def __init__(self, arrays: Mapping[str, Any] | None = None, /, **named: Any) -> None:
        self.__dict__.update(arrays or {}, **named)

    def __getitem__(self, name: str) -> Any:
        return self.__dict__[name]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise AttributeError(f"p has no {name}; it holds: {', '.join(self.__dict__)}")

    def __iter__(self) -> Iterator[str]:
        return iter(self.__dict__)

    def __len__(self) -> int:
        return len(self.__dict__)

    def __repr__(self) -> str:
        shapes = (f"{name} {tuple(getattr(value, 'shape', ()))}" for name, value in self.items())
        return f"Params({', '.join(shapes)})"
