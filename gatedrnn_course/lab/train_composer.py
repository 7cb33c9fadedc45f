"""`train_composer(composer)`: the cell that a learner wrote as equations, trained on chorales; its file is kept."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gatedrnn_course.cells import Cell, Params
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.exchange.blank import is_blank
from gatedrnn_course.grading.items import TrainedEquationsItem
from gatedrnn_course.grading.items.stored import write_stored
from gatedrnn_course.grading.items.trained_equations_item import cell_of_answer
from gatedrnn_course.grading.units import load
from gatedrnn_course.grading.units.composer import AT_MOST, HIDDEN, STEPS
from gatedrnn_course.lab.composing import Composer, fitted
from gatedrnn_course.lab.file_beside import place_for, read_file, write_file
from gatedrnn_course.lab.panel import Panel
from gatedrnn_course.lab.show import show
from gatedrnn_course.lab.train_view import TrainView, Updated, seconds_in_words
from gatedrnn_course.text import _

if TYPE_CHECKING:
    from gatedrnn_course.training.history import History

__all__ = ["train_composer", "trained_by"]


def train_composer(composer: Callable[[], Any], units: int = HIDDEN, steps: int = STEPS, seed: int = 0) -> None:
    """Train the cell of an exercise on chorales; its parameters are then in `composer.npz` beside the notebook.

    The curve grows while it trains. Stop it with the kernel's stop button; run the cell again, after a restart too, and
    it goes on where it was.

    Args:
        composer: Your function that hands back equations.
        units: H.
        steps: How many batches of 10 chorales.
        seed: Another seed starts from other parameters and hears the chorales in another order.
    """
    if is_blank(composer):
        show(Panel("note", _("`{name}` is not written yet, so nothing is trained.").format(name=_item().name)))
        return
    try:
        _train(_cell(composer), units, steps, seed)
    except CourseError as told:
        show(Panel("note", told.asked, tuple(filter(None, (told.came, told.expected, told.do)))))


def trained_by(composer: Callable[[], Any]) -> Composer | None:
    """The composer whose parameters are in the file; None, and a note, where there is none yet.

    Args:
        composer: Your function that hands back equations.
    """
    try:
        if is_blank(composer):
            raise CourseError(_("`{name}` is not written yet.").format(name=_item().name))
        cell = _cell(composer)
        arrays = _item().given(read_file(_item().file)).parameters(cell)
    except CourseError as told:
        show(Panel("note", told.asked, tuple(filter(None, (told.came, told.expected, told.do)))))
        return None
    return Composer(cell, Params(dict(arrays)))


def _item() -> TrainedEquationsItem:
    found = load("11").item("composer")
    assert isinstance(found, TrainedEquationsItem)
    return found


def _cell(composer: Callable[[], Any]) -> Cell:
    try:
        text = composer()
    except Exception as error:  # any fault of the learner's function; check() explains it
        asked = _("`{name}` raised an exception, so nothing was trained.").format(name=_item().name)
        raise CourseError(asked, f"{type(error).__name__}: {str(error)[:300]}") from error
    return cell_of_answer(text, _item().name)


def _train(cell: Cell, units: int, steps: int, seed: int) -> None:
    item, shown = _item(), Updated()
    chance = item.known.chance
    watch, place = _Watched(shown, chance, steps), _checkpoint(item, cell, units, steps, seed)
    made, history = fitted(cell, units, steps, seed, watch=watch, checkpoint=place)
    if history.stopped == "interrupted":
        words = _("Stopped after {count} steps. Run the cell again: it goes on from there.").format(count=watch.done)
        shown.show(lambda: TrainView(history, chance, words), last=True)
        return
    content = write_stored({name: np.asarray(array, np.float32) for name, array in made.p.items()})
    place = write_file(item.file, content)
    said = _("{steps} steps: {loss:.2f} nats a step on chorales it did not hear. Asked for: at most {most}.")
    kept = (
        _("The parameters are in {file}.") if place else _("Nothing can be written here: this session alone has them.")
    )
    best = min(history.column("validation"))
    words = f"{said.format(steps=steps, loss=best, most=AT_MOST)} {kept.format(file=item.file)}"
    shown.show(lambda: TrainView(history, chance, words, file=(item.file, content)), last=True)


class _Watched:
    """Shows a run while it goes on.

    Args:
        shown: Where.
        chance: Loss of the best constant answer.
        steps: How many steps there are.
    """

    def __init__(self, shown: Updated, chance: float, steps: int) -> None:
        self.shown, self.chance, self.steps = shown, chance, steps
        self.first, self.done, self.began = -1, 0, time.monotonic()

    def __call__(self, done: int, history: History) -> None:
        """Called after each step."""
        self.first = done if self.first < 0 else self.first
        self.done = done
        words = _("{done} of {steps} steps").format(done=done, steps=self.steps)
        if done > self.first:
            left = (time.monotonic() - self.began) / (done - self.first) * (self.steps - done)
            words += _(", {left} left").format(left=seconds_in_words(left))
        self.shown.show(lambda: TrainView(history, self.chance, words, done / self.steps))


def _checkpoint(item: TrainedEquationsItem, cell: Cell, units: int, steps: int, seed: int) -> Path | None:
    """Where the run's state is kept: another file for another cell, so that nothing goes on that was changed."""
    key = hashlib.sha256(repr((cell.text, units, steps, seed)).encode()).hexdigest()[:8]
    place = place_for(f".{item.name}-{key}.pt")
    if place is not None:
        for other in place.parent.glob(f".{item.name}-*"):
            if other.stem != place.stem:
                with contextlib.suppress(OSError):
                    other.unlink()
    return place
