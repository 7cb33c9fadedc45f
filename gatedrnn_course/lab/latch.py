"""`show_latch(latch())`: what a cell with these parameters does with two writes and many distractors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gatedrnn_course.cells import catalogue
from gatedrnn_course.cells.reference import step, zero_state
from gatedrnn_course.cells.slices import Slice
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.units.latch import latch_parameters
from gatedrnn_course.lab.panel import Panel
from gatedrnn_course.lab.show import show
from gatedrnn_course.lab.timeline import show_timeline
from gatedrnn_course.text import _

__all__ = ["show_latch"]

STEPS, WRITES = 30, (0, 12)


def show_latch(parameters: Mapping[str, Any] | None) -> None:
    """Draw the bit, the write signal, the gates and the states over 30 steps, with writes at the steps 1 and 13.

    Args:
        parameters: Those that are not 0, by name, for D = 2 and H = 1.
    """
    if parameters is None:
        show(Panel("note", _("`latch` is not written yet, so there is nothing to draw.")))
        return
    try:
        p = latch_parameters(parameters)
    except CourseError as error:
        show(Panel("wrong", error.asked, tuple(filter(None, (error.came, error.expected, error.do)))))
        return
    cell = catalogue["LSTM"]
    bits = np.random.default_rng(4).choice([-1.0, 1.0], STEPS)
    bits[list(WRITES)] = 1.0, -1.0
    writes = np.isin(np.arange(STEPS), WRITES).astype(float)
    gates = Slice(cell, ("x", "h_prev"), ("f", "i", "o")).function
    lanes: dict[str, list[float]] = {_("bit"): list(bits), _("write signal"): list(writes)}
    state = zero_state(cell, 1, (1,))
    for x in np.stack([bits, writes], axis=-1)[:, None, :]:
        values = dict(zip("fio", gates(x, state[0], p), strict=True))
        state = step(cell, x, state, p)
        for name, value in {**values, "c": state[1], "h": state[0]}.items():
            lanes.setdefault(name, []).append(float(value[0, 0]))
    show_timeline(lanes, _("the latch over {steps} steps").format(steps=STEPS), WRITES[1] + 1)
