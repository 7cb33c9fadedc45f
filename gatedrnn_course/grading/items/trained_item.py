"""A trained model: a file's parameters go into the learner's class, whose answers to fresh sequences are judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.exchange.convert import from_function
from gatedrnn_course.grading.exchange.drivers import FAULT, drive
from gatedrnn_course.grading.exchange.values import Argument, Value
from gatedrnn_course.grading.items.diagnosis import same_numbers
from gatedrnn_course.grading.items.driven_faults import course_error
from gatedrnn_course.grading.items.driven_item import DrivenItem, answer_of
from gatedrnn_course.grading.items.item import Draw
from gatedrnn_course.grading.items.measure import Measure
from gatedrnn_course.grading.items.stored import Stored, handed_in, refuse_a_widgets
from gatedrnn_course.tasks import Batch, Task, stream
from gatedrnn_course.text import _, mark

__all__ = ["FileMistake", "TrainedItem", "Training", "checked"]

FEW = 200
"""Sequences on which an explanation is tried."""
FIRST = 64
"""Sequences of the first batch of training."""
DRIVER = "model"
NEARLY = 1e-3
"""Answers that differ by less are the same, in float32 too."""

_ELSEWHERE = mark(
    "The answers do not come from the parameters: with all of them at zero the model answers just as well."
)
_NOT_CARRIED = mark(
    "The state that is given has no effect, or the state that comes back is another: a sequence in two pieces gives "
    "other answers than in one. Hand the state to the layer, and hand back the one it gives."
)
_ORDER = mark(
    "The row blocks of {names} stand in the order {came} in the file; the class reads them as {wanted}. Train and save "
    "with the class as it is now."
)
_CLASS = mark(
    "The parameters in the file are right, and the class reads them in another way: it is not the class that was "
    "trained, or what it is made of is wrong. Check that first, then train again."
)
_KNOWN = mark(
    "The model is right on the first batch it was trained on and not on fresh sequences: it learned sequences by "
    "heart. Train on a new batch in every step."
)
_UNTRAINED = mark("The model is no better than one constant answer: it is not trained, or did not learn anything.")
_LONGER = mark("The model has learned something, and not enough: train longer, until the cell says that it is solved.")


@dataclass(frozen=True)
class FileMistake:
    """A file that must not pass.

    Attributes:
        words: What is said of it, in words.
        content: Makes the file; None for no file.
    """

    words: str
    content: Callable[[], bytes | None]


@dataclass(frozen=True)
class Training:
    """How the notebook trains the model.

    Attributes:
        task: What it is trained on, with something to spare.
        start: The first parameters for a seed.
        steps: Batches at most.
        batch_size: Sequences in one.
        learning_rate: Of Adam at the first step; it falls to 0 in a straight line.
        max_norm: Largest norm of the gradient.
    """

    task: Task
    start: Callable[[int], Stored]
    steps: int
    batch_size: int
    learning_rate: float
    max_norm: float


@dataclass(frozen=True)
class TrainedItem(DrivenItem):
    """A model that has been trained, judged by what it answers.

    The class is the learner's own; the course's own one, in `text`, helps to explain.

    Attributes:
        measure: What is asked of the answers.
        sizes: What the class is made with.
        shapes: Names and shapes of the parameters in the file.
        blocks: Parameters whose rows are blocks of one size in an order that can be mistaken.
        order: Names of these blocks, in their order.
        others: What else it may have been trained on, in words, with how that is measured.
        training: How the notebook trains the model.
        solution: Makes a file that passes.
        wrong_files: Files that do not.
        content: What was handed in; None for nothing.
    """

    measure: Measure = field(kw_only=True)
    sizes: tuple[int, ...] = field(kw_only=True)
    shapes: Mapping[str, tuple[int, ...]] = field(kw_only=True, hash=False)
    blocks: tuple[str, ...] = field(default=(), kw_only=True)
    order: tuple[str, ...] = field(default=(), kw_only=True)
    others: tuple[tuple[str, Measure], ...] = field(default=(), kw_only=True)
    training: Training = field(kw_only=True)
    solution: Callable[[], bytes] = field(kw_only=True)
    wrong_files: tuple[FileMistake, ...] = field(default=(), kw_only=True)
    content: bytes | None = field(default=None, kw_only=True, repr=False)

    @property
    def file(self) -> str:
        """Name of the file with the parameters."""
        return f"{self.name}.npz"

    def given(self, content: bytes | None) -> TrainedItem:
        """The item with what was handed in."""
        return replace(self, content=content)

    @property
    def outputs(self) -> tuple[str, ...]:
        """One word: whether it is good enough."""
        return ("good",)

    def draws(self, rng: np.random.Generator) -> tuple[Draw, ...]:
        """Fresh sequences; without a readable file a short one, to see whether there is a class at all."""
        seed = int(rng.integers(2**31))
        parameters = self._stored[0]
        batch = self.measure.batch(seed, None if parameters else 1)
        own = parameters or {name: np.zeros(shape) for name, shape in self.shapes.items()}
        args: tuple[Argument, ...] = (np.array(self.sizes), own, batch.inputs.astype(float))
        return (Draw("batch", args, hidden=(np.array(float(seed)),), driver=DRIVER),)

    def right(self, draw: Draw) -> Value:
        """Good enough."""
        return {"good": np.ones(1)}

    def read(self, value: Value, draw: Draw) -> Value:
        """Good enough, or why not.

        Raises:
            CourseError: If there is no file, it cannot be used, or the answers are not good enough.
        """
        if not isinstance(value, Mapping):
            return value
        parameters, fault = self._stored
        if FAULT in value:
            raise course_error(self.name, value)
        if parameters is None:
            raise fault or CourseError(self.file)
        batch = self.measure.batch(int(np.asarray(draw.hidden[0])))
        given = value.get("outputs")
        outputs, without = self._outputs(given, batch), self._outputs(value.get("without"), batch)
        if outputs is None or not isinstance(given, np.ndarray):
            asked = _("`{name}` answers with another number of outputs.").format(name=self.name)
            raise CourseError(asked, expected=_("Expected: {count}.").format(count=self.measure.task.output_size))
        if not self.measure.met(outputs, batch):
            self._tell(self._why(parameters, outputs, batch), outputs, batch)
        if len(given) != (steps := int(batch.mask.any(1).sum())):
            told = {"came": str(given.shape), "wanted": f"({steps}, {batch.size}, {outputs.shape[-1]})"}
            raise course_error(self.name, {FAULT: "outputs", **told})
        if without is not None and self.measure.met(without, batch):
            self._tell(Words(_ELSEWHERE), outputs, batch)
        pieces = value.get("pieces")
        if not isinstance(pieces, np.ndarray) or not _agree(pieces, given):
            asked = _("The state of `{name}` is lost.").format(name=self.name)
            raise CourseError(asked, _(_NOT_CARRIED))
        return self.right(draw)

    def _tell(self, why: Words, outputs: Any, batch: Batch) -> None:
        asked = _("`{name}` is not good enough yet.").format(name=self.name)
        raise CourseError(asked, str(why), self.measure.found(outputs, batch))

    def _outputs(self, value: Value, batch: Batch) -> Any:
        """Outputs `(T, B, K)`; what is not finite counts as far off."""
        if not isinstance(value, np.ndarray):
            return None
        return self.measure.aligned(np.nan_to_num(value.astype(float), nan=1e9, posinf=1e9, neginf=-1e9), batch)

    @cached_property
    def _stored(self) -> tuple[Stored | None, CourseError | None]:
        """The parameters of the file, or what is wrong with it."""
        try:
            return self._read_file(), None
        except CourseError as fault:
            return None, fault

    def _read_file(self) -> Stored:
        return checked(handed_in(self.content, self.file), self.shapes, self.file)

    def _why(self, parameters: Stored, outputs: Any, batch: Batch) -> Words:
        """What explains answers that are not good enough, from what is certain on."""
        return next(self._reasons(parameters, outputs, batch))

    def _reasons(self, parameters: Stored, outputs: Any, batch: Batch) -> Iterator[Words]:
        for mistake in self.mistakes:
            if same_numbers((self._answers(mistake.text, parameters, batch),), (outputs,)):
                yield mistake.said
        few = self.measure.batch(1, FEW)
        if self._good(parameters, self.measure, few):
            yield Words(_CLASS)
        for order in permutations(range(len(self.order))):
            if order != tuple(range(len(self.order))) and self._good(self._moved(parameters, order), self.measure, few):
                came = ", ".join(self.order[order.index(k)] for k in range(len(order)))
                words = {"names": ", ".join(f"`{name}`" for name in self.blocks)}
                yield Words(_ORDER, {**words, "came": came, "wanted": ", ".join(self.order)})
        for words_of, other in self.others:
            if self._good(parameters, other, other.batch(1, FEW)):
                yield Words(words_of)
        if self._good(parameters, self.measure, self.measure.task.batch(stream(0, "train", 0), FIRST)):
            yield Words(_KNOWN)
        yield Words(_UNTRAINED if self.measure.guesses(outputs, batch) else _LONGER)

    def _moved(self, parameters: Stored, order: tuple[int, ...]) -> Stored:
        """The parameters with block `order[k]` of the file in the place of block k."""
        moved = dict(parameters)
        for name in self.blocks:
            parts = np.split(parameters[name], len(order))
            moved[name] = np.concatenate([parts[k] for k in order])
        return moved

    def _good(self, parameters: Stored, measure: Measure, batch: Batch) -> bool:
        """Whether the course's own class, with these parameters, answers nearly well enough."""
        outputs = self._answers(self.text, parameters, batch)
        return outputs is not None and measure.near(outputs, batch)

    def _answers(self, text: str, parameters: Stored, batch: Batch) -> Any:
        """What a class answers in this process; None where it cannot."""
        try:
            with np.errstate(all="ignore"):
                own = answer_of(text, self.name)
                found: Any = from_function(drive(DRIVER, own, (np.array(self.sizes), parameters, batch.inputs)))
        except Exception:  # the sequences have another size than the class reads
            return None
        return self._outputs(found.get("outputs"), batch)


