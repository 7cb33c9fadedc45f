"""The layout of unit 04: our twelve parameters of the LSTM as the four of `torch.nn.LSTM`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

from gatedrnn_course.cells import Params, catalogue, whole_step
from gatedrnn_course.cells.edits import Words
from gatedrnn_course.grading.exchange.values import Value
from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake
from gatedrnn_course.text import mark

__all__ = ["layout_item"]

TORCH, OURS = "ifco", "fico"
"""The order of the blocks of rows in torch, which calls c g, and in our equations."""
NAMES = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
_BIASES = NAMES[2:]


def _layout(p: Any) -> Any:
    order = "ifco"  # torch calls c g
    return {
        "weight_ih_l0": np.concatenate([p["W_" + gate] for gate in order]),
        "weight_hh_l0": np.concatenate([p["U_" + gate] for gate in order]),
        "bias_ih_l0": np.concatenate([p["b_" + gate] for gate in order]),
        "bias_hh_l0": np.zeros(4 * len(p["b_f"])),
    }


def _stacked(p: Mapping[str, Any], w: str = TORCH, u: str = TORCH, b: str = TORCH) -> dict[str, Any]:
    """The layout with the blocks of W, U and b each in an order of their own."""
    rows = [np.concatenate([p[f"{letter}_{k}"] for k in order]) for letter, order in zip("WUb", (w, u, b), strict=True)]
    return dict(zip(NAMES, (*rows, np.zeros(len(rows[2]))), strict=True))


def _changed(p: Any, **changes: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    right = _layout(p)
    return {**right, **{name: change(right) for name, change in changes.items()}}


def _crosswise(p: Any) -> dict[str, Any]:
    """Every stack beside itself instead of below: one gate a block of columns."""
    beside = [np.concatenate([p[f"{letter}_{gate}"] for gate in TORCH], axis=1) for letter in "WU"]
    return {**_layout(p), "weight_ih_l0": beside[0], "weight_hh_l0": beside[1]}


def _interleaved(p: Any) -> dict[str, Any]:
    """The rows unit by unit: the four gates of a unit stand together."""
    rows = [np.stack([p[f"{letter}_{gate}"] for gate in TORCH], axis=1) for letter in "WUb"]
    rows = [row.reshape(-1, *row.shape[2:]) for row in rows]
    return dict(zip(NAMES, (*rows, np.zeros(len(rows[2]))), strict=True))


def _orders() -> Iterator[Mistake]:
    """The blocks in each other order."""
    for order in map("".join, permutations(TORCH)):
        if order not in (TORCH, OURS, "ifoc"):
            words = mark("The blocks of rows stand in the order {order}; torch has i, f, g, o.")
            told = Words(words, {"order": ", ".join(order.replace("c", "g"))})
            yield Mistake(told, lambda p, order=order: _stacked(p, order, order, order))


MISTAKES = (
    Mistake(
        mark("The blocks of rows stand in our order f, i, c, o; torch has i, f, g, o, and its g is our candidate."),
        lambda p: _stacked(p, OURS, OURS, OURS),
    ),
    Mistake(
        mark("The candidate and the output gate are exchanged: torch has i, f, g, o, and its g is our candidate."),
        lambda p: _stacked(p, "ifoc", "ifoc", "ifoc"),
    ),
    Mistake(
        mark("W and U are exchanged: weight_ih_l0 meets the input x, weight_hh_l0 the hidden state."),
        lambda p: _changed(p, weight_ih_l0=lambda r: r["weight_hh_l0"], weight_hh_l0=lambda r: r["weight_ih_l0"]),
    ),
    Mistake(
        mark("The bias counts twice: torch adds bias_ih_l0 and bias_hh_l0, so their sum must be ours."),
        lambda p: _changed(p, bias_ih_l0=lambda r: 2 * r["bias_ih_l0"]),
    ),
    Mistake(
        mark("There is no bias: torch adds bias_ih_l0 and bias_hh_l0, and their sum must be ours."),
        lambda p: _changed(p, bias_ih_l0=lambda r: 0 * r["bias_ih_l0"]),
    ),
    Mistake(
        mark("The matrices are transposed: torch keeps ours as they are, one block of rows for each gate."),
        lambda p: _changed(p, weight_ih_l0=lambda r: r["weight_ih_l0"].T, weight_hh_l0=lambda r: r["weight_hh_l0"].T),
    ),
    Mistake(
        mark("The matrices are joined side by side (axis=1); torch stacks them, one block of rows for each gate."),
        _crosswise,
    ),
    Mistake(
        mark("Each matrix is transposed before it is stacked."),
        lambda p: _stacked({name: value.T for name, value in p.items()}),
    ),
    Mistake(mark("The rows stand unit by unit; torch has them gate by gate, H rows each."), _interleaved),
    Mistake(
        mark("The blocks of weight_ih_l0 alone stand in our order f, i, c, o; torch has i, f, g, o."),
        lambda p: _stacked(p, w=OURS),
    ),
    Mistake(
        mark("The blocks of weight_hh_l0 alone stand in our order f, i, c, o; torch has i, f, g, o."),
        lambda p: _stacked(p, u=OURS),
    ),
    Mistake(
        mark("The blocks of the biases alone stand in our order f, i, c, o; torch has i, f, g, o."),
        lambda p: _stacked(p, b=OURS),
    ),
    *_orders(),
)


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    step = whole_step(catalogue["LSTM"])
    sizes = (("batch", 3, 4), ("batch", 5, 2), ("ones", 1, 1), ("square", 4, 4))
    return tuple(
        Draw(kind, (Params(step.draw(rng, {"D": D, "H": H}, ())[1]),), kind != "square", words=_words(kind))
        for kind, D, H in sizes
    )


def _words(kind: str) -> str:
    return mark("parameters with D and H apart") if kind == "batch" else ""


@dataclass(frozen=True)
class _LayoutItem(FunctionItem):
    """The item. torch adds its two biases, so only their sum is judged."""

    def read(self, value: Value, draw: Draw) -> Value:
        """The layout with the whole bias in `bias_ih_l0`, however it is split."""
        named = dict(zip(NAMES, value, strict=True)) if isinstance(value, tuple) and len(value) == len(NAMES) else value
        if not isinstance(named, dict) or not set(NAMES) <= set(named):
            return value
        first, second = (named[name] for name in _BIASES)
        if isinstance(first, np.ndarray) and isinstance(second, np.ndarray) and first.shape == second.shape:
            return {**named, _BIASES[0]: first + second, _BIASES[1]: 0 * first}
        return value


def layout_item(points: int, forbidden: tuple[str, ...], hints: tuple[str, str, str]) -> FunctionItem:
    """The item.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
        hints: Three hints.
    """
    return _LayoutItem(
        "to_torch_layout",
        points,
        mark("The twelve parameters of our LSTM as the four of torch.nn.LSTM."),
        hints,
        forbidden,
        takes={"p": mark("p.W_f, p.W_i, p.W_c, p.W_o (H, D); p.U_f, ... (H, H); p.b_f, ... (H,)")},
        gives={
            "weight_ih_l0": mark("the four matrices W, one block of rows each, (4H, D); all four come by name"),
            "weight_hh_l0": mark("the four matrices U in the same order, (4H, H)"),
            "bias_ih_l0": mark("the four biases in the same order, (4H,)"),
            "bias_hh_l0": mark("what torch adds to them, (4H,)"),
        },
        function=_layout,
        mistakes=MISTAKES,
        draw=_draws,
    )
