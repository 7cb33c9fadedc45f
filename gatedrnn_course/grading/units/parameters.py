"""An item that asks for parameters: the judge lets the cell run with them and looks at what it does."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gatedrnn_course.cells import Cell, Params, Slice, zero_state
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.exchange.values import Argument, Array, Value
from gatedrnn_course.grading.items import Ask, Draw, Explanation, FunctionItem, Observation
from gatedrnn_course.lookup import missing
from gatedrnn_course.text import _, mark

__all__ = ["PARAMETERS", "ParametersItem", "full_parameters"]

SIZES = {"D": 2, "H": 1}
PARAMETERS = mark(
    "a dict: any finite numbers by name, a matrix as a list or an array of them. What you leave out is 0."
)
"""What an answer hands back, in the words of its docstring."""


def full_parameters(given: Mapping[str, Any], cell: Cell, function: str) -> Params:
    """All parameters of a cell with D = 2 and H = 1 from those that are not 0.

    Args:
        given: Numbers by name; a matrix as a list of its numbers.
        cell: The cell.
        function: Name of the function that handed them back.

    Raises:
        CourseError: If a name is none of the cell's, or holds another count of numbers or one that is not finite.
    """
    shapes = {name: tuple(SIZES[letter] for letter in cell.shape(name)) for name in cell.parameters}
    found = {name: np.zeros(shape) for name, shape in shapes.items()}
    for name, numbers in given.items():
        asked = _("The parameters that `{function}` hands back.").format(function=function)
        if name not in shapes:
            raise missing(asked, name, shapes)
        try:
            array = np.asarray(numbers, dtype=float)
        except (TypeError, ValueError):
            raise CourseError(asked, _("`{name}` holds something that is no number.").format(name=name)) from None
        if array.size != found[name].size:
            came = _("`{name}` holds {came} numbers, expected are {size}.")
            raise CourseError(asked, came.format(name=name, came=array.size, size=found[name].size))
        if not np.isfinite(array).all():
            came = _("`{name}` holds nan or inf.").format(name=name)
            raise CourseError(asked, came, do=_("A number of 20 or -20 opens and shuts a gate."))
        found[name] = array.reshape(shapes[name])
    return Params(found)


@dataclass(frozen=True)
class ParametersItem(FunctionItem):
    """A function that hands back parameters of a cell with D = 2 and H = 1.

    A draw's hidden arguments are the inputs (T, B, 2) and what is right for them.

    Attributes:
        cell: The cell.
    """

    cell: Cell = field(kw_only=True)

    def right(self, draw: Draw) -> Value:
        """What the cell should show."""
        return draw.hidden[1]  # type: ignore[return-value]

    def read(self, value: Value, draw: Draw) -> Value:
        """What the cell shows.

        Raises:
            CourseError: If the value is no mapping of parameters.
        """
        return self.shown(self.run(value, draw.hidden), draw.hidden)

    def explain(self, observed: Sequence[Observation], ask: Ask) -> Explanation | None:
        """The first thing that goes wrong in the run."""
        for one in observed:
            for key, sentence in self.faults(self.run(one.raw, one.draw.hidden), one.draw.hidden):
                return Explanation(sentence, key)
        return None

    @abstractmethod
    def shown(self, run: Mapping[str, Array], hidden: Sequence[Argument]) -> Value:
        """What is compared, from every line of the cell over time, each (T, B)."""

    @abstractmethod
    def faults(self, run: Mapping[str, Array], hidden: Sequence[Argument]) -> Iterator[tuple[str, str]]:
        """What goes wrong in a run: an English key and the sentence, first things first."""

    def run(self, value: Value, hidden: Sequence[Argument]) -> dict[str, Array]:
        """Every line of the cell over time, each (T, B).

        Raises:
            CourseError: If the value is no mapping of parameters.
        """
        if not isinstance(value, Mapping):
            raise CourseError(
                _("`{name}` is to hand back a dict of parameters.").format(name=self.name),
                _("It hands back {type}.").format(type=_("nothing") if value is None else type(value).__name__),
                do=_('For example: return {{"{bias}": 1.0}}').format(bias=self.cell.parameters[-1]),
            )
        p = full_parameters(value, self.cell, self.name)
        names = tuple(line.name for line in self.cell.lines)
        step = Slice(self.cell, ("x", *(f"{name}_prev" for name in self.cell.states)), names).function
        xs = np.asarray(hidden[0])
        states: Sequence[Any] = zero_state(self.cell, SIZES["H"], (xs.shape[1],))
        rows: list[dict[str, Any]] = []
        for x in xs:
            with np.errstate(all="ignore"):  # a learner's numbers may be of any size
                rows.append(dict(zip(names, step(x, *states, p), strict=True)))
            states = [rows[-1][name] for name in self.cell.states]
        return {name: np.stack([row[name][:, 0] for row in rows]) for name in names}
