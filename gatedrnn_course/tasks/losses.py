"""The four kinds of loss in NumPy: what each means, its answers, and the best that a constant guess can do.

The training room maps the same four kinds to torch; these are the numbers to agree with.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.tasks.batch import Batch, Floats, one_hot
from gatedrnn_course.tasks.ctc import ctc_loss

__all__ = ["Loss", "answers", "best_constant", "best_constant_ctc", "log_softmax", "loss_value", "wanted"]

Loss = Literal["mse", "cross_entropy", "bernoulli", "ctc"]
"""What a task's outputs mean and how they are scored. Outputs are raw: the values of the linear read-out.

`mse`: the outputs are the answers; the mean over scored steps and outputs of (output - target)².
`cross_entropy`: logits of one class among K; the mean over scored steps of -log softmax(outputs)[target], in nats.
`bernoulli`: logits of K yes-or-no answers; the mean over scored steps of their summed binary cross-entropies, in nats.
`ctc`: logits of K-1 labels and a blank (the last); the mean over sequences of -log p(labels), in nats.
"""


def log_softmax(outputs: Floats) -> Floats:
    """Logarithms of the probabilities over the last axis."""
    shifted = outputs - outputs.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def answers(loss: Loss, outputs: Floats) -> Floats:
    """Raw outputs `(T, B, K)` as answers: values for `mse`, probabilities for the others."""
    if loss == "mse":
        return outputs
    if loss == "bernoulli":
        return np.asarray((1 + np.tanh(outputs / 2)) / 2)
    return np.asarray(np.exp(log_softmax(outputs)))


def wanted(batch: Batch, kinds: int) -> Floats:
    """What the answers are judged against, `(T, B, K)`: the truth where the batch has one, else the targets."""
    if batch.truth is not None:
        return batch.truth
    return one_hot(batch.targets, kinds) if batch.targets.dtype.kind == "i" else batch.targets


def loss_value(loss: Loss, outputs: Floats, batch: Batch) -> float:
    """The loss of raw outputs `(T, B, K)` on a batch; see `Loss` for each kind's definition and unit."""
    if loss == "ctc":
        logs = log_softmax(outputs).astype(np.float64)
        each = [
            ctc_loss(logs[:length, b], labels[labels >= 0])
            for b, (length, labels) in enumerate(zip(batch.lengths, batch.targets, strict=True))
        ]
        return float(np.mean(each))
    scored, targets = outputs[batch.mask], batch.targets[batch.mask]
    if loss == "mse":
        return float(np.mean((scored - targets) ** 2))
    if loss == "cross_entropy":
        return float(-np.mean(log_softmax(scored)[np.arange(len(targets)), targets]))
    return float(np.mean(np.sum(np.logaddexp(0, scored) - targets * scored, axis=-1)))


def best_constant(loss: Loss, targets: NDArray[Any]) -> float:
    """The loss of the best outputs that are the same at every step of every sequence; not for `ctc`.

    Args:
        loss: Its kind.
        targets: Those of the scored steps: numbers `(N, K)` or classes `(N,)`.
    """
    if loss == "mse":
        return float(np.mean(np.var(targets, axis=0)))
    if loss == "cross_entropy":
        return _entropy(np.bincount(targets) / len(targets))
    on = targets.mean(axis=0)
    return _entropy(np.concatenate([on, 1 - on]))


def best_constant_ctc(batch: Batch, kinds: int) -> float:
    """The CTC loss of constant outputs: labels as frequent as in the batch, the blank's share searched by 5 %."""
    labels = batch.targets[batch.targets >= 0]
    frequencies = np.bincount(labels, minlength=kinds)[:-1] / len(labels)
    guesses = (np.append((1 - blank) * frequencies, blank) for blank in np.linspace(0.05, 0.95, 19))
    with np.errstate(divide="ignore"):
        outputs = [np.broadcast_to(np.log(guess), (*batch.mask.shape, kinds)) for guess in guesses]
    return min(loss_value("ctc", constant, batch) for constant in outputs)


def _entropy(probabilities: Floats) -> float:
    positive = probabilities[probabilities > 0]
    return float(-np.sum(positive * np.log(positive)))
