"""The four kinds of loss in torch: the numbers of `tasks.losses.loss_value`, with gradients."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from gatedrnn_course.tasks import Loss
from gatedrnn_course.training.tensors import Tensors

__all__ = ["loss_of"]


def loss_of(kind: Loss, outputs: Tensor, batch: Tensors) -> Tensor:
    """The loss of raw outputs on a batch, a number without axes.

    Args:
        kind: `mse`, `cross_entropy`, `bernoulli` or `ctc`, as defined and with the units given at `tasks.losses.Loss`.
        outputs: `(T, B, K)`, the values of a linear read-out.
        batch: What was asked.
    """
    if kind == "ctc":
        return _ctc(outputs, batch)
    scored, targets = outputs[batch.mask], batch.targets[batch.mask]  # (N, K), and (N, K) or (N,)
    if kind == "mse":
        return functional.mse_loss(scored, targets)
    if kind == "cross_entropy":
        return functional.cross_entropy(scored, targets)
    return functional.binary_cross_entropy_with_logits(scored, targets, reduction="none").sum(-1).mean()


def _ctc(outputs: Tensor, batch: Tensors) -> Tensor:
    """Minus the log-probability of the labels, the mean over sequences; infinite where no path spells them."""
    counts = (batch.targets >= 0).sum(1)
    logs = functional.log_softmax(outputs, -1)
    blank = outputs.shape[-1] - 1
    spelled = batch.targets.clamp(min=0)
    lengths = batch.lengths.to(torch.long)
    return functional.ctc_loss(logs, spelled, lengths, counts.cpu(), blank, reduction="none").mean()
