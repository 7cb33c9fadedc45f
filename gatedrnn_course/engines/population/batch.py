"""One batch as every tier of a population takes it: inputs, and targets and weights of the scored rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gatedrnn_course.engines.population.settings import Loss
from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["Scored", "as_tensor", "inputs_of", "score"]


@dataclass(frozen=True)
class Scored:
    """Inputs, targets and weights. Rows are those of step 0, then of step 1, and so on.

    Attributes:
        xs: Inputs (T, B, D).
        first: The first row that has a weight.
        targets: From there to the last row that has one: numbers (rows, K), or class numbers (rows,) as numbers.
        weights: Of the same rows (rows,); their sum is 1.
    """

    xs: Tensor
    first: int
    targets: Tensor
    weights: Tensor


def as_tensor(given: Any, what: str) -> Tensor:
    """What was given as a tensor.

    Args:
        given: A tensor, an array, or lists of numbers.
        what: What it is, in words.

    Raises:
        CourseError: If it is no array of numbers.
    """
    try:
        return torch.as_tensor(given).detach()
    except (TypeError, ValueError, RuntimeError) as problem:
        raise CourseError(
            _("A batch for a population."),
            _("The {what} cannot be read as numbers: {problem}.").format(what=what, problem=problem),
            _("They are an array or a tensor of numbers."),
        ) from problem


def inputs_of(inputs: Any, size: int, dtype: torch.dtype) -> Tensor:
    """Inputs (T, B, D) as a tensor of the population's type.

    Raises:
        CourseError: If the shape does not fit.
    """
    xs = as_tensor(inputs, _("inputs")).to("cpu", dtype).contiguous()
    if xs.dim() != 3 or xs.shape[2] != size or 0 in xs.shape[:2]:
        raise CourseError(
            _("A population with inputs of size {size}.").format(size=size),
            _("The inputs have shape {shape}.").format(shape=tuple(xs.shape)),
            _("They are (T, B, {size}), with at least one step and one sequence.").format(size=size),
        )
    return xs


def score(xs: Tensor, targets: Any, mask: Any, loss: Loss, outputs: int) -> Scored:
    """Find the scored rows of a batch.

    Args:
        xs: Inputs (T, B, D).
        targets: Numbers (T, B, K), or classes (T, B) for `cross_entropy`; without the first axis the last step alone
            is scored.
        mask: Which steps count, or how much, (T, B); all of them where left out.
        loss: What the outputs mean.
        outputs: K.

    Raises:
        CourseError: If shapes do not fit, a class is none of the K, or no row has a weight.
    """
    wanted = as_tensor(targets, _("targets")).to("cpu", xs.dtype)
    T, B = xs.shape[:2]
    rest = () if loss == "cross_entropy" else (outputs,)
    last = tuple(wanted.shape) == (B, *rest) and (mask is None or T == 1)
    if not last and tuple(wanted.shape) != (T, B, *rest):
        raise _misfit(_("The targets have shape {shape}."), wanted.shape, ("T", "B", *rest), T, B)
    rows = wanted.reshape(-1, *rest)
    weights = torch.zeros(T, B, dtype=xs.dtype)
    weights[T - 1 if last else 0 :] = 1
    if mask is not None:
        weights = as_tensor(mask, _("mask")).to("cpu", xs.dtype)
        if tuple(weights.shape) != (T, B):
            raise _misfit(_("The mask has shape {shape}."), weights.shape, ("T", "B"), T, B)
    weights = weights.reshape(-1)
    found = np.flatnonzero(weights.numpy())
    if not len(found) or not float(weights.sum()) > 0:
        raise CourseError(_("A batch for a population."), _("The mask leaves nothing to score."))
    first, end = int(found[0]), int(found[-1]) + 1
    rows = rows[:end] if last else rows[first:end]
    weights = (weights[first:end] / weights.sum()).contiguous()
    _check_classes(rows[weights != 0], loss, outputs)
    return Scored(xs, first, rows.contiguous(), weights)


def _check_classes(classes: Tensor, loss: Loss, outputs: int) -> None:
    if loss == "cross_entropy" and not bool(((classes >= 0) & (classes < outputs)).all()):
        raise CourseError(
            _("A batch for a population with {outputs} classes.").format(outputs=outputs),
            _("A target is none of 0 to {most}.").format(most=outputs - 1),
        )


def _misfit(came: str, shape: Any, wanted: tuple[Any, ...], T: int, B: int) -> CourseError:
    return CourseError(
        _("A batch of {T} steps and {B} sequences for a population.").format(T=T, B=B),
        came.format(shape=tuple(shape)),
        _("It should be ({wanted}).").format(wanted=", ".join(map(str, wanted))),
    )
