"""A portion of the study: trials of one variant on one task, trained as one population."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gatedrnn_course.studies.odyssey.sizes import TASKS, Protocol
from gatedrnn_course.studies.odyssey.space import Trial
from gatedrnn_course.studies.odyssey.variants import VARIANTS
from gatedrnn_course.tasks import Split
from gatedrnn_course.tasks.corpus import Corpus

if TYPE_CHECKING:
    from gatedrnn_course.engines.population import Population

__all__ = ["Outcome", "Portion", "train_portion"]


@dataclass(frozen=True)
class Portion:
    """What a process or a machine gets to do.

    Attributes:
        task: Name of the task.
        variant: Name of the variant.
        numbers: The trials' places in the plan of their search.
        trials: Their settings, of similar hidden size.
        seeds: Of their first parameters and noise.
        corpus: The task itself.
        protocol: How they train.
        seed: Of the order of the batches, the same for the whole study.
        both_ways: Whether a second cell reads each sequence from its end.
        device: Where they train.
    """

    task: str
    variant: str
    numbers: tuple[int, ...]
    trials: tuple[Trial, ...]
    seeds: tuple[int, ...]
    corpus: Corpus
    protocol: Protocol
    seed: int
    both_ways: bool = False
    device: str = "cpu"


@dataclass(frozen=True)
class Outcome:
    """What a trial came to, at the parameters of its lowest validation loss.

    Attributes:
        number: Its place in the plan.
        validation: The task's measure on the validation part; NaN where training diverged before the first evaluation.
        loss: The loss there.
        test: The measure on the test part.
        parameters: How many numbers it learned, the read-out's among them.
        best_step: Steps before the best evaluation.
        stopped: `steps`, `patience` or `diverged`.
        seconds: Its share of the portion's time.
    """

    number: int
    validation: float
    loss: float
    test: float
    parameters: int
    best_step: int
    stopped: str
    seconds: float


def train_portion(portion: Portion) -> list[Outcome]:
    """Train and test the trials of a portion.

    Raises:
        KeyboardInterrupt: If somebody pressed Ctrl-C.
    """
    with _one_thread():
        return _train(portion)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Small matrices take torch longer with several threads, and other portions need the other cores."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _train(portion: Portion) -> list[Outcome]:
    from gatedrnn_course.engines.population import Population
    from gatedrnn_course.training import fit_population

    began, corpus, protocol, trials = time.perf_counter(), portion.corpus, portion.protocol, portion.trials
    population = Population(
        VARIANTS[portion.variant].cell,
        corpus.input_size,
        corpus.output_size,
        [trial.hidden_size for trial in trials],
        portion.seeds,
        loss=corpus.loss,
        learning_rates=[protocol.learning_rate(trial) for trial in trials],
        momenta=[trial.momentum for trial in trials],
        noise=[trial.noise for trial in trials],
        bidirectional=portion.both_ways,
        per_sequence=True,
        device=portion.device,
    )
    histories = fit_population(
        population,
        corpus,
        steps=protocol.steps,
        epochs=protocol.epochs,
        batch_size=protocol.batch_size,
        patience=protocol.patience,
        evaluate_every=protocol.evaluate_every,
        seed=portion.seed,
        metric=False,
        progress=False,
        all_may_diverge=True,
    )
    if any(history.stopped == "interrupted" for history in histories):
        raise KeyboardInterrupt
    outcomes = list[Outcome]()
    validations, tests = (_scores(population, portion, split) for split in ("valid", "test"))
    seconds = (time.perf_counter() - began) / len(trials)
    for k, (number, history) in enumerate(zip(portion.numbers, histories, strict=True)):
        best, settings = history.best, population.settings[k]
        known = best is not None and math.isfinite(best.validation)
        outcomes.append(
            Outcome(
                number,
                validation=validations[k] if known else math.nan,
                loss=best.validation if best is not None and known else math.nan,
                test=tests[k] if known else math.nan,
                parameters=sum(math.prod(shape) for shape in settings.shapes.values()),
                best_step=best.step if best is not None else 0,
                stopped=history.stopped,
                seconds=seconds,
            )
        )
    return outcomes


def _scores(population: Population, portion: Portion, split: Split) -> list[float]:
    """The measure of each model on a whole part."""
    from gatedrnn_course.training.portions import Portions

    corpus, measure, models = portion.corpus, TASKS[portion.task], range(len(population))
    batch = corpus.whole(split)
    parts = Portions(batch, corpus.loss)
    with np.errstate(over="ignore", invalid="ignore"):  # a model may have diverged
        if measure.is_loss:
            return [measure.factor * float(loss) for loss in parts.losses(population, models)]
        return [measure.factor * corpus.score(outputs, batch) for outputs in parts.outputs(population, models)]
