"""The one trainer: any model, any task."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from torch import nn

from gatedrnn_course.tasks import Task
from gatedrnn_course.training.bar import bar_over
from gatedrnn_course.training.data import training_batches
from gatedrnn_course.training.history import History
from gatedrnn_course.training.randomness import own_randomness
from gatedrnn_course.training.run import Run, Step
from gatedrnn_course.training.settings import FitSettings, OptimiserName, span
from gatedrnn_course.training.stopping import Interruption
from gatedrnn_course.training.tensors import kind_of

__all__ = ["fit"]


def fit(
    model: nn.Module,
    task: Task,
    *,
    steps: int | None = None,
    epochs: int | None = None,
    batch_size: int = 32,
    optimiser: OptimiserName = "adam",
    learning_rate: float = 1e-3,
    momentum: float = 0.9,
    decay: bool = False,
    clip: float | None = None,
    patience: int | None = None,
    evaluate_every: int | None = None,
    validation: int = 256,
    stop_when_solved: bool = False,
    seed: int = 0,
    checkpoint: str | Path | None = None,
    resume: bool = True,
    progress: bool = True,
    step: Step | None = None,
    watch: Callable[[int, History], None] | None = None,
) -> History:
    """Train a model; it ends with the parameters of its lowest validation loss, or those that solved the task.

    Ctrl-C ends the run after the step at hand and keeps what was done. A run that was killed or interrupted goes on
    from its checkpoint to the numbers of a run without a break, on the same machine, torch and number of threads.

    Args:
        model: Called as `model(inputs, lengths)`, gives raw outputs `(T, B, K)`: a `SequenceModel`, or your own module.
        task: Gives batches, the kind of loss, the metric and the criterion.
        steps: How many batches to train on; or give `epochs`.
        epochs: How often to go through a corpus.
        batch_size: Sequences in a batch.
        optimiser: `adam`, or `sgd` with Nesterov's momentum.
        learning_rate: Of the optimiser.
        momentum: Of `sgd`; `adam` has its own.
        decay: Whether the learning rate falls from step to step, in a straight line, to 0 after the last.
        clip: Largest norm of the gradient, which is scaled down to it; None for no limit.
        patience: Stop when so many evaluations in a row did not improve the validation loss; None: never.
        evaluate_every: Steps between two evaluations; None: 100, or an epoch of a corpus.
        validation: Sequences that a generated task is evaluated on; a corpus has a validation part.
        stop_when_solved: Stop as soon as the paper's criterion is met, on as many fresh validation sequences as the
            paper judges; for a corpus, on its validation part.
        seed: Of batches and dropout. The parameters a run starts from are those of the model.
        checkpoint: A file for the run's state, written at each evaluation; the history goes beside it as `.jsonl`.
        resume: Whether to go on from the checkpoint if it exists.
        progress: Whether to show a bar.
        step: Trains on one batch in place of the trainer's own step; what it needs to clip is its own.
        watch: Told after each step how many are done, and the history so far.

    Returns:
        The history, with the reason why the run ended.

    Raises:
        CourseError: If a setting is impossible, the loss or the gradient is not a finite number, or the checkpoint is
            damaged or another run's.
    """
    steps, evaluate_every = span(task, steps, epochs, batch_size, evaluate_every)
    settings = FitSettings(
        steps=steps,
        evaluate_every=evaluate_every,
        batch_size=batch_size,
        patience=patience,
        validation=validation,
        stop_when_solved=stop_when_solved,
        seed=seed,
        optimiser=optimiser,
        learning_rate=learning_rate,
        momentum=momentum,
        decay=decay,
        clip=clip,
    )
    was_training = model.training
    model.train()
    try:
        with own_randomness(seed, kind_of(model)[0]), Interruption() as interruption:
            run = Run(model, task, settings, None if checkpoint is None else Path(checkpoint), step)
            if resume:
                run.resume()
            with closing(bar_over(settings.steps, run.step, task.name, progress)) as bar:
                _train(run, interruption, bar, watch)
            run.keep_best()
    finally:
        model.train(was_training)
    return run.history


def _train(run: Run, interruption: Interruption, bar: Any, watch: Callable[[int, History], None] | None) -> None:
    """Steps and evaluations until a reason to stop."""
    settings = run.settings
    batches = training_batches(run.task, settings.batch_size, settings.seed, run.step)
    while not run.history.stopped:
        loss = run.train_on(next(batches))
        bar.update()
        if run.step % settings.evaluate_every == 0 or run.step == settings.steps:
            run.evaluate()
            bar.set_postfix(loss=f"{loss:.4g}", validation=f"{run.history[-1].validation:.4g}")
        if interruption.asked and not run.history.stopped:
            run.history.stopped = "interrupted"
            run.save()
        if watch is not None:
            watch(run.step, run.history)
