"""A run of training: one step, one evaluation, and its state on disk."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_

from gatedrnn_course.errors import CourseError
from gatedrnn_course.tasks import Batch, Task, stream
from gatedrnn_course.text import _
from gatedrnn_course.training import checkpoint
from gatedrnn_course.training.data import validation_batch
from gatedrnn_course.training.evaluate import score
from gatedrnn_course.training.history import History, Row
from gatedrnn_course.training.loss import loss_of
from gatedrnn_course.training.randomness import random_state, restore_random_state
from gatedrnn_course.training.settings import FitSettings, described
from gatedrnn_course.training.stopping import out_of_patience
from gatedrnn_course.training.tensors import Tensors, kind_of, to_tensors

__all__ = ["Run", "Step"]

Step = Callable[[nn.Module, torch.optim.Optimizer, Tensors], float]
"""Moves a model's parameters once and gives the loss before that, a number."""


class Run:
    """A model on its way.

    Args:
        model: What is trained, where it is and of the type it has.
        task: What it is trained on.
        settings: How.
        path: The checkpoint's file; None for none.
        step: Trains on one batch; the trainer's own where left out.
    """

    def __init__(
        self, model: nn.Module, task: Task, settings: FitSettings, path: Path | None, step: Step | None = None
    ) -> None:
        self.model, self.task, self.settings, self.path = model, task, settings, path
        self._move = self._own_step if step is None else step
        self.device, self.dtype = kind_of(model)
        self.optimiser = _optimiser(model, settings)
        self.history = History()
        self.step, self.total, self.count, self.seconds = 0, 0.0, 0, 0.0
        self.best: dict[str, Any] = {}
        self._validation = validation_batch(task, settings.validation, settings.seed)
        self._since = time.perf_counter()

    def train_on(self, batch: Batch) -> float:
        """One step of the optimiser; its loss.

        Raises:
            CourseError: If the loss or the gradient is not a finite number; the parameters are then unchanged.
        """
        tensors = to_tensors(batch, self.device, self.dtype)
        for group in self.optimiser.param_groups:
            group["lr"] = self.settings.rate(self.step)
        value = self._move(self.model, self.optimiser, tensors)
        self._require_finite(_("loss"), value)
        self.step, self.total, self.count = self.step + 1, self.total + value, self.count + 1
        return value

    def _own_step(self, model: nn.Module, optimiser: torch.optim.Optimizer, tensors: Tensors) -> float:
        """Loss, gradient, clipping, update."""
        optimiser.zero_grad()
        loss = loss_of(self.task.loss, model(tensors.inputs, tensors.lengths), tensors)
        value = loss.item()
        self._require_finite(_("loss"), value)
        torch.autograd.backward(loss)
        limit = math.inf if self.settings.clip is None else self.settings.clip
        self._require_finite(_("norm of the gradient"), clip_grad_norm_(model.parameters(), limit).item())
        optimiser.step()
        return value

    def _require_finite(self, what: str, value: float) -> None:
        if not math.isfinite(value):
            settings = self.settings
            raise CourseError(
                _("Training on {task}, step {step}.").format(task=self.task.name, step=self.step + 1),
                _("The {what} is {value}.").format(what=what, value=value),
                _("It is a finite number; the parameters are still those of step {step}.").format(step=self.step),
                _(
                    "Try a smaller learning rate than {rate:g}, a clip such as 1 (now {clip}), or smaller weights at "
                    "the start; look also for values in the data that are not finite."
                ).format(rate=settings.learning_rate, clip=settings.clip),
            )

    def evaluate(self) -> None:
        """Add a row to the history, keep the parameters if they are the best, see whether to stop, save."""
        found = score(self.model, self.task, self._validation)
        now = time.perf_counter()
        self.seconds, self._since = self.seconds + now - self._since, now
        row = Row(self.step, self.total / self.count, found.loss, found.metric, self.seconds)
        self.history.rows.append(row)
        self.total, self.count = 0.0, 0
        settings = self.settings
        solved = settings.stop_when_solved and found.solved and self._confirmed(found.sequences)
        if solved or self.history.best is row:
            self.best = deepcopy(dict(self.model.state_dict()))
        if solved:
            self.history.stopped = "solved"
        elif out_of_patience(self.history, settings.patience):
            self.history.stopped = "patience"
        elif self.step >= settings.steps:
            self.history.stopped = "steps"
        self.save()

    def _confirmed(self, judged: int) -> bool:
        """Whether the criterion is met on as many fresh sequences as the paper judges."""
        asked = self.task.criterion.sequences
        if judged >= asked:
            return True
        fresh = self.task.batch(stream(self.settings.seed, "valid", self.step), asked, "valid")
        return score(self.model, self.task, fresh).solved

    def keep_best(self) -> None:
        """Give the model its best parameters, if it was evaluated at all."""
        if self.best:
            self.model.load_state_dict(self.best)

    def save(self) -> None:
        """Write the checkpoint and, beside it, the history."""
        if self.path is None:
            return
        state = checkpoint.Checkpoint(
            settings=described(self.settings, self.model, self.task),
            step=self.step,
            model=self.model.state_dict(),
            optimiser=self.optimiser.state_dict(),
            best=self.best,
            random=random_state(self.device),
            rows=[asdict(row) for row in self.history],
            stopped=self.history.stopped,
            total=self.total,
            count=self.count,
            seconds=self.seconds,
        )
        checkpoint.save(state, self.path)
        self.history.save(self.path.with_suffix(".jsonl"))

    def resume(self) -> None:
        """Go to where the checkpoint stands, if there is one.

        A run that was interrupted goes on; one that had done all its steps goes on if more are asked for.
        """
        if self.path is None or not self.path.exists():
            return
        state = checkpoint.load(self.path, described(self.settings, self.model, self.task))
        self.model.load_state_dict(state.model)
        self.optimiser.load_state_dict(state.optimiser)
        restore_random_state(state.random, self.device)
        self.step, self.total, self.count, self.seconds = state.step, state.total, state.count, state.seconds
        done = state.step >= self.settings.steps
        self.best = {n: v.to(self.device) if isinstance(v, Tensor) else v for n, v in state.best.items()}
        ended = state.stopped if state.stopped in ("patience", "solved") else ""
        self.history = History([Row(**row) for row in state.rows], ended or ("steps" if done else ""))


def _optimiser(model: nn.Module, settings: FitSettings) -> torch.optim.Optimizer:
    parameters: Any = model.parameters()
    if settings.optimiser == "sgd":
        nesterov = settings.momentum > 0
        return torch.optim.SGD(parameters, settings.learning_rate, settings.momentum, nesterov=nesterov)
    fused = str(next(model.parameters()).device.type) == "cuda" or torch.__version__ >= "2.4"
    return torch.optim.Adam(parameters, settings.learning_rate, fused=fused)
