"""The training batches of a run by their step, so that a run taken up again reads what it would have read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice

from gatedrnn_course.tasks import Batch, Corpus, Task, stream

__all__ = ["batches_in_epoch", "training_batches", "validation_batch"]


def batches_in_epoch(task: Corpus, size: int) -> int:
    """How many batches of `size` or less hold every training sequence once."""
    return -(-len(task.sequences("train")) // size)


def training_batches(task: Task, size: int, seed: int, start: int = 0) -> Iterator[Batch]:
    """Batches without end, from that of step `start` on (the first step is 0).

    A generated task draws step i from its own stream; a corpus goes through its sequences in epochs, each in an order
    of its own.
    """
    if not isinstance(task, Corpus):
        for step in count(start):
            yield task.batch(stream(seed, "train", step), size)
    else:
        first, skipped = divmod(start, batches_in_epoch(task, size))
        for epoch in count(first):
            yield from islice(task.epoch("train", size, stream(seed, "train", epoch)), skipped, None)
            skipped = 0


def validation_batch(task: Task, size: int, seed: int) -> Batch:
    """The whole validation part of a corpus; `size` sequences of a generated task."""
    return task.whole("valid") if isinstance(task, Corpus) else task.batch(seed, size, "valid")
