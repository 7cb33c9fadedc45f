"""An item with no equation behind it: a short reference function, and wrong functions with their names in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gatedrnn_course.grading.exchange.values import Argument, Value
from gatedrnn_course.grading.items.diagnosis import same_numbers
from gatedrnn_course.grading.items.item import Ask, Draw, Explanation, Item, Observation
from gatedrnn_course.text import _

__all__ = ["FunctionItem", "Mistake"]


@dataclass(frozen=True)
class Mistake:
    """A wrong way to write the function.

    Attributes:
        words: The mistake in words, marked for the catalogue.
        function: What people write who make it.
    """

    words: str
    function: Callable[..., Any]


@dataclass(frozen=True)
class FunctionItem(Item):
    """A function judged against a short reference.

    Attributes:
        takes: Name and description of each argument, in order.
        gives: Name and description of each output, in order.
        function: The reference.
        mistakes: Wrong functions.
        draw: Fresh inputs from a source of randomness.
    """

    takes: dict[str, str] = field(kw_only=True, hash=False)
    gives: dict[str, str] = field(kw_only=True, hash=False)
    function: Callable[..., Any] = field(kw_only=True)
    mistakes: tuple[Mistake, ...] = field(kw_only=True)
    draw: Callable[[np.random.Generator], tuple[Draw, ...]] = field(kw_only=True)

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of the arguments."""
        return tuple(self.takes)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs."""
        return tuple(self.gives)

    def docstring(self) -> str:
        """Title, arguments and what to return."""
        rows = [self.title]
        if self.takes:
            rows += ["", _("Args:"), *(f"    {name}: {_(words)}" for name, words in self.takes.items())]
        rows += ["", _("Returns:"), *(f"    {name}: {_(words)}" for name, words in self.gives.items())]
        return "\n".join(rows)

    def reference(self, *args: Argument) -> Value:
        """The right value."""
        value = self.function(*args)
        return np.asarray(value) if isinstance(value, np.generic) else value

    def draws(self, rng: np.random.Generator) -> tuple[Draw, ...]:
        """Fresh inputs."""
        return self.draw(rng)

    def explain(self, observed: Sequence[Observation], ask: Ask) -> Explanation | None:
        """The first mistake that gives the learner's numbers on every input tried; else one for each wrong output."""
        rows = [o.value for o in observed]
        tried = {m: [_try(m.function, o.draw.args) for o in observed] for m in self.mistakes}
        for mistake, values in tried.items():
            if all(map(same_numbers, values, rows)):
                return Explanation(_(mistake.words), mistake.words)
        count = len(self.outputs)
        if count == 1 or any(row is None or len(row) != count for row in rows):
            return None
        right = [_try(self.function, o.draw.args) for o in observed]
        found: list[str] = []
        for k in range(count):
            given = [_output(row, k) for row in rows]
            if all(map(same_numbers, (_output(row, k) for row in right), given)):
                continue
            fits = (m for m in tried if all(map(same_numbers, (_output(row, k) for row in tried[m]), given)))
            mistake = next(fits, None)
            if mistake is None:
                return None
            found.append(mistake.words)
        words = list(dict.fromkeys(found))
        return Explanation(" ".join(map(_, words)), " ".join(words)) if words else None


def _output(values: tuple[Any, ...] | None, k: int) -> tuple[Any, ...] | None:
    """One output by itself."""
    return None if values is None or k >= len(values) else (values[k],)


def _try(function: Callable[..., Any], args: Sequence[Any]) -> tuple[Any, ...] | None:
    """The outputs as arrays, or None when the function raises."""
    with np.errstate(all="ignore"):
        try:
            value = function(*args)
        except (ValueError, TypeError, IndexError):
            return None
    return tuple(np.asarray(v, dtype=float) for v in (value if isinstance(value, tuple) else (value,)))
