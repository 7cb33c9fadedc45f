"""The parameters as an answer sees them: `p.W_f`. Both processes load this file, so it needs nothing of the course."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["Params"]


class Params(Mapping[str, Any]):
    """Named arrays: `p.W_f` and `p["W_f"]` are the same, and iteration gives the names."""

    def __init__(self, *args: Any, **arrays: Any) -> None:
        vars(self).update(dict(*args, **arrays))

    def __getitem__(self, name: str) -> Any:
        return vars(self)[name]

    def __setitem__(self, name: str, value: Any) -> None:
        vars(self)[name] = value

    def __iter__(self) -> Iterator[str]:
        return iter(vars(self))

    def __len__(self) -> int:
        return len(vars(self))

    def __repr__(self) -> str:
        return f"Params({', '.join(self)})"
