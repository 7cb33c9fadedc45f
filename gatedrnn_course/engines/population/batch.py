"""One batch as every tier of a population takes it: inputs, and targets and weights of the scored rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gatedrnn_course.engines.population.rows import Rows
from gatedrnn_course.engines.population.settings import Loss
from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["Scored", "as_tensor", "inputs_of", "score"]


@dataclass(frozen=True)
class Scored:
    """What is asked of the outputs.

    Attributes:
        rows: Where the steps of the sequences lie.
        first: The first row that has a weight.
        targets: From there to the last row that has one: numbers (rows, K), or class numbers (rows,) as numbers. For
            `ctc` labels (B, L), filled with -1.
        weights: Of the same rows (rows,); their sum is 1.
        total: What they were divided by for that; for `ctc` the number of sequences.
    """

    rows: Rows
    first: int
    targets: Tensor
    weights: Tensor
    total: float

    @property
    def steps(self) -> float:
        """The scored steps of a sequence, in the mean over sequences; 1 for `ctc`."""
        return self.total / self.rows.B

    def summed(self) -> Scored:
        """The same, for the loss summed over the steps of a sequence, in the mean over sequences."""
        return replace(self, weights=self.weights * self.steps)


def as_tensor(given: Any, what: str) -> Tensor:
    """What was given as a tensor.

    Args:
        given: A tensor, an array, or lists of numbers.
        what: What it is, in words.

    Raises:
        CourseError: If it is no array of numbers.
    """
    if isinstance(given, np.ndarray) and not given.flags.writeable:
        given = given.copy()  # torch would warn, as tensors are always writeable
    try:
        return torch.as_tensor(given).detach()
    except (TypeError, ValueError, RuntimeError) as problem:
        raise CourseError(
            _("A batch for a population."),
            _("The {what} cannot be read as numbers: {problem}.").format(what=what, problem=problem),
            _("They are an array or a tensor of numbers."),
        ) from problem


def inputs_of(inputs: Any, size: int) -> Tensor:
    """Inputs (T, B, D) as a tensor on the CPU.

    Raises:
        CourseError: If the shape does not fit.
    """
    xs = as_tensor(inputs, _("inputs")).cpu()
    if xs.dim() != 3 or xs.shape[2] != size or 0 in xs.shape[:2]:
        raise CourseError(
            _("A population with inputs of size {size}.").format(size=size),
            _("The inputs have shape {shape}.").format(shape=tuple(xs.shape)),
            _("They are (T, B, {size}), with at least one step and one sequence.").format(size=size),
        )
    return xs


def score(rows: Rows, targets: Any, mask: Any, loss: Loss, outputs: int, dtype: torch.dtype) -> Scored:
    """Find the scored rows of a batch.

    Args:
        rows: Where its steps lie.
        targets: Numbers (T, B, K), or classes (T, B) for `cross_entropy`; without the first axis the last step of each
            sequence alone is scored. Labels (B, L) for `ctc`.
        mask: Which steps count, or how much, (T, B); all of them where left out, and never one after a sequence's end.
            For `ctc` it says nothing.
        loss: What the outputs mean.
        outputs: K.
        dtype: The type of targets and weights.

    Raises:
        CourseError: If shapes do not fit, a class or a label is none of the K, or no row has a weight.
    """
    if loss == "ctc":
        return _spelled(rows, targets, outputs, dtype)
    T, B = rows.T, rows.B
    wanted = as_tensor(targets, _("targets")).cpu()
    rest = () if loss == "cross_entropy" else (outputs,)
    last = tuple(wanted.shape) == (B, *rest) and (mask is None or T == 1)
    if not last and tuple(wanted.shape) != (T, B, *rest):
        raise _misfit(_("The targets have shape {shape}."), wanted.shape, ("T", "B", *rest), T, B)
    weights = _weights(rows, mask, last, dtype)
    found = np.flatnonzero(weights.numpy())
    if not len(found) or not float(weights.sum()) > 0:
        raise CourseError(_("A batch for a population."), _("The mask leaves nothing to score."))
    first, end = (int(found[0]), int(found[-1]) + 1) if rows.packed else (0, len(weights))
    wanted = rows.take(wanted.expand(T, B, *rest), first, end).to(dtype)
    total = weights.sum()
    weights = (weights[first:end] / total).contiguous()
    _check_classes(wanted[weights != 0], loss, outputs)
    return Scored(rows, first, wanted.contiguous(), weights, float(total))


def _weights(rows: Rows, mask: Any, last: bool, dtype: torch.dtype) -> Tensor:
    """The weight of every row (N,)."""
    weights = rows.last if last else rows.inside
    if mask is not None:
        given = as_tensor(mask, _("mask")).cpu()
        if given.shape != weights.shape:
            raise _misfit(_("The mask has shape {shape}."), given.shape, ("T", "B"), rows.T, rows.B)
        weights = torch.where(weights, given, torch.zeros_like(given))
    return rows.take(weights).to(dtype)


def _check_classes(classes: Tensor, loss: Loss, outputs: int) -> None:
    if loss == "cross_entropy" and not bool(((classes >= 0) & (classes < outputs)).all()):
        raise CourseError(
            _("A batch for a population with {outputs} classes.").format(outputs=outputs),
            _("A target is none of 0 to {most}.").format(most=outputs - 1),
        )


def _spelled(rows: Rows, targets: Any, outputs: int, dtype: torch.dtype) -> Scored:
    """A batch whose targets are labels; each sequence has steps enough to spell them."""
    labels = as_tensor(targets, _("targets")).to("cpu", torch.long)
    asked = _("A batch for a population with {labels} labels and a blank.").format(labels=outputs - 1)
    if labels.dim() != 2 or len(labels) != rows.B:
        raise CourseError(
            asked,
            _("The targets have shape {shape}.").format(shape=tuple(labels.shape)),
            _("They are (B, L) with B = {B}: the labels of each sequence, filled with -1.").format(B=rows.B),
        )
    if bool((labels >= outputs - 1).any() | ((labels < 0) & (labels != -1)).any()):
        raise CourseError(asked, _("A label is none of 0 to {most}.").format(most=outputs - 2))
    counts = (labels >= 0).sum(1)
    if bool(((labels >= 0) != (torch.arange(labels.shape[1]) < counts[:, None])).any()):
        raise CourseError(asked, _("A label follows a -1."), _("-1 stands after the last label only."))
    repeats = ((labels[:, 1:] == labels[:, :-1]) & (labels[:, 1:] >= 0)).sum(1)
    short = np.flatnonzero((counts + repeats).numpy() > rows.lengths)
    if len(short):
        raise CourseError(
            asked,
            _("Sequence {b} has {steps} steps for {count} labels, {repeats} of them the same as before.").format(
                b=short[0], steps=rows.lengths[short[0]], count=int(counts[short[0]]), repeats=int(repeats[short[0]])
            ),
            _("Each label takes a step, and a blank stands between two that are the same."),
        )
    return Scored(rows, 0, labels, torch.full((rows.count,), 1 / rows.count, dtype=dtype), rows.B)


def _misfit(came: str, shape: Any, wanted: tuple[Any, ...], T: int, B: int) -> CourseError:
    return CourseError(
        _("A batch of {T} steps and {B} sequences for a population.").format(T=T, B=B),
        came.format(shape=tuple(shape)),
        _("It should be ({wanted}).").format(wanted=", ".join(map(str, wanted))),
    )
