"""What an answer sees as `gatedrnn_course` where it is graded: a few small tools, and quiet stand-ins for the rest.

It holds no equation of an answer and never imports the course's own package.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from ....exchange.params import Params

__all__ = [
    "Check",
    "Checked",
    "Missing",
    "Params",
    "Quiet",
    "QuietLoader",
    "connect",
    "earlier",
    "example",
    "install",
    "is_given",
    "setup",
    "sigmoid",
    "stack",
    "tanh",
]

NAME = "gatedrnn_course"

REFUSED = frozenset({"authoring", "cells", "cli", "course", "engines", "grading", "studies"})


def sigmoid(a: Any) -> Any:
    """1 / (1 + exp(-a)) for a number, an array or a tensor of any shape, without overflow.

    Args:
        a: Real numbers of any size.

    Returns:
        Values in (0, 1) of the same shape and kind.
    """
    return (1 + tanh(a / 2)) / 2


def tanh(a: Any) -> Any:
    """The hyperbolic tangent of a number, an array or a tensor of any shape."""
    return a.tanh() if type(a).__module__.partition(".")[0] == "torch" else np.tanh(a)


def stack(rows: Any) -> Any:
    """One array, or tensor, of a list of equal ones, with a new axis in front."""
    module = type(rows[0]).__module__.partition(".")[0]
    return sys.modules["torch"].stack(tuple(rows)) if module == "torch" else np.stack(rows)


class Quiet:
    """Takes every call, attribute and item and does nothing; as a decorator it leaves the function as it is.

    Attributes:
        uses: How often any of them was used so far: what a cell raises after that may come from it.
    """

    uses = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        Quiet.uses += 1
        return args[0] if len(args) == 1 and not kwargs and isinstance(args[0], FunctionType) else self

    def __getattr__(self, name: str) -> Quiet:
        if name.startswith("__"):
            raise AttributeError(name)
        Quiet.uses += 1
        return self

    def __setattr__(self, name: str, value: Any) -> None: ...

    def __getitem__(self, key: Any) -> Quiet:
        Quiet.uses += 1
        return self

    def __setitem__(self, key: Any, value: Any) -> None: ...

    def __iter__(self) -> Iterator[Any]:
        Quiet.uses += 1
        return iter(())

    def __len__(self) -> int:
        return 0

    def __enter__(self) -> Quiet:
        return self

    def __exit__(self, *error: object) -> None: ...

    def __repr__(self) -> str:
        return ""

    def __format__(self, spec: str) -> str:
        return ""

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return ()  # a class derived from it is a plain class

    def _itself(self, *other: Any) -> Quiet:
        return self

    def _less(self, other: Any) -> bool:
        return False

    def __float__(self) -> float:
        return 0.0

    def __int__(self) -> int:
        return 0

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _itself
    __neg__ = __pow__ = __round__ = _itself
    __lt__ = __le__ = __gt__ = __ge__ = _less


class Checked(Quiet):
    """What `check(function)` hands back: true, quiet, and as a decorator it is the function."""

    def __init__(self, function: Any) -> None:
        object.__setattr__(self, "__wrapped__", function)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.__wrapped__(*args, **kwargs) if callable(self.__wrapped__) else self

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__wrapped__, name) if name.startswith("__") else self

    def __bool__(self) -> bool:
        return True


class Check(Quiet):
    """Stands for `check`: judges nothing, and remembers which function it was given.

    Args:
        remember: Told of the function.
    """

    def __init__(self, remember: Callable[[object], None]) -> None:
        object.__setattr__(self, "_remember", remember)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Remember every argument that may be a function."""
        Quiet.uses += 1
        given = (*args, *kwargs.values())
        for one in given:
            self._remember(one)
        return Checked(given[0] if given else None)


class QuietLoader(Loader):
    """Loads a module whose every name is quiet."""

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        module.__path__ = []
        module.__dict__["__getattr__"] = _quiet_name


