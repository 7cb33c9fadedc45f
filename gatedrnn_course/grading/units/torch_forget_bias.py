"""The forget gate of torch's own LSTM: two biases that are added, and another order of the row blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.grading.exchange.values import Argument
from gatedrnn_course.grading.items import Draw, DrivenItem, TextMistake
from gatedrnn_course.grading.items.driven_item import replaced
from gatedrnn_course.text import mark

__all__ = ["open_forget_gate_item"]

_TEXT = """
import torch

def open_forget_gate(lstm, value):
    H = lstm.hidden_size
    rows = slice(H, 2 * H)
    with torch.no_grad():
        lstm.bias_ih_l0[rows] = value
        lstm.bias_hh_l0[rows] = 0.0
"""
_BOTH = mark(
    "Both biases are set to the value: torch adds bias_ih_l0 and bias_hh_l0, so the forget gate has twice as much."
)


def _with(words: str | Words, *changes: tuple[str, str]) -> TextMistake:
    return TextMistake(words, replaced(_TEXT, *changes))


_OTHER = mark("The bias of {gate} is set. torch has the row blocks in the order i, f, g, o: those of f are H to 2H.")
_AND_BOTH = mark("And both biases are set, which torch adds.")
_ROWS = {"i": ("0", "H"), "g": ("2 * H", "3 * H"), "o": ("3 * H", "4 * H")}
_MISTAKES = (
    _with(_BOTH, ("[rows] = 0.0", "[rows] = value")),
    *(
        _with(Words(_OTHER, {"gate": gate}), ("slice(H, 2 * H)", f"slice({low}, {high})"))
        for gate, (low, high) in _ROWS.items()
    ),
    *(
        _with(
            Words(_OTHER, {"gate": gate}, Words(_AND_BOTH)),
            ("slice(H, 2 * H)", f"slice({low}, {high})"),
            ("[rows] = 0.0", "[rows] = value"),
        )
        for gate, (low, high) in _ROWS.items()
    ),
    _with(
        mark("bias_hh_l0 keeps its old numbers: torch adds it to bias_ih_l0, so the two together are not the value."),
        ("        lstm.bias_hh_l0[rows] = 0.0\n", ""),
    ),
    _with(
        mark("bias_ih_l0 keeps its old numbers: torch adds it to bias_hh_l0, so the two together are not the value."),
        ("        lstm.bias_ih_l0[rows] = value\n", ""),
        ("[rows] = 0.0", "[rows] = value"),
    ),
    _with(
        mark("The value is added to the old biases: the two together are to be the value itself."),
        ("[rows] = value", "[rows] += value"),
        ("        lstm.bias_hh_l0[rows] = 0.0\n", ""),
    ),
    _with(
        mark("The biases of all gates are set: only that of the forget gate is to change."),
        ("slice(H, 2 * H)", "slice(None)"),
    ),
    _with(
        mark("The biases of all gates are set, both of them: only that of the forget gate is to change."),
        ("slice(H, 2 * H)", "slice(None)"),
        ("[rows] = 0.0", "[rows] = value"),
    ),
    *(
        _with(
            Words(mark("All of {name} is set to 0: the biases of the other gates are to stay."), {"name": name}),
            (
                "        lstm.bias_ih_l0[rows] = value\n        lstm.bias_hh_l0[rows] = 0.0\n",
                f"        lstm.{name}.zero_()\n        lstm.{other}[rows] = value\n",
            ),
        )
        for name, other in (("bias_hh_l0", "bias_ih_l0"), ("bias_ih_l0", "bias_hh_l0"))
    ),
    _with(
        mark("Only the first unit is set: the forget gate has a bias for each of the H units."),
        ("slice(H, 2 * H)", "slice(H, H + 1)"),
    ),
    _with(
        mark("Nothing has changed in the layer. Is a copy changed, as that of .clone() or of a number?"),
        ("        lstm.bias_ih_l0[rows] = value\n        lstm.bias_hh_l0[rows] = 0.0\n", "        pass\n"),
    ),
    _with(
        mark("The weights of the forget gate are set, not its bias."),
        (
            "        lstm.bias_ih_l0[rows] = value\n        lstm.bias_hh_l0[rows] = 0.0\n",
            "        lstm.weight_ih_l0[rows] = value\n",
        ),
    ),
    _with(
        mark("The bias of all other gates is set to 0: only that of the forget gate is to change."),
        (
            "        lstm.bias_ih_l0[rows] = value\n        lstm.bias_hh_l0[rows] = 0.0\n",
            "        lstm.bias_ih_l0.zero_()\n        lstm.bias_hh_l0.zero_()\n        lstm.bias_ih_l0[rows] = value\n",
        ),
    ),
)


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    drawn = []
    for D, H in ((3, 4), (5, 2), (1, 1)):
        shapes = {
            "weight_ih_l0": (4 * H, D),
            "weight_hh_l0": (4 * H, H),
            "bias_ih_l0": (4 * H,),
            "bias_hh_l0": (4 * H,),
        }
        p = {name: rng.normal(size=shape) for name, shape in shapes.items()}
        args = (np.array([D, H]), p, np.asarray(rng.uniform(1.0, 4.0)))
        drawn.append(Draw("ones" if H == 1 else "batch", args, driver="layer"))
    return tuple(drawn)


def _inputs(args: Sequence[Argument]) -> Mapping[str, Argument]:
    return {"lstm": args[1], "value": args[2]}


def open_forget_gate_item(points: int, hints: tuple[str, str, str]) -> DrivenItem:
    """The item.

    Args:
        points: What it is worth.
        hints: Three hints.
    """
    return DrivenItem(
        "open_forget_gate",
        points,
        mark("Sets the forget bias of a torch.nn.LSTM, in place."),
        hints,
        head=("lstm", "value"),
        sections={
            "Args:": {
                "lstm": mark("a torch.nn.LSTM of one layer, changed in place"),
                "value": mark("what the sum of the forget gate's two biases is to be, for every unit"),
            },
            mark("Returns:"): {mark("nothing"): mark("the layer itself has changed, and can still be trained")},
        },
        gives=("W", "U", "b"),
        text=_TEXT,
        mistakes=_MISTAKES,
        draw=_draws,
        inputs=_inputs,
        errors=(
            (
                r"a leaf Variable that requires grad|a view of a leaf Variable|modified by an inplace|cannot assign '",
                mark(
                    "A parameter is changed while torch keeps track of it, or replaced by a tensor: change its numbers "
                    "inside `with torch.no_grad():`, row by row."
                ),
            ),
        ),
    )
