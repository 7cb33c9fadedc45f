"""Small functions of tensors for unit 06: the hoisted product, the split into gates, the last real state, the loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.grading.exchange.values import Argument
from gatedrnn_course.grading.items import Draw, DrivenItem, TextMistake
from gatedrnn_course.grading.items.driven_item import replaced
from gatedrnn_course.text import mark

__all__ = ["MASKED_LOSS", "input_products_item", "last_states_item", "masked_loss_item", "split_gates_item"]

Hints = tuple[str, str, str]
_CUT = mark(
    "The values are right, and no gradient comes back: .data, .detach(), torch.no_grad() or NumPy cut the graph."
)


def _inputs(args: Sequence[Argument]) -> Mapping[str, Argument]:
    given: Any = args[0]
    return given  # type: ignore[no-any-return]


def _draw(rng: np.random.Generator, kind: str, inputs: dict[str, Any], shapes: Mapping[str, tuple[int, ...]]) -> Draw:
    """A call of a function of tensors, with weights for the sum whose gradients are taken."""
    weights = {name: np.asarray(rng.uniform(0.5, 1.5, shape)) for name, shape in shapes.items()}
    return Draw(kind, (inputs, weights), decides=kind != "square", driver="function")


def _sizes(rng: np.random.Generator) -> list[tuple[str, tuple[int, int, int, int]]]:
    """Kinds of draws, and T, B, D and H of each."""
    a, b, c, d = (int(n) for n in rng.permutation((2, 3, 4, 5)))
    return [
        ("batch", (a + 2, b, c, d)),
        ("batch", (c, a, d, b)),
        ("batch", (1, c, b, a)),
        ("ones", (1, 1, 1, 1)),
        ("square", (4, 4, 4, 4)),
    ]


_PRODUCTS = """
import torch

def input_products(xs, W, b):
    return xs @ W.T + b
"""


def _product(words: str, body: str) -> TextMistake:
    return TextMistake(words, replaced(_PRODUCTS, ("return xs @ W.T + b", body)))


def input_products_item(points: int, hints: Hints) -> DrivenItem:
    """The products of all inputs with W, before the loop."""

    def draws(rng: np.random.Generator) -> tuple[Draw, ...]:
        return tuple(
            _draw(
                rng,
                kind,
                {"xs": rng.normal(size=(T, B, D)), "W": rng.normal(size=(4 * H, D)), "b": rng.normal(size=(4 * H,))},
                {"a": (T, B, 4 * H)},
            )
            for kind, (T, B, D, H) in _sizes(rng)
        )

    return DrivenItem(
        "input_products",
        points,
        mark("What all inputs of a sequence add to the gates, in one product before the loop."),
        hints,
        head=("xs", "W", "b"),
        sections={
            "Args:": {
                "xs": mark("inputs, time first, (T, B, D)"),
                "W": mark("of the input, four row blocks, (4H, D)"),
                "b": mark("the bias, (4H,)"),
            },
            mark("Returns:"): {"a": mark("W x + b of every step, (T, B, 4H)")},
        },
        gives=("a", "d_xs", "d_W", "d_b"),
        text=_PRODUCTS,
        mistakes=(
            _product(mark("b is not added."), "return xs @ W.T"),
            _product(mark("b is added twice."), "return xs @ W.T + 2 * b"),
            _product(mark("b is subtracted."), "return xs @ W.T - b"),
            _product(
                mark("An activation stands around it: only W x + b is asked for."), "return torch.tanh(xs @ W.T + b)"
            ),
            _product(
                mark("An activation stands around it: only W x + b is asked for."), "return torch.sigmoid(xs @ W.T + b)"
            ),
            _product(mark("Only the first step is computed: all T are asked for."), "return (xs[0] @ W.T + b)"),
            _product(mark("Only the last step is computed: all T are asked for."), "return (xs[-1] @ W.T + b)"),
            _product(mark("The batch axis comes first: a is (T, B, 4H)."), "return (xs @ W.T + b).transpose(0, 1)"),
            _product(
                mark("W is reshaped instead of transposed: W.T exchanges rows and columns."),
                "return xs @ W.reshape(W.shape[1], W.shape[0]) + b",
            ),
            _product(_CUT, "return (xs @ W.T + b).detach()"),
            _product(
                mark("xs gets no gradient: it is detached, or taken through NumPy."), "return xs.detach() @ W.T + b"
            ),
            _product(mark("W gets no gradient: .data or .detach() stands behind it."), "return xs @ W.detach().T + b"),
            _product(mark("b gets no gradient: .data or .detach() stands behind it."), "return xs @ W.T + b.detach()"),
        ),
        draw=draws,
        inputs=_inputs,
        errors=(
            (
                r"shapes cannot be multiplied|must match the size|dot : expected|expected size",
                mark("The sizes do not fit: a row of xs has D numbers and W is (4H, D), so W x is `xs @ W.T`."),
            ),
        ),
    )


_SPLIT = """
import torch
from torch import sigmoid, tanh

def split_gates(a):
    f, i, c_tilde, o = a.chunk(4, dim=-1)
    return sigmoid(f), sigmoid(i), tanh(c_tilde), sigmoid(o)
