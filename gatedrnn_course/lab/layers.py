"""`explore_depth()`: the gradient on its way down a stack of layers, read as the way back through time."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from gatedrnn_course.cells import Params, catalogue, whole_step
from gatedrnn_course.cells.colours import Style
from gatedrnn_course.lab.depth import PLAIN, draw_layers, norms_over_depth
from gatedrnn_course.lab.widget import Axis, Curve, Explorer, Slider, draw_chart, steps
from gatedrnn_course.lab.widget.whose import owned, whose
from gatedrnn_course.text import _

__all__ = ["explore_depth"]

H, EXAMPLES, POINTS, NUDGE = 8, 8, 21, 1e-6
CELLS = {
    "plain_layer": PLAIN,
    "residual_layer": catalogue["residual layer"],
    "highway_layer": catalogue["highway layer"],
}

Layer = Callable[[Any, Params], Any]


def explore_depth() -> Explorer:
    """The norm of a gradient in stacks of plain, residual and highway layers, with depth and transform bias to move.

    The layers are the learner's own `residual_layer` and `highway_layer` once those are right.

    Returns:
        The widget; in a notebook it shows itself on the last line of a cell.
    """
    layers, yours = owned(**{name: _first(whole_step(cell).function) for name, cell in CELLS.items()})

    @lru_cache(maxsize=256)
    def norms(name: str, depth: int, size: float, b_t: float = 0.0) -> Any:
        return _norms(layers[name], name, depth, size, b_t)

    def view(depth: int, b_t: float, size: float) -> tuple[str, str]:
        rows = {name: norms(name, depth, size, b_t if name == "highway_layer" else 0.0) for name in CELLS}
        at = np.round(np.linspace(0, depth, POINTS)).astype(int).tolist()
        named = {
            "plain_layer": (_("plain layers"), Style("#D55E00", "9 4")),
            "residual_layer": (_("residual layers"), Style("#009E73", "2 3")),
            "highway_layer": (_("highway layers, b_t = {b}").format(b=f"{b_t:.0f}"), Style("#0072B2")),
        }
        curves = [Curve(words, rows[name][at], at, style) for name, (words, style) in named.items()]
        axes = Axis(_("layers back, as steps back in time"), 0, 100), Axis(_("gradient norm"), 1e-8, 1e4, log=True)
        return draw_chart(curves, *axes), _words(depth, b_t, {name: row[-1] for name, row in rows.items()})

    sliders = (
        Slider("depth", _("number of layers"), (10, 25, 50, 100), start=50),
        Slider("b_t", _("transform bias b_t"), steps(-6, 4, 1), start=-2),
        Slider("size", _("size of the weights"), (0.25, 0.5, 1.0, 1.5), start=0.5),
    )
    title = _("The gradient over the depth of three kinds of layers, with sliders.")
    return Explorer(title, sliders, view, whose(yours, _("layers")))


def _first(function: Callable[..., tuple[Any, ...]]) -> Layer:
    return lambda h_prev, p: function(h_prev, p)[0]


def _norms(layer: Layer, name: str, depth: int, size: float, b_t: float) -> Any:
    """The norm of a gradient of norm 1 behind the last layer, and after each layer down, (depth + 1,).

    It is the geometric mean over the examples.
    """
    rng = np.random.default_rng(0)
    h, d_h = (rng.normal(size=(EXAMPLES, H)) for _k in range(2))
    d_h /= np.linalg.norm(d_h, axis=-1, keepdims=True)
    jacobians = []
    for p in draw_layers(CELLS[name], depth, H, rng, size, b_t=b_t):
        h, jacobian = _jacobian(layer, h, p)
        jacobians.append(jacobian)
    tiny = np.finfo(float).tiny  # what underflows has a logarithm too
    return np.exp(np.log(np.maximum(norms_over_depth(d_h, jacobians)[::-1], tiny)).mean(axis=-1))


def _jacobian(layer: Layer, h: Any, p: Params) -> tuple[Any, Any]:
    """A layer (B, H) and its Jacobian (B, H, H) by differences, all in one call: any layer can be measured so."""
    nudges = NUDGE * np.concatenate([np.zeros((1, H)), np.eye(H), -np.eye(H)])
    rows = np.asarray(layer((h[None] + nudges[:, None]).reshape(-1, H), p)).reshape(-1, *h.shape)
    return rows[0], np.moveaxis(rows[1 : H + 1] - rows[H + 1 :], 0, -1) / (2 * NUDGE)


def _words(depth: int, b_t: float, ends: dict[str, float]) -> str:
    """What arrives at the input, and the weight that a highway layer carries on."""
    said = _("Of a gradient of 1 above {depth} layers {plain:.2g} reaches the input in plain ones, ")
    said += _("{residual:.2g} in residual ones, {highway:.2g} in highway ones. ")
    said += _("With b_t = {b} a highway layer carries on about {kept:.3f}, as a forget gate of that size does a step.")
    numbers = {name.removesuffix("_layer"): value for name, value in ends.items()}
    return said.format(depth=depth, b=f"{b_t:.0f}", kept=1 / (1 + math.exp(b_t)), **numbers)
