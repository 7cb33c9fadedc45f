"""An item whose answer is a cell as equations and a file with its parameters: the judge itself runs the cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from gatedrnn_course.cells import Cell, parse, sequence, zero_state
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.exchange.values import Argument, Value
from gatedrnn_course.grading.items.item import Ask, Draw, Explanation, Item, Observation
from gatedrnn_course.grading.items.measure import ByLoss
from gatedrnn_course.grading.items.stored import Stored, handed_in
from gatedrnn_course.grading.items.trained_item import FileMistake, checked
from gatedrnn_course.tasks import Batch, Corpus, loss_value
from gatedrnn_course.text import _, mark

__all__ = ["TrainedEquationsItem", "cell_of_answer"]

LARGEST = 256
"""Units of a cell: the judge runs them."""
FEW = 5
BY_HEART = 0.75
"""A loss on so many sequences of the training part that is below this share of that on fresh ones: known by heart."""
SOME = 0.98
"""A loss below this share of the best constant answer's shows that something was learned."""

_UNTRAINED = mark("It is no better than one constant answer: it is not trained, or did not learn anything.")
_KNOWN = mark("It knows the sequences it was trained on and not fresh ones: it learned them by heart. Stop earlier.")
_LONGER = mark("It has learned something, and not enough: train longer, or give it more units.")


@dataclass(frozen=True)
class TrainedEquationsItem(Item):
    """A function that hands back the equations of a cell, and a file with its parameters and those of a read-out.

    The answer may be any cell that reads x and hands on h. The file also has `W_y` and `b_y` of the read-out, which
    looks at h.

    Attributes:
        cell: A cell that does.
        measure: What is asked of the outputs.
        known: What the cell was trained on.
        solution: Makes a file that passes, for that cell.
        wrong_files: Files that do not.
        content: What was handed in; None for nothing.
    """

    cell: Cell = field(kw_only=True)
    measure: ByLoss = field(kw_only=True)
    known: Corpus = field(kw_only=True)
    solution: Callable[[], bytes] = field(kw_only=True, compare=False)
    wrong_files: tuple[FileMistake, ...] = field(kw_only=True, compare=False)
    content: bytes | None = field(default=None, kw_only=True, repr=False)

    @property
    def arguments(self) -> tuple[str, ...]:
        """None."""
        return ()

    @property
    def outputs(self) -> tuple[str, ...]:
        """One word: whether it is good enough."""
        return ("good",)

    @property
    def file(self) -> str:
        """Name of the file with the parameters."""
        return f"{self.name}.npz"

    def given(self, content: bytes | None) -> TrainedEquationsItem:
        """The item with what was handed in."""
        return replace(self, content=content)

    def docstring(self) -> str:
        """Title, and what to return."""
        returns = _(
            "A text, one equation a line, such as `h = tanh(W_h @ x + U_h @ h_prev + b_h)`. Comments (#) are skipped."
        )
        return "\n".join((_(self.title), "", _("Returns:"), f"    {returns}"))

    def reference(self, *args: Argument) -> Value:
        """A cell that does."""
        return self.cell.text

    def draws(self, rng: np.random.Generator) -> tuple[Draw, ...]:
        """One call; the sequences are the judge's."""
        return (Draw("batch", (), hidden=(np.array(float(rng.integers(2**31))),)),)

    def right(self, draw: Draw) -> Value:
        """Good enough."""
        return np.ones(1)

    def read(self, value: Value, draw: Draw) -> Value:
        """Good enough, or why not.

        Raises:
            CourseError: If there are no equations or no file, they do not fit, or the loss is too large.
        """
        cell = cell_of_answer(value, self.name)
        parameters = self.parameters(cell)
        batch = self.measure.batch(int(np.asarray(draw.hidden[0])))
        outputs = _outputs(cell, parameters, batch)
        if not self.measure.met(outputs, batch):
            asked = _("`{name}` is not good enough yet.").format(name=self.name)
            raise CourseError(asked, _(self._why(cell, parameters, outputs, batch)), self.measure.found(outputs, batch))
        return self.right(draw)

    def explain(self, observed: Sequence[Observation], ask: Ask) -> Explanation | None:
        """Nothing: `read` has told it."""
        return None

    def parameters(self, cell: Cell) -> Stored:
        """The parameters of the file, for this cell.

        Raises:
            CourseError: If there is no file, or it is another cell's.
        """
        arrays = self._arrays
        units = arrays["W_y"].shape[-1] if "W_y" in arrays and arrays["W_y"].ndim == 2 else 1
        if not 0 < units <= LARGEST:
            asked = _("The parameters in the file {file}.").format(file=self.file)
            raise CourseError(asked, _("The read-out looks at {units} units.").format(units=units), f"1..{LARGEST}")
        task = self.measure.task
        sizes = {"D": task.input_size, "H": units}
        shapes = {name: tuple(sizes[letter] for letter in cell.shape(name)) for name in cell.parameters}
        return checked(arrays, {**shapes, "W_y": (task.output_size, units), "b_y": (task.output_size,)}, self.file)

    @cached_property
    def _arrays(self) -> Stored:
        return handed_in(self.content, self.file)

    def _why(self, cell: Cell, parameters: Stored, outputs: Any, batch: Batch) -> str:
        seen = self.known.stack(self.known.sequences("train")[:FEW])
        fresh = loss_value(self.known.loss, outputs, batch)
        if loss_value(self.known.loss, _outputs(cell, parameters, seen), seen) < BY_HEART * fresh:
            return _KNOWN
        return _LONGER if fresh < SOME * self.known.chance else _UNTRAINED


def _outputs(cell: Cell, parameters: Mapping[str, Any], batch: Batch) -> Any:
    """What a cell with a read-out gives for a batch (T, B, K); what is not finite counts as far off."""
    own = {name: parameters[name] for name in cell.parameters}
    start = zero_state(cell, parameters["W_y"].shape[1], (batch.size,))
    with np.errstate(all="ignore"):
        hs, _states = sequence(cell, batch.inputs, start, own)
        outputs = hs @ parameters["W_y"].T + parameters["b_y"]
    return np.nan_to_num(outputs, nan=1e9, posinf=1e9, neginf=-1e9)


@lru_cache(maxsize=16)
def _parsed(text: str, name: str) -> Cell:
    return parse(text, name)


def cell_of_answer(value: Value, name: str) -> Cell:
    """The cell of a learner's text.

    Raises:
        CourseError: If there is none.
    """
    asked = _("The equations of `{name}`.").format(name=name)
    if not isinstance(value, str):
        kind = _("nothing") if value is None else type(value).__name__
        do = _('Put the equations between three quotes after `return`: return """h = ..."""')
        raise CourseError(asked, _("It hands back {type}.").format(type=kind), do=do)
    cell = _parsed(value, name)
    if not cell.inputs:
        raise CourseError(asked, _("No line reads x."), do=_("Let the cell hear the piece: W_h @ x, for example."))
    return cell
