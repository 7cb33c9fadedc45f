"""What stands for a name that could not be imported: it complains when it is used, not before."""

from __future__ import annotations

import ast
from types import FunctionType
from typing import Any, NoReturn

__all__ = ["StandIn", "stand_ins"]


class StandIn:
    """A module or a name of one that is not here.

    Args:
        error: What the import raised; raised again at every use.
    """

    def __init__(self, error: ImportError) -> None:
        object.__setattr__(self, "_error", error)

    def __getattr__(self, name: str) -> StandIn:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """As a decorator it leaves a function as it is."""
        if len(args) == 1 and not kwargs and isinstance(args[0], (FunctionType, type)):
            return args[0]
        return self._complain()

    def _complain(self, *args: Any, **kwargs: Any) -> NoReturn:
        error: ImportError = vars(self)["_error"]
        raise type(error)(str(error), name=error.name) from None

    def __instancecheck__(self, value: object) -> bool:
        return False  # nothing is of a kind that is not here

    __setattr__ = __getitem__ = __setitem__ = __iter__ = __len__ = __enter__ = _complain
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _complain
    __matmul__ = __rmatmul__ = __pow__ = __neg__ = __float__ = __int__ = __array__ = __mro_entries__ = _complain


def stand_ins(statement: ast.stmt, error: ImportError) -> dict[str, Any]:
    """The names that an import would have bound, each with a stand-in.

    Args:
        statement: The import.
        error: What it raised.
    """
    found: dict[str, Any] = {}
    if isinstance(statement, ast.Import):
        found = {(part.asname or part.name.partition(".")[0]): StandIn(error) for part in statement.names}
    elif isinstance(statement, ast.ImportFrom):
        found = {part.asname or part.name: StandIn(error) for part in statement.names if part.name != "*"}
    return found
