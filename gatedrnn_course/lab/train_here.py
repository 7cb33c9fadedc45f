"""`train_here(Adder, train_step)`: the learner's model, trained with the learner's step until the criterion holds."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.exchange.blank import is_blank
from gatedrnn_course.grading.items import TrainedItem
from gatedrnn_course.grading.items.fingerprint import function_fingerprint
from gatedrnn_course.grading.items.stored import write_stored
from gatedrnn_course.grading.units import find_item
from gatedrnn_course.lab.device import best_device, device_name
from gatedrnn_course.lab.file_beside import place_for, write_file
from gatedrnn_course.lab.panel import Panel
from gatedrnn_course.lab.show import show
from gatedrnn_course.lab.train_view import TrainView, Updated, seconds_in_words
from gatedrnn_course.text import _

if TYPE_CHECKING:
    from gatedrnn_course.training.history import History

__all__ = ["train_here"]

EVALUATE = 100
"""Steps between two points of the curve."""
VALIDATION = 500
"""Sequences behind a point."""


def train_here(cls: Callable[..., Any], step: Callable[..., Any], *, seed: int = 0, device: str | None = None) -> None:
    """Train the model of an exercise on the best device, with your own step, until the criterion holds.

    The curve grows while it trains. Stop it with the kernel's stop button; run the cell again, after a restart too, and
    it goes on where it was. At the end the parameters are in `NAME.npz` beside the notebook.

    Args:
        cls: Your class, under the name the exercise gives it.
        step: Your `train_step`.
        seed: Another seed starts from other parameters and draws other sequences.
        device: A torch device; the best one where left out.
    """
    try:
        _unit, item = find_item(getattr(cls, "__name__", repr(cls)))
        if not isinstance(item, TrainedItem):
            raise CourseError(_("`{name}` is no model to train.").format(name=item.name))
        for one, name in ((cls, item.name), (step, getattr(step, "__name__", "train_step"))):
            if is_blank(one):
                show(Panel("note", _("`{name}` is not written yet, so nothing is trained.").format(name=name)))
                return
        _train(item, cls, step, seed, device or best_device())
    except CourseError as told:
        show(Panel("note", told.asked, tuple(filter(None, (told.came, told.expected, told.do)))))


def _train(item: TrainedItem, cls: Callable[..., Any], step: Callable[..., Any], seed: int, device: str) -> None:
    from gatedrnn_course.lab.train_model import Whole, made, stepping
    from gatedrnn_course.training import fit
    from gatedrnn_course.training.threads import one_thread

    training, model = item.training, made(item, cls, seed, device)
    watched = _Watched(item, device)
    with one_thread():  # the tensors of a small model are small
        history = fit(
            Whole(model),
            training.task,
            steps=training.steps,
            batch_size=training.batch_size,
            learning_rate=training.learning_rate,
            decay=True,
            evaluate_every=EVALUATE,
            validation=VALIDATION,
            stop_when_solved=True,
            seed=seed,
            checkpoint=_checkpoint(item, cls, step, seed, device),
            progress=False,
            step=stepping(step, item),
            watch=watched,
        )
    if history.stopped == "interrupted":
        watched.stopped(history)
        return
    content = write_stored({name: tensor.detach().cpu().numpy() for name, tensor in model.named_parameters()})
    watched.ended(history, content, write_file(item.file, content))


class _Watched:
    """Shows a run while it goes on."""

    def __init__(self, item: TrainedItem, device: str) -> None:
        self.item, self.where = item, device_name(device)
        self.chance, self.steps = item.training.task.chance, item.training.steps
        self.shown, self.first, self.began, self.done = Updated(), -1, 0.0, 0

    def __call__(self, done: int, history: History) -> None:
        if self.first < 0:
            self.first, self.began = done, time.monotonic()
        self.done = done
        self.shown.show(lambda: self._now(history))

    def _now(self, history: History) -> TrainView:
        gone, since = time.monotonic() - self.began, self.done - self.first
        words = [
            _("{done} of at most {steps} steps on {where}").format(done=self.done, steps=self.steps, where=self.where)
        ]
        if history.rows:
            words.append(_("{share:.1%} of the sequences right").format(share=history[-1].metric))
        if since:
            left = seconds_in_words(gone / since * (self.steps - self.done))
            words.append(_("at most {left} left").format(left=left))
        return TrainView(history, self.chance, ", ".join(words), self.done / self.steps)

    def stopped(self, history: History) -> None:
        """It was stopped by hand."""
        words = _("Stopped after {count} steps. Run the cell again: it goes on from there.").format(count=self.done)
        self.shown.show(lambda: TrainView(history, self.chance, words), last=True)

    def ended(self, history: History, content: bytes, place: Path | None) -> None:
        """It ended by itself; the parameters are kept."""
        last = history[-1]
        words = (
            _("Not solved after {count} steps.") if history.stopped != "solved" else _("Solved after {count} steps.")
        )
        said = [words.format(count=last.step)]
        said.append(_("{seconds:.0f} s on {where}.").format(seconds=last.seconds, where=self.where))
        kept = _("The parameters are in {file}.").format(file=self.item.file)
        said.append(kept if place else _("Nothing can be written here: the parameters are in this session alone."))
        file = (self.item.file, content)
        self.shown.show(lambda: TrainView(history, self.chance, " ".join(said), file=file), last=True)


def _checkpoint(item: TrainedItem, cls: Any, step: Any, seed: int, device: str) -> Path | None:
    """Where the run's state is kept: another file for other code, so that nothing goes on that was changed."""
    told = (function_fingerprint(cls), function_fingerprint(step), repr(item.training.task), seed, device)
    key = hashlib.sha256(repr(told).encode()).hexdigest()[:8]
    place = place_for(f".{item.name}-{key}.pt")
    if place is not None:
        for other in place.parent.glob(f".{item.name}-*"):
            if other.stem != place.stem:
                with contextlib.suppress(OSError):
                    other.unlink()
    return place
