"""torch's GRU in our names: which rows of its four arrays are which parameter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gatedrnn_course.cells import Params, catalogue
from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake
from gatedrnn_course.text import mark

__all__ = ["ARRAYS", "NAMES", "from_torch_item"]

ARRAYS = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
"""torch's names, which the function finds in `p`."""
NAMES = ("W_z", "W_r", "W_h", "U_z", "U_r", "U_h", "b_z", "b_r", "b_h", "b_u")
"""Ours, in the order in which they are handed back."""
ORDER = "rzh"
"""torch's blocks from top to bottom; it calls the candidate n."""

Found = dict[str, Any]
Change = Callable[[Found, Found], Mapping[str, Any]]
"""What is different, from the right parameters and torch's blocks (`ih_z`, `hh_z`)."""


def _turned(t: Mapping[str, Any], order: str = ORDER, split: Callable[[Any], Any] | None = None) -> tuple[Found, Found]:
    split = split or (lambda array: np.split(array, 3))
    W, U, ih, hh = (dict(zip(order, split(np.asarray(t[name])), strict=True)) for name in ARRAYS)
    p = {**{f"W_{k}": W[k] for k in ORDER}, **{f"U_{k}": U[k] for k in ORDER}}
    p |= {"b_r": ih["r"] + hh["r"], "b_z": ih["z"] + hh["z"], "b_h": ih["h"], "b_u": hh["h"]}
    return p, {**{f"ih_{k}": ih[k] for k in ORDER}, **{f"hh_{k}": hh[k] for k in ORDER}}


def _in_order(p: Found) -> tuple[Any, ...]:
    return tuple(p[name] for name in NAMES)


def _right(p: Any) -> tuple[Any, ...]:
    (W_r, W_z, W_h), (U_r, U_z, U_h) = np.split(p.weight_ih_l0, 3), np.split(p.weight_hh_l0, 3)
    b_r, b_z, _b = np.split(p.bias_ih_l0 + p.bias_hh_l0, 3)
    b_h, b_u = np.split(p.bias_ih_l0, 3)[2], np.split(p.bias_hh_l0, 3)[2]
    return W_z, W_r, W_h, U_z, U_r, U_h, b_z, b_r, b_h, b_u


def _order(order: str) -> Callable[..., Any]:
    return lambda p: _in_order(_turned(p, order)[0])


def _but(change: Change) -> Callable[..., Any]:
    """The right parameters, but for some."""

    def wrong(t: Mapping[str, Any]) -> tuple[Any, ...]:
        p, blocks = _turned(t)
        return _in_order({**p, **change(p, blocks)})

    return wrong


def _all(prefix: str, how: Callable[[Any], Any]) -> Change:
    return lambda p, _t: {name: how(p[name]) for name in NAMES if name.startswith(prefix)}


_IN_ORDER = mark("The blocks are in another order: from top to bottom torch has r, z, n.")
_ONE_BIAS = mark("`b_z` and `b_r`: torch adds both of its biases, so each is the sum of two.")
_EXCHANGED = mark("W and U are exchanged: weight_ih meets the input, weight_hh the hidden state.")

