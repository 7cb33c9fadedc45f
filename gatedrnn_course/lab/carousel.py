"""`explore_carousel()`: what the cell of 1997 holds, beside a leaky integrator."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from gatedrnn_course.cells import Cell, Params, catalogue, draw_params, whole_step
from gatedrnn_course.cells.colours import STYLES, Style
from gatedrnn_course.lab.widget import Axis, Choice, Curve, Explorer, Slider, draw_chart
from gatedrnn_course.lab.widget.whose import owned, whose
from gatedrnn_course.text import _

__all__ = ["explore_carousel"]

T, EVERY = 60, 15
WEIGHTS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)
OPEN = 40.0
"""Inside a sigmoid: as good as 1, and with the other sign as good as 0."""

Step = Callable[..., Any]


def explore_carousel() -> Explorer:
    """A pulse held over 60 steps, by the cell of 1997 and by a leaky integrator whose weight is a slider.

    The leaky integrator is an LSTM whose forget gate is that weight at every step. The carousel is the learner's own
    `carousel_step` once that is right.

    Returns:
        The widget; in a notebook it shows itself on the last line of a cell.
    """
    functions, yours = owned(carousel_step=whole_step(catalogue["LSTM 1997"]).function)

    def view(weight: float, pulses: str, gate: str) -> tuple[str, str]:
        xs = _inputs(pulses)
        held = _hold(catalogue["LSTM 1997"], functions["carousel_step"], xs, gate)
        leaked = _hold(catalogue["LSTM"], whole_step(catalogue["LSTM"]).function, xs, gate, weight)
        curves = (
            Curve(_("carousel, weight 1"), held, style=STYLES["c"]),
            Curve(_("leaky integrator, weight {w:.2f}").format(w=weight), leaked, style=Style("#D55E00", "9 4")),
        )
        high = 1.5 if pulses == "one" else 5.0
        return draw_chart(curves, Axis(_("step"), 0, T), Axis(_("cell state c"), -1.0, high)), _words(
            weight, held[-1], leaked[-1]
        )

    controls = (
        Slider("weight", _("weight of the old state"), WEIGHTS, start=0.9),
        Choice(
            "pulses",
            _("pulses of size 1"),
            {"one": _("one, at step 1"), "more": _("one every {n} steps").format(n=EVERY)},
        ),
        Choice("gate", _("input gate"), {"shut": _("shut between pulses"), "open": _("always open")}),
    )
    title = _("A carousel and a leaky integrator over {T} steps, with sliders.").format(T=T)
    return Explorer(title, controls, view, whose(yours, "LSTM 1997"))


def _inputs(pulses: str) -> Any:
    """A value and a mark (T, 2): pulses of 1 where the mark is, small random values elsewhere."""
    rng = np.random.default_rng(3)
    xs = np.stack([rng.uniform(-0.3, 0.3, T), np.zeros(T)], axis=-1)
    xs[0 if pulses == "one" else slice(0, T, EVERY)] = 1.0, 1.0
    return xs


def _hold(cell: Cell, step: Step, xs: Any, gate: str, weight: float | None = None) -> list[float]:
    """The cell state over the steps, from 0 on, of a single unit whose gates are set by hand."""
    p: Params = draw_params(cell, 2, 1, np.random.default_rng(0), scale=0.0)
    p.W_c[0, 0] = 1.0
    p.W_i[0, 1], p.b_i[0] = (2 * OPEN, -OPEN) if gate == "shut" else (0.0, OPEN)
    if weight is not None:
        p.b_f[0] = OPEN if weight == 1 else math.log(weight / (1 - weight))
    h, c = np.zeros((2, 1, 1))
    states = [0.0]
    for x in xs:
        h, c = step(x[None], h, c, p)
        states.append(float(np.ravel(c)[0]) / math.tanh(1))  # a pulse of 1 goes in as tanh(1)
    return states


def _words(weight: float, held: float, leaked: float) -> str:
    """What each holds at the end, and how fast one of them loses."""
    said = _("After {T} steps the carousel holds {held:.3g}, the leaky integrator {leaked:.3g}.")
    words = said.format(T=T, held=held, leaked=leaked)
    if weight == 1:
        return words + " " + _("With weight 1 both are the same: nothing is ever lost.")
    half = _("With weight {weight:.2f} half of it is gone every {half:.1f} steps.")
    return words + " " + half.format(weight=weight, half=math.log(0.5) / math.log(weight))
