"""`explore_flow()`: how much of a gradient arrives over 40 steps, with the forget bias as a slider."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from gatedrnn_course.cells import catalogue, draw_params, sigmoid, whole_step
from gatedrnn_course.lab.flow import gains, step_jacobians
from gatedrnn_course.lab.memory import bit_sequences
from gatedrnn_course.lab.widget import Axis, Curve, Explorer, Slider, draw_chart, steps
from gatedrnn_course.lab.widget.whose import owned, whose
from gatedrnn_course.text import _, mark

__all__ = ["explore_flow"]

Step = Callable[..., Any]
H, LAG = 16, 40
BIASES = steps(-2.0, 6.0, 0.5)
SCALES = (0.1, 0.15, 0.2, 0.5, 1.0)
EVERY = 2
"""Lags between two points of a curve: what is stored grows with their number."""


def explore_flow() -> Explorer:
    """The gradient of an LSTM over the lag, along the direct path and whole, beside an RNN's and a ResNet's.

    Returns:
        The widget: sliders for the forget bias and for the size of all other weights, 0.15 of which is about torch's.
        It runs on the learner's own steps once they are right.
    """
    names = {"rnn_step": "RNN", "residual_layer": "residual layer", "lstm_step": "LSTM"}
    own, yours = owned(**{name: whole_step(catalogue[cell]).function for name, cell in names.items()})

    @lru_cache(maxsize=len(SCALES))
    def others(scale: float) -> tuple[Any, Any]:
        return gains(_jacobians("RNN", own["rnn_step"], scale)), gains(
            _jacobians("residual layer", own["residual_layer"], scale)
        )

    def view(b_f: float, scale: float) -> tuple[str, str]:
        rnn, resnet = others(scale)
        js = _jacobians("LSTM", own["lstm_step"], scale, b_f)
        direct = gains(js[:, H:, H:])  # the block from c to c of one step is diag(f)
        told = {
            mark("RNN"): rnn,
            mark("LSTM, direct path"): direct,
            mark("LSTM, whole"): gains(js, H),
            mark("ResNet"): resnet,
        }
        x, y = Axis(_("steps back, or layers"), 0, LAG), Axis(_("what arrives"), 1e-12, 1e4, log=True)
        chart = draw_chart([Curve(_(n), v[::EVERY], range(0, LAG + 1, EVERY)) for n, v in told.items()], x, y)
        return chart, _read_out(b_f, {name: float(values[-1]) for name, values in told.items()})

    controls = [
        Slider("b_f", _("forget bias b_f"), BIASES, 1.0),
        Slider("scale", _("size of the weights"), SCALES, 0.15),
    ]
    return Explorer(
        _("The gradient of an LSTM over the lag beside an RNN and a ResNet, with sliders."),
        controls,
        view,
        whose(yours, _("LSTM, RNN and ResNet")),
    )


def _read_out(b_f: float, ends: dict[str, float]) -> str:
    f = float(sigmoid(np.array(b_f)))
    words = _("A steady gate of sigmoid({b_f:g}) = {f:.3f} has a half-life of {half_life:.1f} steps.")
    said = [words.format(b_f=b_f, f=f, half_life=np.log(0.5) / np.log(f))]
    arrives = ", ".join(f"{_(name)} {value:.2g}" for name, value in ends.items())
    said.append(_("Over {lag} steps arrive: {arrives}.").format(lag=LAG, arrives=arrives))
    return " ".join(said)


def _jacobians(name: str, step: Step, scale: float, b_f: float | None = None) -> Any:
    """The Jacobians of one sequence, or of a stack of layers, with weights drawn from the same seed each time."""
    cell, rng = catalogue[name], np.random.default_rng(0)
    if not cell.inputs:
        layers = [draw_params(cell, H, H, rng, scale) for _layer in range(LAG + 1)]
        return step_jacobians(step, [rng.normal(size=(1, H))], layers)[:, 0]
    p = draw_params(cell, 2, H, rng, scale)
    if b_f is not None:
        p.b_f[:] = b_f
    xs, _bits = bit_sequences(1, LAG + 1)
    return step_jacobians(step, [np.zeros((1, H)) for _state in cell.states], p, xs)[:, 0]
