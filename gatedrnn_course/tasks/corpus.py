"""Tasks whose sequences are a collection in three parts, not an endless stream."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from collections.abc import Sequence as Many

import numpy as np

from gatedrnn_course.tasks.batch import Batch, Flags, Floats, Sequence, stack
from gatedrnn_course.tasks.contract import Split, Task, at_least
from gatedrnn_course.tasks.ctc import best_path, edit_distance
from gatedrnn_course.tasks.losses import best_constant, best_constant_ctc
from gatedrnn_course.text import _

__all__ = ["Corpus", "Transcription"]


class Corpus(Task):
    """A task with a fixed collection of sequences for training, validation and test."""

    @abstractmethod
    def sequences(self, split: Split) -> Many[Sequence]:
        """All sequences of one part, in a fixed order."""

    def stack(self, sequences: Many[Sequence]) -> Batch:
        """Sequences as one batch."""
        return stack(sequences, per_step=self.loss != "ctc")

    def draw(self, rng: np.random.Generator, size: int, split: Split) -> Batch:
        """Sequences drawn from one part, without repetition as long as there are enough."""
        collection = self.sequences(split)
        chosen = rng.choice(len(collection), size, replace=size > len(collection))
        return self.stack([collection[i] for i in chosen])

    def epoch(self, split: Split, size: int, rng: np.random.Generator | None = None) -> Iterator[Batch]:
        """Every sequence of one part once, in batches of `size` or less at the end; shuffled with a generator."""
        at_least("size", size, 1)
        collection = self.sequences(split)
        order = np.arange(len(collection)) if rng is None else rng.permutation(len(collection))
        for start in range(0, len(order), size):
            yield self.stack([collection[i] for i in order[start : start + size]])

    def whole(self, split: Split) -> Batch:
        """Every sequence of one part as one batch, in order: large where lengths differ much, as in music."""
        return self.stack(self.sequences(split))

    @property
    def chance(self) -> float:
        """Loss of the best constant guess, fitted to the whole training part."""
        parts = self.sequences("train")
        scored = [part.targets if part.scored is None else part.targets[part.scored] for part in parts]
        return best_constant(self.loss, np.concatenate(scored))


class Transcription(Corpus):
    """Sequences to be written as labels without places in time: CTC loss, best-path decoding, character error rate.

    Source: the handwriting task of Greff et al. 2017. A sequence is right when its labels are exact.
    """

    loss = "ctc"
    lower_is_better = True

    @property
    def metric(self) -> str:
        """What `score` measures, in words."""
        return _("character error rate")

    def read(self, outputs: Floats, batch: Batch) -> list[list[int]]:
        """The labels that best-path decoding finds in each sequence's outputs."""
        return [best_path(outputs[:length, b]) for b, length in enumerate(batch.lengths)]

    def distances(self, outputs: Floats, batch: Batch) -> tuple[Floats, Floats]:
        """Edit distance and number of labels of each sequence, both `(B,)`."""
        labels = [row[row >= 0].tolist() for row in batch.targets]
        apart = map(edit_distance, self.read(outputs, batch), labels)
        return np.array(list(apart), float), np.array(list(map(len, labels)), float)

    def correct(self, outputs: Floats, batch: Batch) -> Flags:
        """Which sequences are read without a fault: `(B,)`."""
        return np.asarray(self.distances(outputs, batch)[0] == 0)

    def errors(self, outputs: Floats, batch: Batch) -> Floats:
        """Edit distance over number of labels: `(B,)`."""
        apart, labels = self.distances(outputs, batch)
        return np.asarray(apart / np.maximum(labels, 1))

    def score(self, outputs: Floats, batch: Batch) -> float:
        """Character error rate: all edit distances over all labels."""
        apart, labels = self.distances(outputs, batch)
        return float(apart.sum() / labels.sum())

    @property
    def chance(self) -> float:
        """Loss of the best constant guess, fitted to the first 20 training sequences."""
        return best_constant_ctc(self.stack(self.sequences("train")[:20]), self.output_size)
