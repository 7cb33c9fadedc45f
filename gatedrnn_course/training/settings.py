"""What decides the numbers of a run, checked."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from torch import nn

from gatedrnn_course.errors import CourseError
from gatedrnn_course.tasks import Corpus, Task
from gatedrnn_course.text import _
from gatedrnn_course.training.data import batches_in_epoch

__all__ = ["FitSettings", "OptimiserName", "Schedule", "described", "named_task", "span"]

OptimiserName = Literal["adam", "sgd"]
EVERY = 100  # steps between two evaluations of a generated task


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """What decides batches and end of any run, explained at `fit`; `steps` and `evaluate_every` are filled in."""

    steps: int
    evaluate_every: int
    batch_size: int
    patience: int | None
    validation: int
    stop_when_solved: bool
    seed: int

    def __post_init__(self) -> None:
        for name in ("steps", "batch_size", "evaluate_every", "validation"):
            value = getattr(self, name)
            _require(_is_whole(value) and value >= 1, name, value, _("It is a whole number from 1."))
        _require(_is_whole(self.seed) and self.seed >= 0, "seed", self.seed, _("It is a whole number from 0."))
        waits = self.patience is None or (_is_whole(self.patience) and self.patience >= 1)
        _require(waits, "patience", self.patience, _("It is a whole number from 1, or None."))


@dataclass(frozen=True, kw_only=True)
class FitSettings(Schedule):
    """The settings of `fit`: a schedule, and how the model learns."""

    optimiser: OptimiserName
    learning_rate: float
    momentum: float
    decay: bool
    clip: float | None

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("learning_rate", "momentum", "clip"):  # a number drawn with NumPy is no number of a checkpoint's
            if getattr(self, name) is not None:
                object.__setattr__(self, name, float(getattr(self, name)))
        _require(self.optimiser in ("adam", "sgd"), "optimiser", self.optimiser, _('It is "adam" or "sgd".'))
        _require(self.learning_rate > 0, "learning_rate", self.learning_rate, _("It is above 0."))
        _require(0 <= self.momentum < 1, "momentum", self.momentum, _("It is from 0 to below 1."))
        _require(self.clip is None or self.clip > 0, "clip", self.clip, _("It is above 0, or None."))

    def rate(self, step: int) -> float:
        """The learning rate of a step, the first being 0."""
        return self.learning_rate * (1 - step / self.steps) if self.decay else self.learning_rate


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _require(met: bool, name: str, value: object, expected: str) -> None:
    if not met:
        raise CourseError(
            _("Training with {name} = {value!r}.").format(name=name, value=value),
            expected=expected,
            do=_("Choose another {name}.").format(name=name),
        )


def span(
    task: Task, steps: int | None, epochs: int | None, batch_size: int, evaluate_every: int | None
) -> tuple[int, int]:
    """How many steps a run has, and how many lie between two evaluations.

    Raises:
        CourseError: If not exactly one of `steps` and `epochs` is given, or epochs of a task without an end.
    """
    if (steps is None) == (epochs is None):
        raise CourseError(
            _("Training with steps = {steps} and epochs = {epochs}.").format(steps=steps, epochs=epochs),
            expected=_("One of the two says how long to train."),
            do=_("Give steps=2000, for example, or epochs=20 for a collected data set."),
        )
    _require(batch_size >= 1, "batch_size", batch_size, _("It is a whole number from 1."))
    epoch = batches_in_epoch(task, batch_size) if isinstance(task, Corpus) else None
    if steps is None and epoch is None:
        raise CourseError(
            _("Training on {task} for {epochs} epochs.").format(task=task.name, epochs=epochs),
            expected=_("An epoch is once through a collection; this task draws new sequences without end."),
            do=_("Give steps instead."),
        )
    every = (epoch or EVERY) if evaluate_every is None else evaluate_every
    return (epoch or 0) * (epochs or 0) if steps is None else steps, every


def described(settings: FitSettings, model: nn.Module, task: Task) -> dict[str, Any]:
    """What has to be the same for a run to be taken up again: everything but its end, where nothing depends on it."""
    kept = {name: value for name, value in asdict(settings).items() if name != "steps" or settings.decay}
    return {**kept, "task": named_task(task), "model": str(model)}


def named_task(task: Task) -> str:
    """A task with what it was made with."""
    return repr(task) if hasattr(task, "__dataclass_fields__") else task.name
