"""Sequences, and how they are stacked into one batch with time first."""

from __future__ import annotations

from collections.abc import Sequence as Many
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

__all__ = [
    "Batch",
    "Flags",
    "Floats",
    "Integers",
    "Sequence",
    "at_end",
    "ending_together",
    "inside",
    "most_active",
    "one_hot",
    "stack",
]

Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.integer[Any]]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Batch:
    """B sequences of at most T steps, padded with zeros after their end.

    Attributes:
        inputs: `(T, B, D)`, float64 unless changed with `astype`.
        targets: What the loss compares the outputs with: numbers `(T, B, K)` for `mse` and `bernoulli`; for
            `cross_entropy` classes `(T, B)` in `0..K-1`; for `ctc` labels `(B, L)`, filled with -1.
        mask: `(T, B)`, true at the steps whose outputs count in loss and verdict.
        lengths: `(B,)`, number of steps of each sequence.
        truth: `(T, B, K)`, what outputs are judged against where that is not the target: the set of legal next symbols,
            a target without its noise. None elsewhere.
    """

    inputs: Floats
    targets: NDArray[Any]
    mask: Flags
    lengths: Integers
    truth: Floats | None = None

    @property
    def steps(self) -> int:
        """T, the steps of the longest sequence."""
        return len(self.inputs)

    @property
    def size(self) -> int:
        """B, the number of sequences."""
        return len(self.lengths)

    def astype(self, dtype: DTypeLike) -> Batch:
        """The same batch with inputs, and targets that are not classes, in another float type."""
        targets = self.targets.astype(dtype) if self.targets.dtype.kind == "f" else self.targets
        return replace(self, inputs=self.inputs.astype(dtype), targets=targets)


@dataclass(frozen=True)
class Sequence:
    """One sequence before it is stacked.

    Attributes:
        inputs: `(T, D)`.
        targets: `(T, K)` numbers, `(T,)` classes, or `(L,)` labels for `ctc`.
        scored: `(T,)`, true at the steps that count; None for all of them.
        truth: `(T, K)` as in `Batch`.
    """

    inputs: NDArray[Any]
    targets: NDArray[Any]
    scored: Flags | None = None
    truth: NDArray[Any] | None = None

    def __len__(self) -> int:
        return len(self.inputs)


def inside(lengths: Integers, steps: int) -> Flags:
    """Which steps belong to their sequence: `(T, B)`, true where `t < lengths[b]`."""
    return np.arange(steps)[:, None] < lengths


def ending_together(inputs: NDArray[np.float64], lengths: Integers) -> NDArray[np.float64]:
    """Sequences `(T, B, D)` of these lengths moved to the end, with their padding before them."""
    steps = np.arange(len(inputs))[:, None] - (len(inputs) - lengths)  # (T, B), negative in the padding
    return np.where((steps >= 0)[..., None], inputs[steps, np.arange(len(lengths))], 0.0)


def one_hot(symbols: Integers, kinds: int) -> NDArray[np.float64]:
    """Vectors with a 1 at the symbol's place, `(..., kinds)`; a negative symbol (padding) gives zeros."""
    return np.asarray(symbols[..., None] == np.arange(kinds), np.float64)


def most_active(outputs: Floats) -> Integers:
    """The place of the largest of the last axis, `(...)`; -1, which is no place, if one of them is not a number."""
    return np.where(np.isnan(outputs).any(-1), -1, outputs.argmax(-1))


def at_end(inputs: NDArray[np.float64], lengths: Integers, answers: NDArray[Any], truth: Floats | None = None) -> Batch:
    """A batch whose only scored step is the last of each sequence.

    Args:
        inputs: `(T, B, D)`, already zero after each sequence's end.
        lengths: `(B,)`.
        answers: What to say at the last step: classes `(B,)` or numbers `(B, K)`.
        truth: `(B, K)`, what the answer is judged against where that is not the target.
    """
    mask = np.arange(len(inputs))[:, None] == lengths - 1

    def place(values: NDArray[Any]) -> NDArray[Any]:
        placed = np.zeros((*mask.shape, *values.shape[1:]), values.dtype)
        placed[lengths - 1, np.arange(len(lengths))] = values
        return placed

    return Batch(inputs, place(answers), mask, lengths, None if truth is None else place(truth))


def stack(sequences: Many[Sequence], per_step: bool = True) -> Batch:
    """Sequences of any lengths as one batch.

    Args:
        sequences: At least one.
        per_step: Targets go with steps; False for `ctc`, whose labels have a length of their own.
    """
    lengths = np.array([len(sequence) for sequence in sequences])
    inputs = _pad([sequence.inputs for sequence in sequences], np.float64)
    if per_step:
        first = sequences[0].targets
        targets = _pad([sequence.targets for sequence in sequences], np.float64 if first.ndim > 1 else np.int64)
    else:
        targets = _pad([sequence.targets for sequence in sequences], np.int64, fill=-1).T
    mask = inside(lengths, len(inputs))
    for column, sequence in enumerate(sequences):
        if sequence.scored is not None:
            mask[: len(sequence), column] = sequence.scored
    truths = [sequence.truth for sequence in sequences if sequence.truth is not None]
    return Batch(inputs, targets, mask, lengths, _pad(truths, np.float64) if truths else None)


def _pad(arrays: Many[NDArray[Any]], dtype: DTypeLike, fill: float = 0) -> NDArray[Any]:
    """Arrays `(n_i, ...)` side by side, `(max n, len(arrays), ...)`."""
    shape = (max(map(len, arrays)), len(arrays), *arrays[0].shape[1:])
    padded = np.full(shape, fill, dtype) if fill else np.zeros(shape, dtype)  # zeros cost nothing until written
    for column, array in enumerate(arrays):
        padded[: len(array), column] = array
    return padded
