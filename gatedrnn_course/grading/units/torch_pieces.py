"""Small functions of tensors for unit 06: the product before the loop, and the split into gates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, permutations
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.grading.exchange.values import Argument
from gatedrnn_course.grading.items import Draw, DrivenItem, TextMistake
from gatedrnn_course.grading.items.driven_item import replaced
from gatedrnn_course.text import mark

__all__ = ["CUT", "call_with", "input_products_item", "inputs_of", "sizes_of", "split_gates_item"]

Hints = tuple[str, str, str]
CUT = mark(
    "The values are right, and no gradient comes back: .data, .detach(), torch.no_grad() or NumPy cut the graph."
)


def inputs_of(args: Sequence[Argument]) -> Mapping[str, Argument]:
    """The arguments of a function of tensors by name."""
    given: Any = args[0]
    return given  # type: ignore[no-any-return]


def call_with(
    rng: np.random.Generator, kind: str, inputs: dict[str, Any], shapes: Mapping[str, tuple[int, ...]]
) -> Draw:
    """A call of a function of tensors, with weights for the sum whose gradients are taken."""
    weights = {name: np.asarray(rng.uniform(0.5, 1.5, shape)) for name, shape in shapes.items()}
    return Draw(kind, (inputs, weights), decides=kind != "square", driver="function")


def sizes_of(rng: np.random.Generator) -> list[tuple[str, tuple[int, int, int, int]]]:
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
            call_with(
                rng,
                kind,
                {"xs": rng.normal(size=(T, B, D)), "W": rng.normal(size=(4 * H, D)), "b": rng.normal(size=(4 * H,))},
                {"a": (T, B, 4 * H)},
            )
            for kind, (T, B, D, H) in sizes_of(rng)
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
                mark(
                    "Steps and sequences are mixed: a reshape to (B, T, ...) does not exchange the axes of (T, B, ...)."
                ),
                "return (xs @ W.T + b).reshape(xs.shape[1], len(xs), -1).transpose(0, 1)",
            ),
            _product(
                mark(
                    "Steps and sequences are mixed: a reshape to (B, T, ...) does not exchange the axes of (T, B, ...)."
                ),
                "return (xs @ W.T + b).reshape(xs.shape[1], len(xs), -1)",
            ),
            _product(
                mark("W is reshaped instead of transposed: W.T exchanges rows and columns."),
                "return xs @ W.reshape(W.shape[1], W.shape[0]) + b",
            ),
            _product(CUT, "return (xs @ W.T + b).detach()"),
            _product(
                mark("xs gets no gradient: it is detached, or taken through NumPy."), "return xs.detach() @ W.T + b"
            ),
            _product(mark("W gets no gradient: .data or .detach() stands behind it."), "return xs @ W.detach().T + b"),
            _product(mark("b gets no gradient: .data or .detach() stands behind it."), "return xs @ W.T + b.detach()"),
        ),
        draw=draws,
        inputs=inputs_of,
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
_ALONG_BATCH = mark(
    "The blocks are cut along the batch, or into another number of parts: `chunk(4, dim=-1)` cuts the last axis into "
    "four."
)
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


_HANDED_BACK = mark("The values come back in the order {came}; asked for are f, i, c_tilde, o.")
_SHIFTED = mark(
    "A block is cut at the wrong place: the slice of {names} is off by {shift}. Block k holds the numbers k * H to "
    "(k + 1) * H, without the last."
)
_ACTIVATION = mark("The gates pass through {name}; a gate is a sigmoid, each number by itself.")
_ACTIVATIONS = {
    "softmax": "torch.softmax({}, -1)",
    "hardsigmoid": "torch.nn.functional.hardsigmoid({})",
    "relu": "torch.relu({})",
    "logsigmoid": "torch.nn.functional.logsigmoid({})",
    "softplus": "torch.nn.functional.softplus({})",
}


def _handed_back() -> tuple[TextMistake, ...]:
    """The right values in another order."""
    values = {"f": "sigmoid(f)", "i": "sigmoid(i)", "c_tilde": "tanh(c_tilde)", "o": "sigmoid(o)"}
    rows = (order for order in permutations(values) if order[2] != "c_tilde")  # else: other gates are read
    return tuple(
        _split(
            Words(_HANDED_BACK, {"came": ", ".join(order)}),
            (_GIVEN, f"return {', '.join(values[name] for name in order)}"),
        )
        for order in rows
    )


def _shifted() -> Iterator[TextMistake]:
    """Blocks whose slices begin one number too late or too early."""
    names, given = ("f", "i", "c_tilde", "o"), "f, i, c_tilde, o = a.chunk(4, dim=-1)"
    for shift in (1, -1):
        for count in (1, 2, 3):
            for chosen in combinations((0, 1, 2) if shift > 0 else (1, 2, 3), count):
                cuts = (f"a[..., {k} * H + {shift} : {k + 1} * H + {shift}]" if k in chosen
                        else f"a[..., {k} * H : {k + 1} * H]" for k in range(4))  # fmt: skip
                said = {"names": ", ".join(names[k] for k in chosen), "shift": f"{shift:+}"}
                typed = f"H = a.shape[-1] // 4\n    f, i, c_tilde, o = {', '.join(cuts)}"
                yield _split(Words(_SHIFTED, said), (given, typed))


def split_gates_item(points: int, hints: Hints) -> DrivenItem:
    """Four blocks to three gates and a candidate."""

    def draws(rng: np.random.Generator) -> tuple[Draw, ...]:
        return tuple(
            call_with(
                rng,
                kind,
                {"a": 2 * rng.normal(size=(B, 4 * H))},
                dict.fromkeys(("f", "i", "c_tilde", "o"), (B, H)),
            )
            for kind, (_T, B, _D, H) in sizes_of(rng)
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
            *_handed_back(),
            *_shifted(),
            *(
                _split(
                    Words(_ACTIVATION, {"name": name}),
                    *((f"sigmoid({gate})", typed.format(gate)) for gate in "fio"),
                )
                for name, typed in _ACTIVATIONS.items()
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
            _split(CUT, ("a.chunk", "a.detach().chunk")),
            _split(
                _ALONG_BATCH,
                ("a.chunk(4, dim=-1)", "a.chunk(4)"),
            ),
        ),
        draw=draws,
        inputs=inputs_of,
        errors=(
            (
                r"not enough values to unpack|too many values to unpack",
                _ALONG_BATCH,
            ),
        ),
    )
