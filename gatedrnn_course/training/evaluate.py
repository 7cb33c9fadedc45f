"""How well a model does, by its loss, its task's metric and the paper's criterion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from gatedrnn_course.tasks import Batch, Corpus, Split, Task
from gatedrnn_course.training.loss import loss_of
from gatedrnn_course.training.tensors import Tensors, kind_of, to_tensors

__all__ = ["Score", "evaluate", "outputs_of", "score"]

AT_ONCE = 256  # sequences that run side by side


@dataclass(frozen=True)
class Score:
    """A model's result on some sequences.

    Attributes:
        loss: Of the task's kind.
        metric: What the task's `score` gives; `task.metric` names it.
        solved: Whether the paper's criterion is met.
        sequences: How many were judged.
    """

    loss: float
    metric: float
    solved: bool
    sequences: int


def evaluate(
    model: nn.Module, task: Task, split: Split = "test", *, sequences: int | None = None, seed: int = 0
) -> Score:
    """Judge a model on one part of a task.

    Args:
        model: Called as `model(inputs, lengths)`, gives raw outputs `(T, B, K)`.
        task: The task.
        split: `valid` or `test`; `train` for sequences of the training's kind.
        sequences: How many fresh sequences to draw; None: as many as the paper judges, or all of a corpus.
        seed: Chooses the sequences of a generated task.
    """
    if isinstance(task, Corpus) and sequences is None:
        return score(model, task, task.whole(split))
    return score(model, task, task.batch(seed, sequences or task.criterion.sequences, split))


def score(model: nn.Module, task: Task, batch: Batch) -> Score:
    """Judge a model on a batch. Its mode, training or not, is the same afterwards."""
    device, dtype = kind_of(model)
    tensors = to_tensors(batch, device, dtype)
    outputs = outputs_of(model, tensors)
    raw: NDArray[np.floating] = outputs.double().cpu().numpy()
    loss = float(loss_of(task.loss, outputs, tensors))
    return Score(loss, float(task.score(raw, batch)), bool(task.solved(raw, batch)), batch.size)


def outputs_of(model: nn.Module, batch: Tensors) -> torch.Tensor:
    """Raw outputs `(T, B, K)` without dropout and gradients, `AT_ONCE` sequences at a time."""
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            parts = zip(torch.split(batch.inputs, AT_ONCE, 1), torch.split(batch.lengths, AT_ONCE), strict=True)
            return torch.cat([model(inputs, lengths) for inputs, lengths in parts], 1)
    finally:
        model.train(was_training)
