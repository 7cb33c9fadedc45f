"""The gradient on its way down a deep stack of layers: the depth side of the lesson on the cell state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gatedrnn_course.cells import Cell, Params, catalogue, cell_of, draw_params, parse
from gatedrnn_course.cells.numeric import compiled
from gatedrnn_course.lab.panel import Panel
from gatedrnn_course.lab.plots import plot
from gatedrnn_course.lab.show import show
from gatedrnn_course.text import _

__all__ = ["PLAIN", "draw_layers", "gradient_over_depth", "layer_and_jacobian", "norms_over_depth", "show_depth"]

PLAIN = parse("h = tanh(W_h @ h_prev + b_h)", "plain layer")
EXAMPLES, NETWORKS, SMALL = 8, 4, 1e-30


def draw_layers(cell: Cell | str, depth: int, H: int, rng: np.random.Generator, size: float, **biases: float) -> Any:
    """Random parameters for every layer of a stack; layers share none.

    Args:
        cell: A cell without input, or its name in the catalogue; a step of it is a layer.
        depth: How many layers.
        H: Units of each.
        rng: Source of randomness.
        size: Standard deviation of the weights, times the square root of H.
        **biases: Biases that are not 0, such as `b_t=-2`.

    Returns:
        A list of `Params`.
    """
    layers = [draw_params(cell_of(cell), H, H, rng, size / np.sqrt(H)) for _layer in range(depth)]
    for p in layers:
        for name in p:
            if name.startswith("b_"):
                p[name][:] = biases.get(name, 0.0)
    return layers


def layer_and_jacobian(cell: Cell | str, h_prev: Any, p: Params) -> tuple[Any, Any]:
    """A layer and its Jacobian, by the complex step: exact to the last digits.

    Args:
        cell: A cell without input, or its name in the catalogue.
        h_prev: The layer before (..., H).
        p: The parameters of the layer.

    Returns:
        The layer (..., H), and the Jacobian (..., H, H).
    """
    layer = compiled(cell_of(cell).lines, ("h_prev",), ("h",))
    columns = [layer(h_prev + 1j * SMALL * unit, p)[0].imag / SMALL for unit in np.eye(h_prev.shape[-1])]
    return layer(h_prev, p)[0], np.stack(columns, axis=-1)


def gradient_over_depth(cell: Cell | str, size: float = 0.5, depth: int = 50, H: int = 16, **biases: float) -> Any:
    """The norm of a gradient of norm 1 on its way from the last layer to the input.

    Args:
        cell: A cell without input, or its name in the catalogue; a step of it is a layer.
        size: Standard deviation of the weights, times the square root of H.
        depth: How many layers.
        H: Units of each.
        **biases: Biases that are not 0, such as `b_t=-2`.

    Returns:
        The norms (depth + 1,), the first at the input: the geometric mean over four random networks and eight examples.
    """
    logs = []
    for seed in range(NETWORKS):
        rng = np.random.default_rng(seed)
        h, d_h = (rng.normal(size=(EXAMPLES, H)) for _k in range(2))
        d_h /= np.linalg.norm(d_h, axis=-1, keepdims=True)
        jacobians = []
        for p in draw_layers(cell, depth, H, rng, size, **biases):
            h, jacobian = layer_and_jacobian(cell, h, p)
            jacobians.append(jacobian)
        logs.append(np.log(norms_over_depth(d_h, jacobians)).mean(axis=-1))
    return np.exp(np.mean(logs, axis=0))


def norms_over_depth(d_h: Any, jacobians: Sequence[Any]) -> Any:
    """The norm of a gradient at every depth.

    Args:
        d_h: The gradient behind the last layer (..., H).
        jacobians: Of each layer, from the input on, (..., H, H).

    Returns:
        The norms (depth + 1, ...), the first at the input.
    """
    found = [np.linalg.norm(d_h, axis=-1)]
    for jacobian in reversed(jacobians):
        d_h = np.einsum("...i,...ij->...j", d_h, jacobian)
        found.append(np.linalg.norm(d_h, axis=-1))
    return np.stack(found[::-1])


def show_depth(
    residual_layer: Callable[..., Any], residual_jacobian: Callable[..., Any], depth_gradient: Callable[..., Any]
) -> None:
    """Draw the gradient over the depth of a residual network, by three functions of the learner, beside a plain one.

    Args:
        residual_layer: The layer.
        residual_jacobian: Its Jacobian.
        depth_gradient: The norm of the gradient at every depth.
    """
    rng = np.random.default_rng(0)
    h, d_h = rng.normal(size=16), np.full(16, 0.25)
    below, others, jacobians = h, [], []
    for p in draw_layers(PLAIN, 50, 16, rng, 0.5):
        below, jacobian = layer_and_jacobian(PLAIN, below, p)
        others.append(jacobian)
    try:
        for p in draw_layers(catalogue["residual layer"], 50, 16, rng, 0.5):
            jacobians.append(residual_jacobian(h, p))
            h = residual_layer(h, p)
        yours = np.asarray(depth_gradient(d_h, np.stack(jacobians)), dtype=float)
        if yours.shape != (51,):
            raise ValueError
    except Exception:  # whatever a learner's function raises
        words = _(
            "Nothing to draw yet: it takes `residual_layer`, `residual_jacobian` and `depth_gradient`, all right."
        )
        show(Panel("note", words))
        return
    curves = {_("plain layers"): norms_over_depth(d_h, others), _("residual layers, by your functions"): yours}
    plot(curves, x=_("layer, from the input"), y=_("norm of the gradient"), log=True)