def checked(arrays: Stored, shapes: Mapping[str, tuple[int, ...]], file: str) -> Stored:
    """Arrays that have the names and shapes a class needs.

    Args:
        arrays: What a file holds.
        shapes: What is needed.
        file: Name of the file.

    Raises:
        CourseError: If a name is missing or too many, a shape is another one, or a model of the course's is handed in.
    """
    asked = _("The parameters in the file {file}.").format(file=file)
    do = _("Train and save with the class as it is now.")
    if lacking := [name for name in shapes if name not in arrays]:
        raise CourseError(asked, _("The file lacks {names}.").format(names=_listed(lacking)), do=do)
    if others := [name for name in arrays if name not in shapes]:
        raise CourseError(asked, _("The file holds {names}, which the class has not.").format(names=_listed(others)))
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            came = _("`{name}` has the shape {came}, expected is {shape}.")
            raise CourseError(asked, came.format(name=name, came=arrays[name].shape, shape=shape), do=do)
    refuse_a_widgets(arrays, file)
    return arrays


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name[:80]}`" for name in names[:8])


def _agree(pieces: NDArray[Any], whole: NDArray[Any]) -> bool:
    """Whether outputs in pieces are those of the whole, for as many sequences as they have."""
    if not pieces.ndim == whole.ndim > 1:
        return False
    whole = whole[:, : pieces.shape[1]]
    return pieces.shape == whole.shape and np.allclose(pieces, whole, rtol=NEARLY, atol=NEARLY)