"""
_GIVEN = "return sigmoid(f), sigmoid(i), tanh(c_tilde), sigmoid(o)"
_ORDER = mark("The blocks are read in the order {came}; they lie in the order f, i, c_tilde, o.")


def _split(words: str | Words, *changes: tuple[str, str]) -> TextMistake:
    return TextMistake(words, replaced(_SPLIT, *changes))


def _orders() -> tuple[TextMistake, ...]:
    names = ("f", "i", "c_tilde", "o")
    rows = (order for order in permutations(names) if order != names)
    return tuple(
        _split(Words(_ORDER, {"came": ", ".join(order)}), ("f, i, c_tilde, o = a", f"{', '.join(order)} = a"))
        for order in rows
    )


def split_gates_item(points: int, hints: Hints) -> DrivenItem:
    """Four blocks to three gates and a candidate."""

    def draws(rng: np.random.Generator) -> tuple[Draw, ...]:
        return tuple(
            _draw(
                rng,
                kind,
                {"a": 2 * rng.normal(size=(B, 4 * H))},
                dict.fromkeys(("f", "i", "c_tilde", "o"), (B, H)),
            )
            for kind, (_T, B, _D, H) in _sizes(rng)
        )

    return DrivenItem(
        "split_gates",
        points,
        mark("Gates and candidate of four blocks that lie side by side."),
        hints,
        head=("a",),
        sections={
            "Args:": {"a": mark("what stands inside the activations, in the order f, i, c_tilde, o, (B, 4H)")},
            mark("Returns:"): {"f, i, c_tilde, o": mark("gates in (0, 1) and the candidate in (-1, 1), each (B, H)")},
        },
        gives=("f", "i", "c_tilde", "o", "d_a"),
        text=_SPLIT,
        mistakes=(
            *_orders(),
            _split(
                mark("The candidate passes through sigmoid; its activation is tanh."),
                ("tanh(c_tilde)", "sigmoid(c_tilde)"),
            ),
            _split(mark("The candidate passes through no activation; it is tanh."), ("tanh(c_tilde)", "c_tilde")),
            _split(
                mark("The candidate passes through relu; its activation is tanh."),
                ("tanh(c_tilde)", "torch.relu(c_tilde)"),
            ),
            *(
                _split(
                    Words(mark("{gate} passes through tanh; a gate is a sigmoid."), {"gate": gate}),
                    (f"sigmoid({gate})", f"tanh({gate})"),
                )
                for gate in "fio"
            ),
            *(
                _split(
                    Words(mark("{gate} passes through no activation; a gate is a sigmoid."), {"gate": gate}),
                    (f"sigmoid({gate})", gate),
                )
                for gate in "fio"
            ),
            _split(
                mark("All four pass through tanh; a gate is a sigmoid."),
                (_GIVEN, "return tuple(map(tanh, (f, i, c_tilde, o)))"),
            ),
            _split(
                mark("No activation is applied: gates are sigmoids, the candidate a tanh."),
                (_GIVEN, "return f, i, c_tilde, o"),
            ),
            _split(
                mark(
                    "The blocks are interleaved: block k is the numbers k * H to (k + 1) * H, not every fourth number."
                ),
                ("a.chunk(4, dim=-1)", "a.reshape(*a.shape[:-1], -1, 4).unbind(-1)"),
            ),
            _split(
                mark("1 is added to the forget gate here: a forget bias of 1 is a number in b."),
                ("sigmoid(f)", "sigmoid(f + 1)"),
            ),
            _split(_CUT, ("a.chunk", "a.detach().chunk")),
            _split(
                mark("The blocks are cut along the batch: `chunk(4, dim=-1)` cuts along the last axis."),
                ("a.chunk(4, dim=-1)", "a.chunk(4)"),
            ),
        ),
        draw=draws,
        inputs=_inputs,
        errors=(
            (
                r"not enough values to unpack|too many values to unpack",
                mark(
                    "The blocks are cut along the batch, or into another number of parts: `chunk(4, dim=-1)` cuts the "
                    "last axis into four."
                ),
            ),
        ),
    )


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
        rows = [("batch", (7, 3, 0, 2)), ("batch", (4, 6, 0, 3)), *_sizes(rng)]
        drawn = []
        for k, (kind, (T, B, _D, H)) in enumerate(rows):
            hs = rng.normal(size=(T, B, H))
            lengths = _lengths(rng, T - (k == 0), B)  # once the padding is longer than it need be
            drawn.append(_draw(rng, kind, {"hs": hs, "lengths": lengths}, {"h": (B, H)}))
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
            _last(_CUT, "hs[lengths - 1, rows].detach()"),
        ),
        draw=draws,
        inputs=_inputs,
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
        rows = [("batch", (7, 3, 0, 2)), ("batch", (4, 6, 0, 3)), *_sizes(rng)]
        drawn = []
        for k, (kind, (T, B, _D, K)) in enumerate(rows):
            outputs, targets = rng.normal(size=(T, B, K)), rng.normal(size=(T, B, K))
            lengths = _lengths(rng, T - (k == 0), B)
            padding = np.arange(T)[:, None] >= lengths
            outputs[padding], targets[padding] = rng.normal(size=2) + 4.0
            inputs = {"outputs": outputs, "targets": targets, "lengths": lengths}
            drawn.append(_draw(rng, kind, inputs, {"loss": ()}))
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
            _loss(_CUT, ("return error", "return error.detach()")),
            _loss(
                mark("The outputs get no gradient: they are detached, so nothing can be learnt from the loss."),
                ("(outputs - targets)", "(outputs.detach() - targets)"),
            ),
        ),
        draw=draws,
        inputs=_inputs,
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
