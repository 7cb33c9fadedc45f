"""One step of training, judged by the parameters after the first and after the third."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.grading.exchange.values import Argument
from gatedrnn_course.grading.items import Draw, DrivenItem, TextMistake
from gatedrnn_course.grading.items.driven_item import replaced
from gatedrnn_course.grading.units.torch_lengths import MASKED_LOSS
from gatedrnn_course.text import mark

__all__ = ["train_step_item"]

STEPS = 3
TEXT = (
    MASKED_LOSS.replace("masked_loss", "loss_of")  # in a whole notebook `masked_loss` is an answer by itself
    + """
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

def train_step(model, optimiser, xs, targets, lengths, state, max_norm):
    old = state
    model.train()
    optimiser.zero_grad()
    outputs, state = model(xs, state)
    loss = loss_of(outputs, targets, lengths)
    loss.backward()
    clip_grad_norm_(model.parameters(), max_norm)
    optimiser.step()
    return loss.item(), tuple(s.detach() for s in state)
"""
)
_ZERO, _STEP = "    optimiser.zero_grad()\n", "    optimiser.step()\n"
_CLIP, _BACK = "    clip_grad_norm_(model.parameters(), max_norm)\n", "    loss.backward()\n"
_TRAIN, _RUN = "    model.train()\n", "    outputs, state = model(xs, state)\n"
_LOSS, _RETURN = "    loss = loss_of(outputs, targets, lengths)\n", "tuple(s.detach() for s in state)"

_UNCLIPPED = mark(
    "The gradients that the step uses are not clipped: clip_grad_norm_ is missing, or comes before backward()."
)

_MEANINGS = {
    1: {
        "loss": mark("the loss of the first batch"),
        **dict.fromkeys("hc", mark("the state after the first batch")),
        **dict.fromkeys("ARV", mark("the model after the first step")),
    },
    STEPS: {
        "loss": mark("the loss of the third batch"),
        **dict.fromkeys("hc", mark("the state after the third batch")),
        **dict.fromkeys("ARV", mark("the model after the third step")),
    },
}
Change = tuple[tuple[str, str], ...]
_CHANGES: tuple[tuple[str, Change], ...] = (
    (
        mark("`zero_grad` is missing: the gradients of earlier steps are added to those of this one."),
        ((_ZERO, ""),),
    ),
    (
        mark(
            "`zero_grad` comes after the step: gradients that were there before the first call take part in its step. "
            "Put it before backward()."
        ),
        ((_ZERO, ""), (_STEP, _STEP + _ZERO)),
    ),
    (
        mark("`zero_grad` comes between backward() and step(): the gradients are gone when the step is taken."),
        ((_ZERO, ""), (_CLIP, _ZERO + _CLIP)),
    ),
    (_UNCLIPPED, ((_CLIP, ""),)),
    (
        mark("The gradients are clipped after the step: then it has been taken already."),
        ((_CLIP + _STEP, _STEP + _CLIP),),
    ),
    (_UNCLIPPED, ((_BACK + _CLIP, _CLIP + _BACK),)),
    (
        mark("Each number of the gradient is clipped by itself: the norm of all gradients together is asked for."),
        ((_CLIP, "    clip_grad_value_(model.parameters(), max_norm)\n"),),
    ),
    (
        mark("Each parameter's gradient is clipped by itself: the norm of all gradients together is asked for."),
        ((_CLIP, "    for one in model.parameters():\n        clip_grad_norm_([one], max_norm)\n"),),
    ),
    (
        mark(
            "Small gradients are made longer, up to max_norm: clipping shortens those that are longer, and no others."
        ),
        (
            (
                _CLIP,
                "    norm = sum((one.grad**2).sum() for one in model.parameters()) ** 0.5\n"
                "    for one in model.parameters():\n        one.grad *= max_norm / norm\n",
            ),
        ),
    ),
    (
        mark("The gradients are clipped to the norm 1: max_norm is not used."),
        (("model.parameters(), max_norm", "model.parameters(), 1.0"),),
    ),
    (
        mark("The loss is averaged over the padding as well: use masked_loss with the lengths."),
        ((_LOSS, "    loss = ((outputs - targets) ** 2).mean()\n"),),
    ),
    (
        mark("The padding adds nothing to the loss, but is still counted: use masked_loss."),
        ((_LOSS, "    loss = loss_of(outputs, targets, lengths) * lengths.sum() / (len(xs) * len(lengths))\n"),),
    ),
    (
        mark("The loss is a sum over the real steps: the mean is asked for, as masked_loss gives it."),
        ((_LOSS, "    loss = loss_of(outputs, targets, lengths) * lengths.sum() * outputs.shape[-1]\n"),),
    ),
    (
        mark(
            "The mean of the loss is taken sequence by sequence: use masked_loss, in which each real step counts alike."
        ),
        (
            (
                _LOSS,
                "    one = [loss_of(outputs[:, [k]], targets[:, [k]], lengths[[k]]) for k in range(len(lengths))]\n"
                "    loss = torch.stack(one).mean()\n",
            ),
        ),
    ),
    (
        mark("The model stays in evaluation mode: model.train() is missing."),
        ((_TRAIN, ""),),
    ),
    (mark("`model.eval()` stands in the step: training needs model.train()."), ((_TRAIN, "    model.eval()\n"),)),
    (
        mark("`model.train()` comes after the model has run: the first step is taken in evaluation mode."),
        ((_TRAIN, ""), (_BACK, _TRAIN + _BACK)),
    ),
    (
        mark("The state is not given to the model: each batch begins with zeros."),
        ((_RUN, "    outputs, state = model(xs)\n"),),
    ),
    (
        mark("The state that comes back is the one the step began with: the next batch does not go on from this one."),
        ((_RETURN, "old"),),
    ),
    (
        mark("The state that comes back is zeros: the next batch does not go on from this one."),
        ((_RETURN, "tuple(0 * s.detach() for s in state)"),),
    ),
    (
        mark("`h` and `c` are exchanged in the state that comes back."),
        ((_RETURN, "tuple(s.detach() for s in state)[::-1]"),),
    ),
    (
        mark("The state that comes back is that of another run of the model, after the step."),
        ((_STEP, _STEP + "    _, state = model(xs, old)\n"),),
    ),
    (mark("No step is taken: optimiser.step() is missing."), ((_STEP, ""),)),
    (mark("`backward()` is missing: no gradient is computed."), ((_BACK, ""),)),
    (mark("Two steps are taken on one gradient."), ((_STEP, 2 * _STEP),)),
    (
        mark("`backward()` runs twice, so every gradient is doubled."),
        ((_BACK, "    loss.backward(retain_graph=True)\n" + _BACK),),
    ),
    (
        mark("The gradient is followed upwards: the step must make the loss smaller."),
        ((_BACK, "    (-loss).backward()\n"),),
    ),
    (
        mark("The loss that comes back is that after the step: the one the gradients come from is asked for."),
        ((_STEP, _STEP + "    loss = loss_of(model(xs, old)[0], targets, lengths)\n"),),
    ),
    (
        mark("The loss that comes back is averaged over the padding as well."),
        (("return loss.item()", "return ((outputs - targets) ** 2).mean().item()"),),
    ),
)
_MISTAKES = tuple(TextMistake(words, replaced(TEXT, *changes)) for words, changes in _CHANGES)


@lru_cache(maxsize=1)
def _pairs() -> tuple[TextMistake, ...]:
    """Two mistakes in different places."""
    return tuple(_both())


def _both() -> Iterator[TextMistake]:
    for (first, one), (second, other) in combinations(_CHANGES, 2):
        try:
            text = replaced(TEXT, *one, *other)
        except ValueError:  # in the same place
            continue
        yield TextMistake(Words(first, more=Words(second)), text)


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    """Gradients that are clipped, and others that are not."""
    drawn = []
    for max_norm, (T, B, D, S, K) in ((0.4, (6, 3, 2, 4, 3)), (1000.0, (5, 4, 3, 2, 1)), (0.7, (4, 1, 1, 3, 2))):
        shapes = {"A": (S, D), "R": (S, S), "V": (K, S)}
        p = {name: rng.normal(size=shape) * 0.7 for name, shape in shapes.items()}
        lengths = np.stack([rng.permutation(np.resize([T, *range(1, T)], B)) for _step in range(STEPS)])
        targets = rng.normal(size=(STEPS, T, B, K)) + 1.0
        targets[np.arange(T)[None, :, None] >= lengths[:, None]] = 3.0
        batches = {"xs": rng.normal(size=(STEPS, T, B, D)), "targets": targets, "lengths": lengths}
        state = {"h": rng.normal(size=(B, S)), "c": rng.normal(size=(B, S))}
        numbers = {"rate": np.asarray(0.05), "max_norm": np.asarray(max_norm)}
        drawn.append(Draw("batch", (p, batches, state, numbers), driver="training"))
    return tuple(drawn)


def _inputs(args: Sequence[Argument]) -> Mapping[str, Argument]:
    given: Any = args
    _p, batches, state, numbers = given
    first = {name: rows[0] for name, rows in batches.items()}
    return {**first, "state": state, "max_norm": numbers["max_norm"]}


_ATTACHED = mark(
    "The state is kept attached between batches: backward() of the second batch runs into the graph of the first. "
    "Hand back `tuple(s.detach() for s in state)`."
)


def train_step_item(points: int, hints: tuple[str, str, str]) -> DrivenItem:
    """The item.

    Args:
        points: What it is worth.
        hints: Three hints.
    """
    names = ("loss", "h", "c", "A", "R", "V")
    return DrivenItem(
        "train_step",
        points,
        mark("One step of training on one batch, whose sequences go on from the batch before."),
        hints,
        head=("model", "optimiser", "xs", "targets", "lengths", "state", "max_norm"),
        sections={
            "Args:": {
                "model": mark("any module: model(xs, state) gives outputs (T, B, K) and the new state"),
                "optimiser": mark("an optimiser of torch for its parameters"),
                "xs": mark("inputs, time first, (T, B, D)"),
                "targets": mark("what the model should give, (T, B, K)"),
                "lengths": mark("how many steps of each sequence are real, (B,)"),
                "state": mark("(h, c) that the batch before ended with, each (B, H), or None"),
                "max_norm": mark("the norm to which all gradients together are clipped before the step"),
            },
            mark("Returns:"): {
                "loss": mark("masked_loss of this batch before the step, a Python number"),
                "state": mark("(h, c) for the next batch, cut off from the graph of this one"),
            },
        },
        gives=tuple(f"{name}_{step}" for step in (1, STEPS) for name in names),
        meanings={f"{name}_{step}": words for step, said in _MEANINGS.items() for name, words in said.items()},
        text=TEXT,
        mistakes=_MISTAKES,
        pairs=_pairs,
        draw=_draws,
        inputs=_inputs,
        errors=(
            (r"backward through the graph a second time", _ATTACHED),
            (
                r"call 1: .*modified by an inplace operation",
                mark(
                    "The step is taken on stale gradients: optimiser.step() stands before backward(), so it uses those "
                    "of the step before, and changes parameters that backward() still needs."
                ),
            ),
            (
                r"modified by an inplace operation",
                mark(
                    "The state is kept attached between batches, and retain_graph keeps the graph of the batch before: "
                    "its parameters have changed since. Hand back `tuple(s.detach() for s in state)`."
                ),
            ),
            (
                r"'tuple' object has no attribute 'detach'",
                mark("The state is a tuple (h, c): detach each, `tuple(s.detach() for s in state)`."),
            ),
        ),
    )
