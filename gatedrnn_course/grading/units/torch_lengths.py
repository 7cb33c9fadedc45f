"""Sequences of unequal length in unit 06: the last real state of each, and the loss over the real steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from gatedrnn_course.grading.items import Draw, DrivenItem, TextMistake
from gatedrnn_course.grading.items.driven_item import replaced
from gatedrnn_course.grading.units.torch_pieces import CUT, call_with, inputs_of, sizes_of
from gatedrnn_course.text import mark

__all__ = ["MASKED_LOSS", "last_states_item", "masked_loss_item"]

Hints = tuple[str, str, str]

_LAST = """
import torch

def last_states(hs, lengths):
    rows = torch.arange(hs.shape[1], device=hs.device)
    return hs[lengths - 1, rows]
"""
_LAST_GIVEN = "return hs[lengths - 1, rows]"


def _lengths(rng: np.random.Generator, T: int, B: int) -> Any:
    """Unequal lengths from 1 to T."""
    return np.asarray(rng.permutation(np.resize(np.arange(T) + 1, max(B, T)))[:B])


def _last(words: str, given: str) -> TextMistake:
    return TextMistake(words, replaced(_LAST, (_LAST_GIVEN, f"return {given}")))


def last_states_item(points: int, hints: Hints) -> DrivenItem:
    """The state of each sequence at its own last step."""

    def draws(rng: np.random.Generator) -> tuple[Draw, ...]:
        rows = [("batch", (7, 3, 0, 2)), ("batch", (4, 6, 0, 3)), *sizes_of(rng)]
        drawn = []
        for k, (kind, (T, B, _D, H)) in enumerate(rows):
            hs = rng.normal(size=(T, B, H))
            lengths = _lengths(rng, T - (k == 0), B)  # once the padding is longer than it need be
            drawn.append(call_with(rng, kind, {"hs": hs, "lengths": lengths}, {"h": (B, H)}))
        return tuple(drawn)

    return DrivenItem(
        "last_states",
        points,
        mark("The state after the last real step of each sequence."),
        hints,
        head=("hs", "lengths"),
        sections={
            "Args:": {
                "hs": mark("every h, time first; what lies behind a sequence's end is padding, (T, B, H)"),
                "lengths": mark("how many steps of each sequence are real, whole numbers from 1 to T, (B,)"),
            },
            mark("Returns:"): {"h": mark("h after the last real step of each sequence, (B, H)")},
        },
        gives=("h", "d_hs"),
        text=_LAST,
        mistakes=(
            _last(
                mark("The state that comes back is that of the padding: hs[-1] is the last step of the longest only."),
                "hs[-1]",
            ),
            _last(
                mark("The state is taken at the end of the longest sequence, for all: each has a length of its own."),
                "hs[lengths.max() - 1]",
            ),
            _last(
                mark("The state is taken one step too late: a sequence of n steps ends at index n - 1."),
                "hs[lengths.clamp(max=len(hs) - 1), rows]",
            ),
            _last(
                mark("The state is taken one step too late: a sequence of n steps ends at index n - 1."),
                "hs[lengths, rows]",
            ),
            _last(
                mark("The state is taken one step too early: a sequence of n steps ends at index n - 1."),
                "hs[lengths - 2, rows]",
            ),
            _last(
                mark("The state is taken one step too early: a sequence of n steps ends at index n - 1."),
                "hs[(lengths - 2).clamp(min=0), rows]",
            ),
            _last(
                mark("The steps are counted from the end: padding stands behind a sequence, not before it."),
                "hs[len(hs) - lengths, rows]",
            ),
            _last(
                mark("The steps are counted from the end: padding stands behind a sequence, not before it."),
                "hs[len(hs) - 1 - lengths, rows]",
            ),
            _last(mark("The state is that of the first step."), "hs[0]"),
            _last(
                mark(
                    "Each sequence gets the states of all: hs[lengths - 1] takes whole steps. Choose the sequence too, "
                    "with torch.arange(B) as the second index."
                ),
                "hs[lengths - 1]",
            ),
            _last(
                mark("The states of the real steps are averaged: only the last of them is asked for."),
                "(hs * (torch.arange(len(hs))[:, None] < lengths)[..., None]).sum(0) / lengths[:, None]",
            ),
            _last(
                mark("The states of the real steps are added: only the last of them is asked for."),
                "(hs * (torch.arange(len(hs))[:, None] < lengths)[..., None]).sum(0)",
            ),
            _last(mark("The states of all steps are averaged, padding included."), "hs.mean(0)"),
            _last(CUT, "hs[lengths - 1, rows].detach()"),
        ),
        draw=draws,
        inputs=inputs_of,
        errors=(
            (
                r"index -?\d+ is out of bounds|IndexError: index|shape mismatch: indexing",
                mark(
                    "An index lies outside of hs (T, B, H): the last of n steps has index n - 1, the step is the first "
                    "index, the sequence the second."
                ),
            ),
        ),
    )


MASKED_LOSS = """
import torch

def masked_loss(outputs, targets, lengths):
    steps = torch.arange(len(outputs), device=outputs.device)
    real = (steps[:, None] < lengths)[..., None]
    error = (outputs - targets) ** 2 * real
    return error.sum() / (real.sum() * outputs.shape[-1])