MISTAKES = (
    Mistake(mark("The blocks are taken in the order z, r, n. From top to bottom torch has r, z, n."), _order("zrh")),
    *(Mistake(_IN_ORDER, _order(order)) for order in ("rhz", "zhr", "hrz", "hzr")),
    Mistake(
        mark("Every third row is taken. The blocks stand one below the other: first the H rows of r."),
        lambda p: _in_order(_turned(p, split=lambda array: [array[k::3] for k in range(3)])[0]),
    ),
    Mistake(
        mark("The parameters of z have their signs turned. In torch z weighs the old state, as it does here."),
        _but(lambda p, _t: {name: -p[name] for name in ("W_z", "U_z", "b_z")}),
    ),
    Mistake(_ONE_BIAS, _but(lambda _p, t: {"b_z": t["ih_z"], "b_r": t["ih_r"]})),
    Mistake(_ONE_BIAS, _but(lambda _p, t: {"b_z": t["hh_z"], "b_r": t["hh_r"]})),
    Mistake(
        mark("`b_z` and `b_r`: bias_ih of the one is added to bias_hh of the other."),
        _but(lambda _p, t: {"b_z": t["ih_z"] + t["hh_r"], "b_r": t["ih_r"] + t["hh_z"]}),
    ),
    Mistake(
        mark("`b_z` and `b_r`: bias_ih of the one is added to bias_hh of the other."),
        _but(lambda _p, t: {"b_z": t["ih_r"] + t["hh_z"], "b_r": t["ih_z"] + t["hh_r"]}),
    ),
    Mistake(
        mark("`b_h` and `b_u` are exchanged: the bias from weight_hh's side stands inside the brackets, with r."),
        _but(lambda _p, t: {"b_h": t["hh_h"], "b_u": t["ih_h"]}),
    ),
    Mistake(
        mark("`b_h` is the sum of both biases and b_u has none. One of them is weighed by r, so they cannot be one."),
        _but(lambda p, t: {"b_h": t["ih_h"] + t["hh_h"], "b_u": np.zeros_like(p["b_u"])}),
    ),
    Mistake(
        mark("The bias_hh of the candidate is in b_h and in b_u: it counts twice."),
        _but(lambda _p, t: {"b_h": t["ih_h"] + t["hh_h"], "b_u": t["hh_h"]}),
    ),
    Mistake(
        mark("`b_u` holds the sum of both biases; b_h has its own already."),
        _but(lambda _p, t: {"b_u": t["ih_h"] + t["hh_h"]}),
    ),
    Mistake(mark("`b_u` is 0. It is the candidate's part of bias_hh."), _but(lambda p, _t: {"b_u": 0.0 * p["b_u"]})),
    Mistake(
        mark("`b_h` is 0. It is the candidate's part of bias_ih."),
        _but(lambda p, _t: {"b_h": 0.0 * p["b_h"]}),
    ),
    Mistake(
        mark("The biases of a pair are averaged. torch adds them."),
        _but(lambda _p, t: {f"b_{k}": (t[f"ih_{k}"] + t[f"hh_{k}"]) / 2 for k in "zr"}),
    ),
    Mistake(_EXCHANGED, _but(lambda p, _t: {f"{a}_{k}": p[f"{b}_{k}"] for a, b in ("WU", "UW") for k in ORDER})),
    Mistake(
        mark("The matrices W are transposed. Here as in torch a row belongs to a unit: (H, D)."),
        _but(_all("W_", np.transpose)),
    ),
    Mistake(
        mark("The matrices U are transposed. Here as in torch a row belongs to the unit that is computed."),
        _but(_all("U_", np.transpose)),
    ),
    Mistake(
        mark("All matrices are transposed. Here as in torch a row belongs to the unit that is computed."),
        _but(lambda p, t: {**_all("W_", np.transpose)(p, t), **_all("U_", np.transpose)(p, t)}),
    ),
)


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    D, H = (int(n) for n in rng.permutation(np.arange(2, 6))[:2])
    n = int(rng.integers(3, 6))
    sizes = ("batch", D, H), ("batch", H + 1, D), ("ones", 1, 1), ("square", n, n)
    draws = []
    for kind, d, h in sizes:
        shapes = (3 * h, d), (3 * h, h), (3 * h,), (3 * h,)
        t = Params({name: rng.normal(size=shape) for name, shape in zip(ARRAYS, shapes, strict=True)})
        draws.append(Draw(kind, (t,), decides=kind != "square"))
    return tuple(draws)


def from_torch_item(points: int, forbidden: tuple[str, ...], hints: tuple[str, str, str]) -> FunctionItem:
    """The item.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
        hints: Three hints.
    """
    cell = catalogue["GRU reset after"]
    shapes = {name: ", ".join(cell.shape(name)) + ("," if len(cell.shape(name)) == 1 else "") for name in NAMES}
    return FunctionItem(
        "from_torch_gru",
        points,
        mark("The parameters of a torch.nn.GRU under the names of gru_step_reset_after."),
        hints,
        forbidden,
        takes={"p": mark("torch's arrays by name: p.weight_ih_l0 (3H, D), p.bias_hh_l0 (3H,), ...")},
        gives={name: f"({shape})" for name, shape in shapes.items()},
        function=_right,
        mistakes=MISTAKES,
        draw=_draws,
    )