def _quiet_name(name: str) -> Quiet:
    if name.startswith("__"):
        raise AttributeError(name)
    return Quiet()


class Missing(KeyError):
    """No example of that name."""

    __str__ = Exception.__str__


def example(name: str) -> tuple[Any, ...]:
    """The example arguments of one item, from the file `examples.npz` in the working folder.

    Raises:
        Missing: If there are none of that name.
    """
    with np.load("examples.npz", allow_pickle=False) as stored:
        parts = [(key.split("/"), stored[key]) for key in stored.files if key.startswith(f"{name}/")]
        names = sorted({key.partition("/")[0] for key in stored.files})
    if not parts:
        raise Missing(f"example({name!r}): there is nothing of that name. There are: {', '.join(names)}.")
    arguments: dict[int, Any] = {}
    for path, array in parts:
        if len(path) == 2:
            arguments[int(path[1])] = array
        else:
            arguments.setdefault(int(path[1]), Params())[path[2]] = array
    return tuple(arguments[k] for k in sorted(arguments))


Ask = Callable[[str, tuple[Any, ...], dict[str, Any]], Any]
_judge: Ask
_own: Callable[[str], Callable[..., Any] | None]


def connect(
    ask: Ask, own: Callable[[str], Callable[..., Any] | None], remember: Callable[[object], None] | None = None
) -> None:
    """Say where `earlier` has its functions from, and who is told what is checked.

    Args:
        ask: Asks the judge for the value of a function: its name, arguments by position and by name.
        own: The notebook's own function of a name that is graded, if it has one.
        remember: Told of every function that is given to `check`.
    """
    global _judge, _own
    _judge, _own = ask, own
    if remember is not None:
        globals()["check"] = vars(builtins)["check"] = Check(remember)  # there also without its import


def is_given(value: object) -> bool:
    """Whether a value is one of the functions that the course gives to a notebook."""
    return value is sigmoid or value is tanh or value is stack or getattr(value, "handed_out", False) is True


def earlier(name: str) -> Callable[..., Any]:
    """A function of an earlier unit: in grading the judge's values, whichever function the notebook had.

    A function of the unit that is graded is the notebook's own.

    Args:
        name: Its name. Whether there is such a function shows when it is called.
    """

    def function(*args: Any, **named: Any) -> Any:
        Quiet.uses += 1
        own = _own(name)
        if own is not None:
            return own(*args, **named)
        return Quiet() if any(isinstance(one, Quiet) for one in (*args, *named.values())) else _judge(name, args, named)

    function.__name__ = function.__qualname__ = str(name)
    function.handed_out = True  # type: ignore[attr-defined]
    return function


def setup(*args: Any, **kwargs: Any) -> None:
    """Nothing to set up here."""


def _refusal(name: str) -> ImportError:
    return ImportError(
        f"An answer may not import the course's own cells (gatedrnn_course.{name}): write the equations yourself.",
        name=f"gatedrnn_course.{name}",
    )


def __getattr__(name: str) -> Any:
    if name in REFUSED:
        raise _refusal(name)
    return _quiet_name(name)


class _Same(Loader):
    """Hands out this very module again, also when it was dropped from `sys.modules`."""

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return sys.modules[__name__]

    def exec_module(self, module: ModuleType) -> None: ...


class _Door(MetaPathFinder):
    """Answers every import of `gatedrnn_course` before any installed package of that name can."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        name, _, rest = fullname.partition(".")
        if name != NAME:
            return None
        if not rest:
            return ModuleSpec(NAME, _Same(), is_package=True)
        if rest.partition(".")[0] in REFUSED:
            raise _refusal(rest.partition(".")[0])
        return ModuleSpec(fullname, QuietLoader(), is_package=True)


def install() -> None:
    """Make this module what `import gatedrnn_course` gives, and the only thing it can give."""
    sys.meta_path.insert(0, _Door())
