"""How large the study is: for a lesson, reduced to a coffee break, or the paper's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gatedrnn_course.lookup import Named
from gatedrnn_course.studies.odyssey.space import PAPER, Range, Space, Trial
from gatedrnn_course.studies.statistics import Interval
from gatedrnn_course.tasks import DigitFrames, IamOnDB, Music, StrokePoints, Strokes, Timit
from gatedrnn_course.tasks.corpus import Corpus
from gatedrnn_course.text import mark

__all__ = ["SIZES", "TASKS", "Corpora", "Measure", "Protocol", "Size"]


@dataclass(frozen=True)
class Measure:
    """What a task's trials are judged by.

    Attributes:
        title: The task in words.
        unit: What the numbers are.
        factor: What the task's own score is multiplied by.
        is_loss: Whether the score is the loss.
        digits: Places behind the point that are shown.
    """

    title: str
    unit: str
    factor: float
    is_loss: bool = False
    digits: int = 2

    def shown(self, number: float | Interval) -> str:
        """A number of this measure as text, an interval with its ends."""
        return format(number, f".{self.digits}f")


TASKS: Named[Measure] = Named(
    mark("A task of the Search Space Odyssey."),
    {
        "speech": Measure(mark("speech"), mark("% of frames wrong"), 100.0),
        "handwriting": Measure(mark("handwriting"), mark("% of points or characters wrong"), 100.0),
        "music": Measure(mark("music"), mark("nats a step"), 1.0, is_loss=True, digits=3),
    },
)
"""The three tasks, in the paper's order."""


@dataclass(frozen=True)
class Protocol:
    """How every trial of a size is trained.

    Attributes:
        batch_size: Sequences in a step.
        steps: Steps of training; None where `epochs` counts.
        epochs: Passes through the training part at most.
        patience: Evaluations without a better validation loss after which a trial ends.
        evaluate_every: Steps between two evaluations; None: a pass through the training part.
    """

    batch_size: int
    steps: int | None = None
    epochs: int | None = None
    patience: int | None = None
    evaluate_every: int | None = None

    def learning_rate(self, trial: Trial) -> float:
        """The rate of a step: what a sequence has, times the sequences in a batch.

        A batch averages over its sequences. So that as much is learned from a sequence as if each had a step of its
        own, the rate grows with the batch.

        Source: the linear scaling rule of Goyal et al. 2017, section 2.1.
        """
        return trial.learning_rate * self.batch_size


@dataclass(frozen=True)
class Corpora:
    """Where licensed corpora lie, for the paper's size; without them freely available ones take their place.

    Attributes:
        timit: TIMIT's folder.
        iam: IAM-OnDB's folder.
    """

    timit: Path | None = None
    iam: Path | None = None


@dataclass(frozen=True)
class Size:
    """A size of the study.

    Attributes:
        title: In words.
        trials: Of each variant on each task.
        share: Which share of them, by validation, is compared.
        space: What settings are drawn from.
        protocol: How they train.
        tasks: What makes each task.
        both_ways: Tasks that are read in both directions.
        portion: Trials that are trained as one population on a CPU; a GPU takes those of a search at once. More cost
            less each, fewer lose less when a study is killed.
        resamples: Samples behind an interval of a share of variance.
    """

    title: str
    trials: int
    share: float
    space: Space
    protocol: Protocol
    tasks: Mapping[str, Callable[[Corpora], Corpus]]
    both_ways: frozenset[str] = field(default=frozenset())
    portion: int = 20
    resamples: int = 50


def _speech(corpora: Corpora) -> Corpus:
    return DigitFrames() if corpora.timit is None else Timit(corpora.timit)


def _handwriting(corpora: Corpora) -> Corpus:
    return Strokes() if corpora.iam is None else IamOnDB(corpora.iam)


_SMALL = Space(hidden_size=Range(16, 16, log=True))

SIZES: Named[Size] = Named(
    mark("A size of the Search Space Odyssey."),
    {
        "lesson": Size(
            mark("under a minute: 540 runs of 125 steps"),
            trials=20,
            share=0.25,
            space=_SMALL,
            protocol=Protocol(16, steps=125, evaluate_every=125),
            tasks={
                "speech": lambda _corpora: DigitFrames(stand_in="offline"),
                "handwriting": lambda _corpora: StrokePoints(letters=(1, 1), words=(400, 100, 100), stand_in="offline"),
                "music": lambda _corpora: Music(longest=40, stand_in="offline"),
            },
            resamples=10,
        ),
        "reduced": Size(
            mark("5,400 runs of 16 units, 1,250 batches of 16 sequences each, losses at every step"),
            trials=200,
            share=0.1,
            space=_SMALL,
            protocol=Protocol(16, steps=1250, evaluate_every=125),
            tasks={
                "speech": lambda _corpora: DigitFrames(),
                "handwriting": lambda _corpora: StrokePoints(letters=(1, 2)),
                "music": lambda _corpora: Music(),
            },
            portion=50,
        ),
        "paper": Size(
            mark("the paper's protocol: 20 to 200 units, one sequence a step, 150 epochs at most"),
            trials=200,
            share=0.1,
            space=PAPER,
            protocol=Protocol(1, epochs=150, patience=15),
            tasks={"speech": _speech, "handwriting": _handwriting, "music": lambda _corpora: Music()},
            both_ways=frozenset({"speech", "handwriting"}),
            portion=40,
        ),
    },
)
"""The sizes by name. `lesson` and `reduced` have 16 units, so nothing is said there of the hidden size.

In `reduced` sequences have the tasks' own lengths: spoken digits 42 frames in the mean (at most 226), words of one or
two letters 83 points (at most 281), chorales 59 steps (at most 159). Its 1,250 batches of 16 are 20 times 1,000
sequences.
"""
