"""An item whose answer is a class, or a function of torch objects: a driver uses it, and arrays by name come back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.exchange.convert import from_function
from gatedrnn_course.grading.exchange.drivers import FAULT, drive
from gatedrnn_course.grading.exchange.values import Argument, Problem, Value
from gatedrnn_course.grading.items.diagnosis import same_numbers
from gatedrnn_course.grading.items.driven_faults import ERRORS, course_error
from gatedrnn_course.grading.items.item import Ask, Draw, Explanation, Item, Observation
from gatedrnn_course.text import _, mark

__all__ = ["DrivenItem", "TextMistake", "answer_of", "replaced"]

GRADIENT = "d_"
"""How the name of a gradient begins."""
_CUT_OFF = mark(
    "The values are right, and no gradient reaches {names}: .data, .detach(), torch.no_grad() or NumPy cut the graph "
    "before it gets there."
)
NOTHING = np.zeros(0)
"""Stands for an output that a draw has not."""


@lru_cache(maxsize=2048)
def answer_of(text: str, name: str) -> Callable[..., Any]:
    """The class or function of a name that a text defines. torch is loaded only when this is called."""
    namespace: dict[str, Any] = {"__name__": f"answer_{name.lower()}"}
    exec(compile(text, "<answer>", "exec"), namespace)
    found: Callable[..., Any] = namespace[name]
    return found


def replaced(text: str, *changes: tuple[str, str]) -> str:
    """A text with some of it typed otherwise.

    Raises:
        ValueError: If the text has not exactly one such place; a change would go unnoticed.
    """
    for old, new in changes:
        if text.count(old) != 1:
            raise ValueError(f"{old!r} stands {text.count(old)} times in the text")
        text = text.replace(old, new)
    return text


@dataclass(frozen=True)
class TextMistake:
    """A wrong way to write an answer.

    Attributes:
        words: The mistake in words, marked for the catalogue.
        text: What people type who make it.
    """

    words: str | Words
    text: str

    @property
    def said(self) -> Words:
        """The mistake in words that can be looked up in any language."""
        return self.words if isinstance(self.words, Words) else Words(self.words)


@dataclass(frozen=True)
class DrivenItem(Item):
    """An answer judged by what a driver reads off it, against the same driver's arrays from the course's own answer.

    Attributes:
        head: Names of the arguments, of a class those it is made with.
        sections: The docstring below the title: headings with rows, names with descriptions.
        gives: Names of the arrays that are compared, in order.
        text: The course's own answer, in torch.
        course: The same as the course hands it out, where that is written otherwise.
        meanings: What arrays are called in a sentence whose names are the driver's own.
        mistakes: Wrong answers, those with values of their own.
        more: Makes further wrong answers, looked at after those.
        pairs: Makes wrong answers with two mistakes, looked at last.
        draw: Fresh inputs from a source of randomness; each names its driver.
        inputs: The arguments a learner knows, by name, of those a driver is given.
        faults: For a driver whose findings are texts or counts: what is wrong with them, or None.
        errors: Texts of exceptions as regular expressions, and the slip each comes of.
        derives: The class an answer derives from; empty for a function.
    """

    head: tuple[str, ...] = field(kw_only=True)
    sections: dict[str, dict[str, str]] = field(kw_only=True, hash=False)
    gives: tuple[str, ...] = field(kw_only=True)
    text: str = field(kw_only=True)
    mistakes: tuple[TextMistake, ...] = field(kw_only=True)
    draw: Callable[[np.random.Generator], tuple[Draw, ...]] = field(kw_only=True)
    inputs: Callable[[Sequence[Argument]], Mapping[str, Argument]] = field(kw_only=True)
    more: Callable[[], Iterable[TextMistake]] = field(default=tuple, kw_only=True)
    pairs: Callable[[], Sequence[TextMistake]] = field(default=tuple, kw_only=True)
    faults: dict[str, Callable[[Mapping[str, Value]], Words | None]] = field(
        default_factory=dict, kw_only=True, hash=False
    )
    errors: tuple[tuple[str, str], ...] = field(default=(), kw_only=True)
    derives: str = field(default="", kw_only=True)
    course: str = field(default="", kw_only=True)
    meanings: dict[str, str] = field(default_factory=dict, kw_only=True, hash=False)

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of the arguments."""
        return self.head

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the arrays that are compared."""
        return self.gives

    @property
    def base(self) -> str:
        """The class an answer derives from."""
        return self.derives

    def signature(self) -> str:
        """The head of the function, or of the class."""
        return f"{self.name}({self.derives})" if self.derives else super().signature()

    def told(self, output: str) -> str:
        """What an array is called in a sentence."""
        return _(self.meanings[output]) if output in self.meanings else super().told(output)

    def docstring(self) -> str:
        """Title, then the sections."""
        rows = [_(self.title)]
        for heading, entries in self.sections.items():
            rows += ["", _(heading), *(f"    {name}: {_(words)}" for name, words in entries.items())]
        return "\n".join(rows)

    def named_arguments(self, draw: Draw) -> Mapping[str, Argument]:
        """The arguments a learner knows."""
        return self.inputs(draw.args)

    def example(self) -> tuple[Argument, ...]:
        """Small arguments to play with, the same each time."""
        return tuple(self.inputs(self.draws(np.random.default_rng(0))[0].args).values())

    def reference(self, *args: Argument) -> Value:
        """What the course's own answer gives, driven as the first draw is."""
        return self._driven(self.text, Draw("", args, driver=self.draws(np.random.default_rng(0))[0].driver))

    def right(self, draw: Draw) -> Value:
        """What the course's own answer gives."""
        return dict.fromkeys(self.outputs, NOTHING) if draw.driver in self.faults else self._driven(self.text, draw)

    def _driven(self, text: str, draw: Draw) -> dict[str, Any]:
        found: Any = from_function(drive(draw.driver, answer_of(text, self.name), draw.args))
        return self._complete(found)

    def _complete(self, found: Mapping[str, Any]) -> dict[str, Any]:
        return {name: found.get(name, NOTHING) for name in self.outputs}

    def read(self, value: Value, draw: Draw) -> Value:
        """The arrays by name.

        Raises:
            CourseError: If the answer has another form, or a driver found something that is wrong by itself.
        """
        if not isinstance(value, Mapping):
            return value
        if FAULT in value:
            raise course_error(self.name, value)
        if draw.driver in self.faults:
            found = self.faults[draw.driver](value)
            if found is not None:
                raise CourseError(str(found))
            return self.right(draw)
        return self._complete(value)

    def draws(self, rng: np.random.Generator) -> tuple[Draw, ...]:
        """Fresh inputs."""
        return self.draw(rng)

    def named(self, problem: Problem) -> Words | None:
        """The slip behind an exception."""
        for pattern, words in (*self.errors, *ERRORS):
            if re.search(pattern, f"{problem.type}: {problem.message}", re.DOTALL):
                return Words(words)
        return None

    def explain(self, observed: Sequence[Observation], ask: Ask) -> Explanation | None:
        """The first mistake that gives the learner's arrays on every input tried."""
        seen = sorted((one for one in observed if one.draw.driver not in self.faults), key=lambda one: _size(one.draw))
        if all(one.value is None for one in seen):
            return None
        tried = ask(self._probe).value

        def fits(mistake: TextMistake) -> bool:
            return same_numbers(self._on_probe(mistake), tried) and all(self._gives(mistake, one) for one in seen)

        alike = next(filter(fits, chain(self.mistakes, self.more(), self.pairs())), None)
        if alike is None:
            return self._cut_off(seen)
        others = [mistake for mistake in self.mistakes if mistake is not alike and fits(mistake)]
        exact = (one for one in (alike, *others) if others and all(self._texts(one, o) for o in seen))
        said = next(exact, alike).said
        return Explanation(str(said), said.english)

    def _cut_off(self, seen: Sequence[Observation]) -> Explanation | None:
        """Gradients that are zeros on every input, while all else is right."""
        zeros: set[str] = set()
        for one in seen:
            right = [np.asarray(value) for value in self._driven(self.text, one.draw).values()]
            if one.value is None or any(a.shape != b.shape for a, b in zip(one.value, right, strict=True)):
                return None
            wrong = {
                name: value
                for name, value, wanted in zip(self.outputs, one.value, right, strict=True)
                if not same_numbers((wanted,), (value,))
            }
            if any(not name.startswith(GRADIENT) or value.any() for name, value in wrong.items()):
                return None
            zeros |= set(wrong)
        if not zeros:
            return None
        names = ", ".join(f"`{name.removeprefix(GRADIENT)}`" for name in self.outputs if name in zeros)
        words = Words(_CUT_OFF, {"names": names})
        return Explanation(str(words), words.english)

    @cached_property
    def _probe(self) -> Draw:
        """An input that stays the same, on which each mistake has to be run once only."""
        drawn = [draw for draw in self.draws(np.random.default_rng(0)) if draw.driver not in self.faults]
        return min(drawn, key=lambda draw: (draw.decides, _size(draw)))

    @cached_property
    def _known(self) -> dict[str, tuple[Any, ...] | None]:
        """What the mistakes tried so far give on it, by their texts."""
        return {}

    def _on_probe(self, mistake: TextMistake) -> tuple[Any, ...] | None:
        if mistake.text not in self._known:
            self._known[mistake.text] = self._arrays(self._found(mistake, self._probe))
        return self._known[mistake.text]

    def _gives(self, mistake: TextMistake, one: Observation) -> bool:
        """Whether a mistake gives what was seen; a fault, or an exception, where that came."""
        return same_numbers(self._arrays(self._found(mistake, one.draw)), one.value)

    def _texts(self, mistake: TextMistake, one: Observation) -> bool:
        """Whether the texts that the driver found are the same as well: what was done, in which order."""
        found, came = self._found(mistake, one.draw) or {}, one.raw if isinstance(one.raw, Mapping) else {}
        return all(came.get(name) == text for name, text in found.items() if isinstance(text, str))

    def _found(self, mistake: TextMistake, draw: Draw) -> Mapping[str, Any] | None:
        """What the driver finds of a mistake; None where it raises."""
        try:
            with np.errstate(all="ignore"):
                found: Any = from_function(drive(draw.driver, answer_of(mistake.text, self.name), draw.args))
        except Exception:
            return None
        return None if FAULT in found else found

    def _arrays(self, found: Mapping[str, Any] | None) -> tuple[Any, ...] | None:
        return None if found is None else tuple(map(np.asarray, self._complete(found).values()))


def _size(draw: Draw) -> int:
    """How many numbers a call was given: small ones settle most at little cost."""
    rows = (row for arg in draw.args for row in (arg.values() if isinstance(arg, Mapping) else (arg,)))
    return sum(np.size(row) for row in rows)
