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
from gatedrnn_course.lab.composing import Composer
from gatedrnn_course.lab.file_beside import place_for, read_file, write_file
from gatedrnn_course.lab.panel import Panel
from gatedrnn_course.lab.show import show
from gatedrnn_course.lab.train_view import TrainView, Updated, seconds_in_words
from gatedrnn_course.text import _

if TYPE_CHECKING:
    from gatedrnn_course.training.history import History

__all__ = ["train_composer", "trained_by"]


def train_composer(
    composer: Callable[[], Any], units: int = HIDDEN, steps: int = STEPS["steps"], seed: int = 0
) -> None:
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
    from gatedrnn_course.tasks.chorales import MadeChorales
    from gatedrnn_course.training import SequenceModel, fit

    item, task = _item(), MadeChorales()
    model = SequenceModel(cell, task, units, seed=seed)
    shown, began = Updated(), time.monotonic()
    view: dict[str, int] = {}

    def watch(done: int, history: History) -> None:
        gone = time.monotonic() - began
        first = view.setdefault("first", done)
        words = _("{done} of {steps} steps").format(done=done, steps=steps)
        if done > first:
            words += _(", {left} left").format(left=seconds_in_words(gone / (done - first) * (steps - done)))
        view["done"] = done
        shown.show(lambda: TrainView(history, task.chance, words, done / steps))

    history = fit(
        model,
        task,
        steps=steps,
        batch_size=STEPS["batch_size"],
        learning_rate=STEPS["learning_rate"],
        decay=True,
        clip=1.0,
        seed=seed,
        checkpoint=_checkpoint(item, cell, units, steps, seed),
        progress=False,
        watch=watch,
    )
    if history.stopped == "interrupted":
        words = _("Stopped after {count} steps. Run the cell again: it goes on from there.").format(count=view["done"])
        shown.show(lambda: TrainView(history, task.chance, words), last=True)
        return
    arrays = {name: tensor.detach().cpu().numpy() for name, tensor in model.layers.named().items()}
    arrays |= {"W_y": model.readout.weight.detach().cpu().numpy(), "b_y": model.readout.bias.detach().cpu().numpy()}
    content = write_stored({name: np.asarray(array, np.float32) for name, array in arrays.items()})
    place = write_file(item.file, content)
    said = _("{steps} steps: {loss:.2f} nats a step on chorales it did not hear. Asked for: at most {most}.")
    kept = (
        _("The parameters are in {file}.") if place else _("Nothing can be written here: this session alone has them.")
    )
    best = min(history.column("validation"))
    words = f"{said.format(steps=steps, loss=best, most=AT_MOST)} {kept.format(file=item.file)}"
    shown.show(lambda: TrainView(history, task.chance, words, file=(item.file, content)), last=True)


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
