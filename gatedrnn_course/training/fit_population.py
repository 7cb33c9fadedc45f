"""The trainer of populations: many models on the same batches, each with an end and best parameters of its own."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import asdict, dataclass, field, fields
from hashlib import sha256
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from gatedrnn_course.engines.population import Population
from gatedrnn_course.errors import CourseError
from gatedrnn_course.tasks import Batch, Task, stream
from gatedrnn_course.text import _
from gatedrnn_course.training import checkpoint as files
from gatedrnn_course.training.bar import bar_over
from gatedrnn_course.training.data import training_batches, validation_batch
from gatedrnn_course.training.history import History, Row
from gatedrnn_course.training.portions import Portions
from gatedrnn_course.training.settings import Schedule, named_task, span
from gatedrnn_course.training.stopping import Interruption, out_of_patience

__all__ = ["fit_population"]


def fit_population(
    population: Population,
    task: Task,
    *,
    steps: int | None = None,
    epochs: int | None = None,
    batch_size: int = 32,
    patience: int | None = None,
    evaluate_every: int | None = None,
    validation: int = 256,
    stop_when_solved: bool = False,
    metric: bool = True,
    seed: int = 0,
    checkpoint: str | Path | None = None,
    resume: bool = True,
    progress: bool = True,
    all_may_diverge: bool = False,
) -> list[History]:
    """Train a population; each model ends with the parameters of its own lowest validation loss.

    All models see the same batches. One that runs out of patience, solves the task or diverges rests and costs nothing
    more, and the others go on. How each learns is part of the population. Ctrl-C, checkpoints and resuming are as in
    `fit`.

    The Odyssey's protocol is `epochs=150, batch_size=1, patience=15`: one sequence a step, in a new random order each
    epoch, and an end for each model after 15 epochs without a lower validation loss.

    Args:
        population: Its sizes and kind of loss are the task's.
        task: Gives batches, the metric and the criterion.
        steps: How many batches to train on; or give `epochs`.
        epochs: How often to go through a corpus.
        batch_size: Sequences in a batch.
        patience: A model rests when so many evaluations in a row did not improve its validation loss; None: never. A
            corpus is evaluated once an epoch, so there it counts epochs.
        evaluate_every: Steps between two evaluations; None: 100, or an epoch of a corpus.
        validation: Sequences that a generated task is evaluated on; a corpus has a validation part.
        stop_when_solved: Whether a model rests as soon as it meets the paper's criterion, as in `fit`.
        metric: Whether to find the task's metric at every evaluation, which may cost more than the loss; if not, rows
            hold NaN.
        seed: Of the batches.
        checkpoint: A file for the run's state, written at each evaluation.
        resume: Whether to go on from the checkpoint if it exists.
        progress: Whether to show a bar.
        all_may_diverge: Whether a population of which every model diverged has histories like any other.

    Returns:
        A history for each model. `stopped` is `steps`, `patience`, `solved`, `diverged` or `interrupted`.

    Raises:
        CourseError: If the population does not fit the task, a setting is impossible, the checkpoint is damaged or
            another run's, or every model diverged and that is not allowed.
    """
    _check(population, task)
    steps, evaluate_every = span(task, steps, epochs, batch_size, evaluate_every)
    settings = Schedule(
        steps=steps,
        evaluate_every=evaluate_every,
        batch_size=batch_size,
        patience=patience,
        validation=validation,
        stop_when_solved=stop_when_solved,
        seed=seed,
    )
    run = _Run(population, task, settings, None if checkpoint is None else Path(checkpoint), metric, all_may_diverge)
    with Interruption() as interruption:
        if resume:
            run.resume()
        with closing(bar_over(settings.steps, run.step, task.name, progress)) as bar:
            batches = training_batches(task, batch_size, seed, run.step)
            while not run.ended:
                run.train_on(next(batches))
                bar.update()
                if run.step % settings.evaluate_every == 0 or run.step == settings.steps:
                    run.evaluate()
                    bar.set_postfix(learning=run.learning, best=f"{run.best_loss:.4g}")
                if interruption.asked and not run.ended:
                    run.interrupt()
    run.keep_best()
    return run.histories


def _check(population: Population, task: Task) -> None:
    """Sizes and loss of a population are those of the task."""
    own = population.input_size, population.output_size, population.loss_kind
    wanted = task.input_size, task.output_size, task.loss
    if own != wanted:
        words = _("input size {}, output size {}, loss {}")
        raise CourseError(
            _("Training a population on {task}.").format(task=task.name),
            _("It has {came}.").format(came=words.format(*own)),
            _("The task has {wanted}.").format(wanted=words.format(*wanted)),
            _("Make the population with the task's sizes and loss."),
        )


@dataclass
class _Run:
    """A population on its way.

    Attributes:
        histories: One for each model.
        best: The best parameters of each model so far; None before its first evaluation.
        totals: Sum of each model's training losses since the last evaluation (N,).
        interrupted: Whether somebody pressed Ctrl-C.
    """

    population: Population
    task: Task
    settings: Schedule
    path: Path | None
    metric: bool
    all_may_diverge: bool = False
    step: int = 0
    seconds: float = 0.0
    count: int = 0
    interrupted: bool = False
    histories: list[History] = field(default_factory=list)
    best: list[dict[str, NDArray[Any]] | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        N = len(self.population)
        self.histories, self.best = [History() for _ in range(N)], [None] * N
        self.totals = np.zeros(N)
        batch = validation_batch(self.task, self.settings.validation, self.settings.seed)
        self._validation = Portions(batch, self.task.loss)
        self._since = time.perf_counter()

    @property
    def learning(self) -> int:
        """How many models still learn."""
        return sum(not history.stopped for history in self.histories)

    @property
    def ended(self) -> bool:
        """Whether nobody learns any more."""
        return self.interrupted or self.learning == 0

    @property
    def best_loss(self) -> float:
        """The lowest validation loss of all."""
        found = [history.best.validation for history in self.histories if history.best]
        return float(np.nanmin(found)) if np.isfinite(found).any() else float("nan")

    def train_on(self, batch: Batch) -> None:
        """One step of every model that learns."""
        losses = self.population.step(batch.inputs, batch.targets, batch.mask, batch.lengths)
        self.totals += np.nan_to_num(losses, posinf=np.inf)
        self.step, self.count = self.step + 1, self.count + 1

    def evaluate(self) -> None:
        """Add a row to every history, keep the best parameters, see who is to rest, save."""
        now = time.perf_counter()
        self.seconds, self._since = self.seconds + now - self._since, now
        frozen, learns = self.population.frozen, [k for k, h in enumerate(self.histories) if not h.stopped]
        losses, batch = self._validation.losses(self.population, learns), self._validation.batch
        judged = (self.metric and not self.task.judged_by_loss) or self.settings.stop_when_solved
        every = self._validation.outputs(self.population, learns) if judged else repeat(None)
        for k, loss, outputs in zip(learns, losses, every, strict=False):
            metric, met = float(loss) if self.metric and self.task.judged_by_loss else float("nan"), False
            if outputs is not None:
                with np.errstate(over="ignore", invalid="ignore"):  # a model may be about to diverge
                    metric = float(self.task.score(outputs, batch))
                    met = self.settings.stop_when_solved and bool(self.task.solved(outputs, batch))
            row = Row(self.step, float(self.totals[k] / self.count), float(loss), metric, self.seconds)
            self.histories[k].rows.append(row)
            self._judge(k, row, met and self._confirmed(k), bool(frozen[k]))
        self.totals[:], self.count = 0.0, 0
        self.save()
        if not self.all_may_diverge and all(history.stopped == "diverged" for history in self.histories):
            raise CourseError(
                _("Training a population on {task}, step {step}.").format(task=self.task.name, step=self.step),
                _("The loss or the gradient of every model is not a finite number."),
                do=_("Try smaller learning rates; look also for values in the data that are not finite."),
            )

    def _judge(self, k: int, row: Row, solved: bool, frozen: bool) -> None:
        """Keep the parameters of model k if they are its best, and let it rest where there is a reason."""
        history, settings = self.histories[k], self.settings
        if solved or history.best is row:
            self.best[k] = self.population.parameters(k)
        if frozen:
            history.stopped = "diverged"
        elif solved:
            history.stopped = "solved"
        elif out_of_patience(history, settings.patience):
            history.stopped = "patience"
        elif self.step >= settings.steps:
            history.stopped = "steps"
        if history.stopped in ("solved", "patience"):
            self.population.rest(k)

    def _confirmed(self, k: int) -> bool:
        """Whether model k meets the criterion on as many fresh sequences as the paper judges."""
        asked = self.task.criterion.sequences
        if self._validation.batch.size >= asked:
            return True
        fresh = self.task.batch(stream(self.settings.seed, "valid", self.step), asked, "valid")
        return bool(self.task.solved(next(Portions(fresh, self.task.loss).outputs(self.population, [k])), fresh))

    def interrupt(self) -> None:
        """Stop where we are; a later run goes on from here."""
        self.interrupted = True
        self.save()
        for history in self.histories:
            history.stopped = history.stopped or "interrupted"

    def keep_best(self) -> None:
        """Give every model its best parameters, and let those that rest learn again when somebody asks."""
        self.population.wake()
        for k, best in enumerate(self.best):
            if best is not None:
                self.population.set_parameters(k, best)

    def save(self) -> None:
        """Write the checkpoint."""
        if self.path is None:
            return
        content = {
            "settings": self._described(),
            "step": self.step,
            "population": _as_tensors(self.population.state_dict()),
            "best": _as_tensors(self.best),
            "rows": [[asdict(row) for row in history] for history in self.histories],
            "stopped": [history.stopped for history in self.histories],
            "totals": self.totals.tolist(),
            "count": self.count,
            "seconds": self.seconds,
        }
        files.write(content, self.path)

    def resume(self) -> None:
        """Go to where the checkpoint stands, if there is one."""
        if self.path is None or not self.path.exists():
            return
        names = ("settings", "step", "population", "best", "rows", "stopped", "totals", "count", "seconds")
        state = files.read(self.path, self._described(), names)
        self.population.load_state_dict(_as_arrays(state["population"]))
        self.best, self.totals = _as_arrays(state["best"]), np.array(state["totals"])
        self.step, self.count, self.seconds = state["step"], state["count"], state["seconds"]
        done = "steps" if self.step >= self.settings.steps else ""
        for k, (rows, stopped) in enumerate(zip(state["rows"], state["stopped"], strict=True)):
            kept = "" if stopped == "steps" else stopped
            self.histories[k] = History([Row(**row) for row in rows], kept or done)
            if kept in ("solved", "patience"):
                self.population.rest(k)

    def _described(self) -> dict[str, Any]:
        """What has to be the same for a run to be taken up again."""
        names = [part.name for part in fields(self.population.settings[0]) if part.name != "cell"]
        own = [(s.cell.text, *(getattr(s, name) for name in names)) for s in self.population.settings]
        known = f"{len(own)} models, {sha256(repr(own).encode()).hexdigest()[:12]}"
        numbers = {name: value for name, value in asdict(self.settings).items() if name != "steps"}
        if self.population.per_sequence:
            numbers["per_sequence"] = True
        return {**numbers, "task": named_task(self.task), "population": known, "dtype": str(self.population.dtype)}


def _as_tensors(value: Any) -> Any:
    """A structure with its arrays as tensors, the one kind of array a checkpoint holds."""
    if isinstance(value, dict):
        return {key: _as_tensors(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_tensors(inner) for inner in value]
    return torch.from_numpy(value.copy()) if isinstance(value, np.ndarray) else value


def _as_arrays(value: Any) -> Any:
    """The same backwards."""
    if isinstance(value, dict):
        return {key: _as_arrays(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_arrays(inner) for inner in value]
    return value.numpy() if isinstance(value, torch.Tensor) else value
