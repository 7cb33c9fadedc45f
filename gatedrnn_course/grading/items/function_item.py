"""An item with no equation behind it: a short reference function, and wrong functions with their names in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import permutations
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.grading.exchange.values import Argument, Value
from gatedrnn_course.grading.items.diagnosis import same_numbers
from gatedrnn_course.grading.items.item import Ask, Draw, Explanation, Item, Observation, rows_of
from gatedrnn_course.text import _, mark

__all__ = ["FunctionItem", "Mistake", "first_that_fits", "in_other_orders"]


@dataclass(frozen=True)
class Mistake:
    """A wrong way to write the function.

    Attributes:
        words: The mistake in words, marked for the catalogue.
        function: What people write who make it.
        also: A second mistake in the same function, in words; empty where there is none.
    """

    words: str | Words
    function: Callable[..., Any]
    also: str = ""

    @property
    def explanation(self) -> Explanation:
        """What a learner is told."""
        said = [self.said, *([Words(self.also)] if self.also else [])]
        return Explanation(" ".join(map(str, said)), self.key)

    @property
    def said(self) -> Words:
        """The mistake in words that can be looked up in any language."""
        return self.words if isinstance(self.words, Words) else Words(self.words)

    @property
    def key(self) -> str:
        """All that is wrong in it, in English."""
        return f"{self.said.english} {self.also}".strip()


@dataclass(frozen=True)
class FunctionItem(Item):
    """A function judged against a short reference.

    Attributes:
        takes: Name and description of each argument, in order.
        gives: Name and description of each output, in order.
        function: The reference.
        mistakes: Wrong functions.
        pairs: Wrong functions with two mistakes, tried after those with one.
        alone: A right answer whose source needs NumPy and SciPy only, where the reference calls other functions.
        draw: Fresh inputs from a source of randomness.
    """

    takes: dict[str, str] = field(kw_only=True, hash=False)
    gives: dict[str, str] = field(kw_only=True, hash=False)
    function: Callable[..., Any] = field(kw_only=True)
    mistakes: tuple[Mistake, ...] = field(kw_only=True)
    draw: Callable[[np.random.Generator], tuple[Draw, ...]] = field(kw_only=True)
    pairs: tuple[Mistake, ...] = field(default=(), kw_only=True, compare=False, repr=False)
    alone: Callable[..., Any] | None = field(default=None, kw_only=True, compare=False, repr=False)

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
        return first_that_fits((*self.mistakes, *self.pairs), observed) or self._each_output(observed)

    def _each_output(self, observed: Sequence[Observation]) -> Explanation | None:
        """A mistake for each output that is wrong, whatever it does to the others."""
        count = len(self.outputs)
        if count == 1 or any(o.value is None or len(o.value) != count for o in observed):
            return None
        right = [_try(self.function, o.draw.args) for o in observed]
        tried = [(m, [_try(m.function, o.draw.args) for o in observed]) for m in self.mistakes]
        found: list[Explanation] = []
        for k in range(count):
            given = [_output(o.value, k) for o in observed]
            if all(map(same_numbers, (_output(row, k) for row in right), given)):
                continue
            fits = (m for m, rows in tried if all(map(same_numbers, (_output(row, k) for row in rows), given)))
            mistake = next(fits, None)
            if mistake is None:
                return None
            found.append(mistake.explanation)
        told = tuple(dict.fromkeys(found))
        return Explanation(" ".join(one.sentence for one in told), " ".join(one.key for one in told)) if told else None


def in_other_orders(function: Callable[..., Any], *names: str) -> tuple[Mistake, ...]:
    """The outputs of a function in every order but the right one.

    Args:
        function: The right function.
        names: Names of its outputs, in order.
    """
    words = Words(mark("The values are handed back in another order. It is: {names}."), {"names": ", ".join(names)})
    orders = list(permutations(range(len(names))))[1:]
    return tuple(Mistake(words, partial(_ordered, function, order)) for order in orders)


def _ordered(function: Callable[..., Any], order: Sequence[int], *args: Any) -> tuple[Any, ...]:
    rows = rows_of(function(*args))
    return tuple(rows[k] for k in order)


def first_that_fits(mistakes: Sequence[Mistake], observed: Sequence[Observation]) -> Explanation | None:
    """The first wrong function that gives a learner's numbers on every input tried, in words.

    Args:
        mistakes: Wrong functions, plainest first.
        observed: What the learner's function gave.
    """
    if all(o.value is None for o in observed):
        return None
    for mistake in mistakes:
        if all(same_numbers(_try(mistake.function, o.draw.args), o.value) for o in observed):
            return mistake.explanation
    return None


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
    return tuple(np.asarray(v, dtype=float) for v in rows_of(value))
