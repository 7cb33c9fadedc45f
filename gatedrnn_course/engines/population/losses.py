"""The losses of populations in torch; `text_loss` and `text_ctc` have them in C."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from gatedrnn_course.engines.population.rows import Rows
from gatedrnn_course.engines.population.settings import Loss

__all__ = ["losses_of"]


def losses_of(loss: Loss, outputs: Tensor, targets: Tensor, weights: Tensor, rows: Rows | None = None) -> Tensor:
    """The losses (M,) of M models; what has no weight counts for nothing, whatever stands there.

    Args:
        loss: What the outputs mean, as in `tasks.losses.Loss`.
        outputs: Raw outputs of the scored rows (M, rows, K).
        targets: As in `Scored`.
        weights: As in `Scored`.
        rows: Where the steps lie; only `ctc` asks.
    """
    if loss == "ctc":
        assert rows is not None
        return _ctc(rows.spread(outputs), targets, torch.from_numpy(rows.lengths))
    counts = weights != 0
    outputs = torch.where(counts[:, None], outputs, 0.0)
    wanted = torch.where(counts if targets.dim() == 1 else counts[:, None], targets, 0.0)
    if loss == "mse":
        each = ((outputs - wanted) ** 2).mean(-1)
    elif loss == "cross_entropy":
        classes = wanted.long().expand(len(outputs), -1).unsqueeze(-1)
        each = -torch.log_softmax(outputs, -1).gather(-1, classes).squeeze(-1)
    else:
        pairs = outputs, wanted.expand_as(outputs)
        each = functional.binary_cross_entropy_with_logits(*pairs, reduction="none").sum(-1)
    return (each * weights).sum(-1)


def _ctc(outputs: Tensor, labels: Tensor, lengths: Tensor) -> Tensor:
    """Minus the log-probability of the labels, the mean over sequences.

    Args:
        outputs: (M, T, B, K), the last of the K is the blank.
        labels: (B, L), filled with -1.
        lengths: (B,).
    """
    M, T, B, K = outputs.shape
    logs = functional.log_softmax(outputs, -1).transpose(0, 1).reshape(T, M * B, K)
    counts = (labels >= 0).sum(1)
    told = labels.clamp(min=0).repeat(M, 1), lengths.repeat(M), counts.cpu().repeat(M)
    return functional.ctc_loss(logs, *told, blank=K - 1, reduction="none").view(M, B).mean(1)
