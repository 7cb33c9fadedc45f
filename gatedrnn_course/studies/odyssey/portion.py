"""A portion of the study: trials of one variant on one task, trained as one population."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gatedrnn_course.studies.odyssey.sizes import TASKS, Protocol
from gatedrnn_course.studies.odyssey.space import Trial
from gatedrnn_course.studies.odyssey.variants import VARIANTS
from gatedrnn_course.tasks.corpus import Corpus

if TYPE_CHECKING:
    from gatedrnn_course.engines.population import Population

__all__ = ["Outcome", "Portion", "train_portion"]

AT_ONCE = 64
"""Sequences that a model is tested on at once."""


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
        progress=False,
        all_may_diverge=True,
    )
    if any(history.stopped == "interrupted" for history in histories):
        raise KeyboardInterrupt
    factor, outcomes = TASKS[portion.task].factor, list[Outcome]()
    tests = _tests(population, corpus)
    seconds = (time.perf_counter() - began) / len(trials)
    for k, (number, history) in enumerate(zip(portion.numbers, histories, strict=True)):
        best, settings = history.best, population.settings[k]
        known = best is not None and math.isfinite(best.validation)
        outcomes.append(
            Outcome(
                number,
                validation=factor * best.metric if best is not None and known else math.nan,
                loss=best.validation if best is not None and known else math.nan,
                test=factor * tests[k] if known else math.nan,
                parameters=sum(math.prod(shape) for shape in settings.shapes.values()),
                best_step=best.step if best is not None else 0,
                stopped=history.stopped,
                seconds=seconds,
            )
        )
    return outcomes


def _tests(population: Population, corpus: Corpus) -> list[float]:
    """The score of each model on the whole test part: that of batches, weighted by what each scores."""
    totals, weights = np.zeros(len(population)), 0
    for batch in corpus.epoch("test", AT_ONCE):
        weight = _weight(corpus, batch)
        with np.errstate(over="ignore", invalid="ignore"):  # a model may have diverged
            scores = [
                corpus.score(outputs, batch) for outputs in population.outputs(batch.inputs, lengths=batch.lengths)
            ]
        totals, weights = totals + weight * np.array(scores), weights + weight
    return [float(total) for total in totals / weights]


def _weight(corpus: Corpus, batch: Any) -> int:
    """What a batch's score is a mean over: labels for CTC, else scored steps."""
    return int(np.count_nonzero(batch.targets >= 0 if corpus.loss == "ctc" else batch.mask))
