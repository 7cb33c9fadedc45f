"""What every graded item is: something to write, inputs to try it on, a reference, and ways to explain a mistake."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.cells.params import Params
from gatedrnn_course.grading.exchange.values import Argument, Problem, Value

__all__ = ["Ask", "Draw", "Explanation", "Item", "Observation", "as_argument", "rows_of"]


@dataclass(frozen=True)
class Draw:
    """Inputs for one call.

    Attributes:
        kind: `batch` (sizes distinct), `ones` (every size 1), `single` (no leading axis) or `square` (all sizes equal).
        args: The arguments.
        decides: Whether a wrong answer here costs the points. A square draw only helps to explain.
        hidden: What the judge alone sees: the inputs on which it tries what the function handed back.
        words: The inputs in words, in English, where the kind does not say enough: "a batch with large states".
        driver: What uses the answer on the arguments, in place of a plain call; see `exchange.drivers`.
        last: Whether it is tried only where all before it came out right.
    """

    kind: str
    args: tuple[Argument, ...]
    decides: bool = True
    hidden: tuple[Argument, ...] = ()
    words: str = ""
    driver: str = ""
    last: bool = False


@dataclass(frozen=True)
class Observation:
    """What a learner's function gave for a draw.

    Attributes:
        draw: The inputs.
        value: The outputs in order, as float64 arrays; None when the call raised.
        raw: What came, before the item read it.
    """

    draw: Draw
    value: tuple[np.ndarray, ...] | None
    raw: Value = None


Ask = Callable[[Draw], Observation]
"""Calls the learner's function once more, on inputs that an explanation chose itself."""


@dataclass(frozen=True)
class Explanation:
    """A mistake that reproduces the learner's numbers on every input tried.

    Attributes:
        sentence: The mistake in words, in the language in force.
        key: The same in English, to count how often a class made it.
    """

    sentence: str
    key: str


@dataclass(frozen=True)
class Item(ABC):
    """One graded function.

    Attributes:
        name: Name of the function.
        points: What it is worth.
        title: What it computes, in words.
        hints: Three hints, from a nudge to nearly there; never the answer.
        forbidden: Dotted names an answer must not use, such as `torch.nn.LSTM`.
    """

    name: str
    points: int
    title: str
    hints: tuple[str, str, str]
    forbidden: tuple[str, ...] = ()

    @property
    @abstractmethod
    def arguments(self) -> tuple[str, ...]:
        """Names of the arguments, in order."""

    @property
    @abstractmethod
    def outputs(self) -> tuple[str, ...]:
        """Names of what is handed back, in order."""

    @abstractmethod
    def docstring(self) -> str:
        """The docstring of the function, without quotes."""

    @abstractmethod
    def reference(self, *args: Argument) -> Value:
        """The right value."""

    @abstractmethod
    def draws(self, rng: np.random.Generator) -> tuple[Draw, ...]:
        """Fresh inputs: those that decide, then those that help to explain."""

    @abstractmethod
    def explain(self, observed: Sequence[Observation], ask: Ask) -> Explanation | None:
        """The mistake that reproduces what was observed, if there is one; `ask` gets further values."""

    def read(self, value: Value, draw: Draw) -> Value:
        """What is judged of a value that came: the value itself, as a rule.

        An item that asks for text gets the `str` here, and hands back what it compares with its reference: arrays that
        it computes on the draw, say.

        Raises:
            CourseError: If the value cannot be read; its sentences are told.
            ValueError: If it cannot be computed with, as where sizes do not fit: the same as if the function raised it.
        """
        return value

    def right(self, draw: Draw) -> Value:
        """What is right for a draw: the reference's value, as a rule."""
        return self.reference(*draw.args)

    def only(self, outputs: Sequence[str]) -> Item | None:
        """The same item with some of its outputs, to judge what is there so far; None where it cannot be parted."""
        return None

    def told(self, output: str) -> str:
        """What an output is called in a sentence: its name, unless the learner does not know that."""
        return f"`{output}`"

    def named(self, problem: Problem) -> Words | None:
        """The slip behind an exception, where this item knows one."""
        return None

    def named_arguments(self, draw: Draw) -> Mapping[str, Argument]:
        """The arguments of a call by the names a learner knows."""
        return dict(zip(self.arguments, draw.args, strict=True))

    @property
    def base(self) -> str:
        """The class an answer derives from, as the exercise writes it; empty where the answer is a function."""
        return ""

    @property
    def file(self) -> str:
        """Name of the file that is handed in with the notebook; empty where none is."""
        return ""

    def given(self, content: bytes | None) -> Item:
        """The item with what was handed in beside the notebook; None where nothing was."""
        return self

    def signature(self) -> str:
        """The function's head: `forget_gate(x, h_prev, p)`."""
        return f"{self.name}({', '.join(self.arguments)})"

    def example(self) -> tuple[Argument, ...]:
        """Small arguments to play with, the same each time."""
        return self.draws(np.random.default_rng(0))[0].args


def rows_of(value: Any) -> tuple[Any, ...]:
    """The outputs of a reference in order, whether it gives one, several or a mapping."""
    if isinstance(value, Mapping):
        return tuple(value.values())
    return value if isinstance(value, tuple) else (value,)


def as_argument(value: Argument, dtype: Any = None) -> Argument:
    """An argument as functions receive it: named arrays become `Params`, arrays are copied, to a dtype where given."""
    if isinstance(value, Mapping):
        return Params({name: np.array(array, dtype) for name, array in value.items()})
    return np.array(value, dtype)
