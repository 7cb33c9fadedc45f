"""An item answered with the equations of a variant; an answer may still use parameters of the cell that is varied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from gatedrnn_course.cells.cell import Cell, parse_unsized
from gatedrnn_course.cells.edits import Words
from gatedrnn_course.cells.params import Params
from gatedrnn_course.cells.slices import Slice, whole_step
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.items.diagnosis import same_numbers
from gatedrnn_course.grading.items.equations_item import EquationsItem
from gatedrnn_course.grading.items.function_item import Mistake
from gatedrnn_course.grading.items.item import Ask, Draw, Explanation, Observation
from gatedrnn_course.text import mark

__all__ = ["VariantItem"]


@dataclass(frozen=True)
class VariantItem(EquationsItem):
    """The equations of a variant of a cell.

    Attributes:
        varied: The cell that is changed. Its parameters are there too, so that what an edit forgot can be computed, and
            named.
        mistakes: Texts that are no single edit of the variant, such as another variant, each handed back by a function.
    """

    varied: Cell = field(kw_only=True)
    mistakes: tuple[Mistake, ...] = field(default=(), kw_only=True)

    @property
    def known(self) -> tuple[str, ...]:
        """The parameters of both cells."""
        return tuple(dict.fromkeys((*self.cell.parameters, *self.varied.parameters)))

    def draws(self, rng: np.random.Generator) -> tuple[Draw, ...]:
        """The inputs of a step with the parameters of both cells."""
        return tuple(self._with_base(draw, rng) for draw in super().draws(rng))

    def explain(self, observed: Sequence[Observation], ask: Ask) -> Explanation | None:
        """A text that gives these numbers; parameters that are no longer there; else a mistake as in a function."""
        for mistake in self.mistakes:
            if all(same_numbers(self._numbers(mistake.function(), one.draw), one.value) for one in observed):
                return mistake.explanation
        if more := self._left_over(observed[0]):
            words = Words(
                mark("A line still uses {names}, which {cell} does without."), {"cell": self.cell.name, "names": more}
            )
            return Explanation(str(words), words.english)
        rng = np.random.default_rng(0)
        return super().explain(observed, lambda draw: ask(self._with_base(draw, rng)))

    @cached_property
    def _base(self) -> Slice:
        """The step of the cell that is varied."""
        return whole_step(self.varied)

    def _with_base(self, draw: Draw, rng: np.random.Generator) -> Draw:
        """A draw whose parameters are those of both cells."""
        (x, *_states), p = self.step.split(draw.hidden)
        sizes = {"D": x.shape[-1], "H": len(p[self.cell.parameters[-1]])}
        _inputs, more = self._base.draw(rng, sizes, ())
        return replace(draw, hidden=(*draw.hidden[:-1], Params({**more, **p})))

    def _numbers(self, text: str, draw: Draw) -> tuple[np.ndarray, ...] | None:
        """What equations give on a draw, in order."""
        try:
            return tuple(np.asarray(value) for value in self.read(text, draw))  # type: ignore[union-attr]
        except (CourseError, ValueError):
            return None

    def _left_over(self, one: Observation) -> str:
        """The parameters that a text uses and the variant does not have."""
        used = parse_unsized(str(one.raw), self.name).parameters
        return ", ".join(name for name in used if name not in self.cell.parameters)
