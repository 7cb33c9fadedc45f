"""An item answered with the equations of a cell, as text: judged by what they compute, not by how they are spelt."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from textwrap import fill

import numpy as np

from gatedrnn_course.cells.cell import Cell, parse_unsized
from gatedrnn_course.cells.params import Params
from gatedrnn_course.cells.shapes import infer
from gatedrnn_course.cells.slices import Slice, whole_step
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.exchange.values import Argument, Value
from gatedrnn_course.grading.items.item import Ask, Draw, Explanation, Item, Observation
from gatedrnn_course.grading.items.slice_item import SliceItem
from gatedrnn_course.text import _, in_english

__all__ = ["EquationsItem"]

WIDE = 116
"""Columns of a docstring's line, four less than those of a line of code."""


@dataclass(frozen=True)
class EquationsItem(Item):
    """A function without arguments that hands back the equations of one step of a cell.

    Attributes:
        cell: The cell. The names of its parameters and states are given; all other names are the learner's own.
        clock: Seconds of processor time; they bound the search for a mistake.
    """

    cell: Cell = field(kw_only=True)
    clock: Callable[[], float] = field(default=time.process_time, kw_only=True, compare=False, repr=False)

    @cached_property
    def step(self) -> SliceItem:
        """The same step as a function: what the equations are tried on and explained by."""
        shared = (self.name, self.points, self.title, self.hints, self.forbidden)
        return SliceItem(*shared, slice=self.slice, clock=self.clock)

    @cached_property
    def slice(self) -> Slice:
        """The whole step."""
        return whole_step(self.cell)

    @property
    def known(self) -> tuple[str, ...]:
        """The parameters that an answer may use."""
        return self.cell.parameters

    @property
    def arguments(self) -> tuple[str, ...]:
        """None."""
        return ()

    @property
    def outputs(self) -> tuple[str, ...]:
        """The new states."""
        return self.slice.outputs

    def docstring(self) -> str:
        """Title, the names that are given, and what to return."""
        given = _("Given names: {inputs}; parameters {parameters}. Comments (#) are skipped.").format(
            inputs=", ".join(self.slice.inputs), parameters=", ".join(self.cell.parameters)
        )
        returns = _("A text, one equation a line, such as `f = sigmoid(W_f @ x + b_f)`; it defines {states}.")
        return "\n".join(
            (
                self.title,
                "",
                fill(given, WIDE),
                "",
                _("Returns:"),
                f"    {returns.format(states=', '.join(self.outputs))}",
            )
        )

    def reference(self, *args: Argument) -> Value:
        """The cell's own text."""
        return self.cell.text

    def draws(self, rng: np.random.Generator) -> tuple[Draw, ...]:
        """The inputs of a step, which the judge keeps: the function takes none."""
        return tuple(replace(draw, args=(), hidden=draw.args) for draw in self.step.draws(rng))

    def right(self, draw: Draw) -> Value:
        """The states after the step."""
        return self.step.reference(*draw.hidden)

    def read(self, value: Value, draw: Draw) -> Value:
        """The states that the learner's equations give on a draw.

        Raises:
            CourseError: If the value is no text, or the text no cell with these parameters and states.
            ValueError: If sizes do not fit.
        """
        if not isinstance(value, str):
            raise CourseError(
                _("`{name}` is to hand back a text of equations.").format(name=self.name),
                _("It hands back {type}.").format(type=_("nothing") if value is None else type(value).__name__),
                do=_('Put the equations between three quotes after `return`: return """f = ..."""'),
            )
        inputs, p = self.step.split(draw.hidden)
        return _step_of(value, self.name, self.cell, self.known).function(*inputs, Params(p))

    def explain(self, observed: Sequence[Observation], ask: Ask) -> Explanation | None:
        """The mistake in the equations, named as in a function; else the first line whose sizes do not fit."""

        def shown(one: Observation) -> Observation:
            return replace(one, draw=replace(one.draw, args=one.draw.hidden, hidden=()))

        found = self.step.explain(
            [shown(one) for one in observed], lambda draw: shown(ask(replace(draw, args=(), hidden=draw.args)))
        )
        return found or self._sizes(next((one for one in observed if one.value is None), None))

    def _sizes(self, raised: Observation | None) -> Explanation | None:
        """What is wrong with the sizes of a text that could not be computed."""
        if raised is None:
            return None
        sentence = _misfit(str(raised.raw), self.name)
        with in_english():
            key = _misfit(str(raised.raw), self.name)
        return Explanation(sentence, key) if sentence else None


def _misfit(text: str, name: str) -> str:
    """What does not fit in the sizes of a text; empty where all do."""
    try:
        infer(parse_unsized(text, name).lines)
    except CourseError as told:
        return " ".join(filter(None, (told.asked, told.came, told.expected, told.do)))
    return ""


@lru_cache(maxsize=64)
def _step_of(text: str, name: str, cell: Cell, known: tuple[str, ...]) -> Slice:
    """The step of a learner's text.

    Raises:
        CourseError: If there is none; it quotes the line, or names what is missing.
    """
    asked = _("The equations of `{name}`.").format(name=name)
    mine = parse_unsized(text, name)
    if unknown := [one for one in mine.parameters if one not in known]:
        came = _("They use {names}.").format(names=", ".join(unknown))
        expected = _("There are these parameters: {names}.").format(names=", ".join(cell.parameters))
        raise CourseError(asked, came, expected)
    wanted = whole_step(cell)
    defined = {line.name for line in mine.lines}
    if missing := [state for state in wanted.outputs if state not in defined]:
        came = _("No line defines {names}.").format(names=", ".join(missing))
        raise CourseError(asked, came, do=_("Add a line such as `{name} = ...`.").format(name=missing[0]))
    given = {*wanted.inputs, *known, *defined}
    if strange := [one for one in mine.used if one not in given]:
        came = _("They use {names}, which nothing gives.").format(names=", ".join(strange))
        raise CourseError(asked, came, _("The inputs are {names}.").format(names=", ".join(wanted.inputs)))
    return Slice(mine, wanted.inputs, wanted.outputs)
