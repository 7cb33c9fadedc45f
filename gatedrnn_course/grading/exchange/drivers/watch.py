"""A mode in which every operation of torch, backward included, passes through a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["watching"]


def watching(look: Callable[[str, Callable[..., Any], tuple[Any, ...], dict[str, Any]], Any]) -> Any:
    """A context in which operations are looked at.

    Args:
        look: Called with the name of an operation, such as "mm", the operation and its arguments; it hands back what
            the operation gives.
    """
    from torch.utils._python_dispatch import TorchDispatchMode

    class Watching(TorchDispatchMode):  # type: ignore[no-untyped-call]
        @classmethod
        def _should_skip_dynamo(cls) -> bool:
            return False  # torch's compiler would be turned off and on around each operation, at twice the time

        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            return look(func.__name__.partition(".")[0], func, args, kwargs or {})

    return Watching()  # type: ignore[no-untyped-call]
