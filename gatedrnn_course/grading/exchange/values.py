"""What crosses between a judge and the function it judges: arrays in, arrays or a text out, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Argument", "Array", "Caller", "Framework", "Problem", "Reply", "Value"]

Array = NDArray[np.float64]
Argument = Array | Mapping[str, Array]
"""One positional argument: an array, or named arrays that reach the function as `p` (`p.W_f`)."""

Value = np.ndarray | str | tuple["Value", ...] | dict[str, "Value"] | None
"""What a function returned: an array (any real or bool dtype), a short text, a tuple, a mapping by name, or None."""

Framework = Literal["numpy", "torch"]


@dataclass(frozen=True)
class Problem:
    """Why a call gave no value.

    Attributes:
        kind: `missing` (no function of that name), `raised` (it raised), `value` (it returned nothing
            that travels), `timeout`, `died` (the process ended), or `frame` (the reply could not be read).
        type: Name of the exception, as in `ValueError`; for `value`, the name of the returned type.
        message: Its text. Untrusted: escape before showing.
        line: Line of the learner's own code that raised, quoted; empty if unknown.
    """

    kind: Literal["missing", "raised", "value", "timeout", "died", "frame"]
    type: str = ""
    message: str = ""
    line: str = ""


@dataclass(frozen=True)
class Reply:
    """What came back from one call.

    Attributes:
        value: The returned arrays, or text (untrusted: escape before showing); None when the function returned None or
            gave no value.
        problem: Why there is no value, or None.
        arguments: The arguments as they were after the call, for the judge to see whether the function changed them.
        blank: The function's body is still empty (a docstring, `...`, `pass`).
        framework: Which kind of arrays the function was called with.
        printed: The function printed something during the call.
        torch: The process has torch loaded, so that a second try with tensors makes sense.
        reached: What the exercise forbids and the function reached for; it was not there.
    """

    value: Value = None
    problem: Problem | None = None
    arguments: tuple[Argument, ...] = field(default=(), repr=False)
    blank: bool = False
    framework: Framework = "numpy"
    torch: bool = False
    printed: bool = False
    reached: str = ""


class Caller(Protocol):
    """Calls a learner's function by name: in this process (`check`) or in the sandbox (`gatedrnn grade`)."""

    def call(self, name: str, args: Sequence[Argument], *, framework: Framework = "numpy", driver: str = "") -> Reply:
        """Call the function with copies of the arguments, or let a driver use it on them."""
        ...

    def replace(self, answers: Mapping[str, Callable[..., Value]]) -> None:
        """Make these names of the learner's ask the judge for their values; an empty mapping restores all."""
        ...