"""
_LOSS_GIVEN = "return error.sum() / (real.sum() * outputs.shape[-1])"


def _loss(words: str, *changes: tuple[str, str]) -> TextMistake:
    return TextMistake(words, replaced(MASKED_LOSS, *changes))


def masked_loss_item(points: int, hints: Hints) -> DrivenItem:
    """The mean squared error over the real steps."""

    def draws(rng: np.random.Generator) -> tuple[Draw, ...]:
        rows = [("batch", (7, 3, 0, 2)), ("batch", (4, 6, 0, 3)), *sizes_of(rng)]
        drawn = []
        for k, (kind, (T, B, _D, K)) in enumerate(rows):
            outputs, targets = rng.normal(size=(T, B, K)), rng.normal(size=(T, B, K))
            lengths = _lengths(rng, T - (k == 0), B)
            padding = np.arange(T)[:, None] >= lengths
            outputs[padding], targets[padding] = rng.normal(size=2) + 4.0
            inputs = {"outputs": outputs, "targets": targets, "lengths": lengths}
            drawn.append(call_with(rng, kind, inputs, {"loss": ()}))
        return tuple(drawn)

    return DrivenItem(
        "masked_loss",
        points,
        mark("The mean squared error over the real steps of sequences of unequal length."),
        hints,
        head=("outputs", "targets", "lengths"),
        sections={
            "Args:": {
                "outputs": mark("what the model gives, time first, (T, B, K)"),
                "targets": mark("what it should give, (T, B, K)"),
                "lengths": mark("how many steps of each sequence are real, (B,)"),
            },
            mark("Returns:"): {
                "loss": mark("the mean of the squared error over all numbers of all real steps, ()"),
            },
        },
        gives=("loss", "d_outputs", "d_targets"),
        text=MASKED_LOSS,
        mistakes=(
            _loss(
                mark("The loss is averaged over the padding as well: only steps before a sequence's end count."),
                (_LOSS_GIVEN, "return ((outputs - targets) ** 2).mean()"),
            ),
            _loss(
                mark("The padding adds nothing, but is still counted: the sum is divided by all T * B steps."),
                (_LOSS_GIVEN, "return error.mean()"),
            ),
            _loss(
                mark("The sum is divided by the number of real steps: each step has K numbers."),
                (" * outputs.shape[-1])", ")"),
            ),
            _loss(mark("The loss is a sum: the mean is asked for."), (_LOSS_GIVEN, "return error.sum()")),
            _loss(
                mark("The sum is divided by the number of sequences: the mean over all real steps is asked for."),
                (_LOSS_GIVEN, "return error.sum() / len(lengths)"),
            ),
            _loss(
                mark(
                    "The mean is taken sequence by sequence: then a step of a short sequence counts more than others."
                ),
                (_LOSS_GIVEN, "return (error.mean(-1).sum(0) / lengths).mean()"),
            ),
            _loss(
                mark(
                    "The mean is taken step by step: then a step late in time, which few sequences have, counts more."
                ),
                (_LOSS_GIVEN, "return (error.mean(-1).sum(1) / real.sum((1, 2)).clamp(min=1)).sum() / lengths.max()"),
            ),
            _loss(
                mark("The mask is one step too long: step t is real where t < length."),
                ("[:, None] < ", "[:, None] <= "),
            ),
            _loss(
                mark("The mask is one step too short: step t is real where t < length."),
                ("< lengths)", "< lengths - 1)"),
                (_LOSS_GIVEN, "return error.sum() / (real.sum() * outputs.shape[-1]).clamp(min=1)"),
            ),
            _loss(
                mark("The mask is one step too short: step t is real where t < length."),
                ("< lengths)", "< lengths - 1)"),
            ),
            _loss(
                mark(
                    "Steps and sequences are mixed in the mask: a reshape of (B, T) to (T, B) does not exchange the "
                    "axes, `.T` does."
                ),
                (
                    "(steps[:, None] < lengths)[..., None]",
                    "(steps < lengths[:, None]).reshape(len(outputs), -1)[..., None]",
                ),
            ),
            _loss(
                mark("The mask is turned: the padding counts, and the real steps do not."),
                ("[:, None] < ", "[:, None] >= "),
            ),
            _loss(
                mark("The mask is on the outputs only: in the padding the targets still count."),
                ("(outputs - targets) ** 2 * real", "(outputs * real - targets) ** 2"),
            ),
            _loss(
                mark("Only the last real step of each sequence counts: all real steps are asked for."),
                ("(steps[:, None] < lengths)", "(steps[:, None] == lengths - 1)"),
            ),
            _loss(
                mark("The absolute error is taken: the squared error is asked for."),
                ("(outputs - targets) ** 2", "(outputs - targets).abs()"),
            ),
            _loss(mark("The loss is half of the mean squared error."), ("error.sum() /", "0.5 * error.sum() /")),
            _loss(
                mark("The loss is the root of the mean squared error."),
                (_LOSS_GIVEN, _LOSS_GIVEN.replace("return ", "return (") + ") ** 0.5"),
            ),
            _loss(CUT, ("return error", "return error.detach()")),
            _loss(
                mark("The outputs get no gradient: they are detached, so nothing can be learnt from the loss."),
                ("(outputs - targets)", "(outputs.detach() - targets)"),
            ),
        ),
        draw=draws,
        inputs=inputs_of,
        errors=(
            (
                r"must match the size of tensor|shape mismatch|indexed tensor|shape of the mask",
                mark(
                    "The mask does not fit: it is (T, B), one number for each step of each sequence, and outputs are "
                    "(T, B, K). `real[..., None]` gives it a last axis."
                ),
            ),
        ),
    )
