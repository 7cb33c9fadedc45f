"""The learner's model and step as the trainer takes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.items import TrainedItem
from gatedrnn_course.grading.items.trained_item import checked
from gatedrnn_course.text import _
from gatedrnn_course.training.run import Step
from gatedrnn_course.training.tensors import Tensors

__all__ = ["Whole", "made", "stepping"]


class Whole(nn.Module):
    """A model whose outputs have a row for every step of the sequence, whichever last ones it answers at.

    Args:
        model: The learner's: `model(xs) -> outputs, state`, or the outputs alone.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, xs: Tensor, _lengths: Tensor | None = None) -> Tensor:
        """Outputs `(T, B, K)` of sequences `(T, B, D)`; zeros where the model says nothing."""
        value = self.model(xs)
        outputs: Tensor = value[0] if isinstance(value, (tuple, list)) else value
        missing = xs.shape[0] - outputs.shape[0]
        return torch.cat([outputs.new_zeros(missing, *outputs.shape[1:]), outputs]) if missing > 0 else outputs


def made(item: TrainedItem, cls: Callable[..., Any], seed: int, device: str) -> nn.Module:
    """A model of the learner's class with the parameters that training begins with.

    Raises:
        CourseError: If the class cannot be made, or has other parameters.
    """
    try:
        model = cls(*item.sizes)
        own = {name: tensor.detach().numpy() for name, tensor in model.named_parameters()}
    except Exception as error:  # any fault of the learner's class; check() explains it
        raise _failed(item.name, error) from error
    try:
        checked(own, item.shapes, item.name)
    except CourseError as told:
        asked = _("`{name}` has other parameters than the exercise names.").format(name=item.name)
        do = _("check({name}) says more.").format(name=item.name)
        raise CourseError(asked, told.came.replace(_("The file"), f"`{item.name}`"), do=do) from None
    first = item.training.start(seed)
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            tensor.copy_(torch.from_numpy(first[name]))
    trained: nn.Module = model.to(device=device, dtype=torch.float32)
    return trained


def stepping(step: Callable[..., Any], item: TrainedItem) -> Step:
    """The learner's step as one of the trainer's; a model that answers at the end is asked at that one step.

    Args:
        step: `train_step(model, optimiser, xs, targets, lengths, state, max_norm) -> loss, state`.
        item: Says which largest norm.
    """
    name = getattr(step, "__name__", "train_step")

    def once(whole: nn.Module, optimiser: torch.optim.Optimizer, batch: Tensors) -> float:
        model: Any = whole.model
        size = batch.inputs.shape[1]
        targets, lengths = batch.targets, batch.lengths.to(batch.inputs.device)
        if not bool(batch.mask[:-1].any()):
            targets, lengths = targets[-1:], torch.ones_like(lengths)
        state = (batch.inputs.new_zeros(size, item.sizes[-1]),) * 2
        try:
            value = step(model, optimiser, batch.inputs, targets, lengths, state, item.training.max_norm)
            return float(value[0])
        except Exception as error:
            raise _failed(name, error) from error

    return once


def _failed(name: str, error: Exception) -> CourseError:
    came = f"{type(error).__name__}: {str(error)[:300]}"
    asked = _("`{name}` raised an exception, so nothing was trained.").format(name=name)
    return CourseError(asked, came, do=_("check({name}) says more.").format(name=name))
