"""`show_latch(latch())`: what a cell with these parameters does with two writes and many distractors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gatedrnn_course.lab.parameters import show_parameters
from gatedrnn_course.text import _

__all__ = ["show_latch"]

STEPS, WRITES = 30, (0, 12)
SHOWN = {"LSTM": ("latch", ("f", "i", "o", "c", "h")), "GRU": ("gru_latch", ("z", "h_tilde", "h"))}
"""For each cell that is made a latch the function that hands back its parameters, and the lines to draw."""


def show_latch(parameters: Mapping[str, Any] | None, cell: str = "LSTM") -> None:
    """Draw the bit, the write signal, the gates and the states over 30 steps, with writes at the steps 1 and 13.

    Args:
        parameters: Those that are not 0, by name, for D = 2 and H = 1.
        cell: `"LSTM"` or `"GRU"`.
    """
    bits = np.random.default_rng(4).choice([-1.0, 1.0], STEPS)
    bits[list(WRITES)] = 1.0, -1.0
    inputs = {_("bit"): bits, _("write signal"): np.isin(np.arange(STEPS), WRITES).astype(float)}
    title = _("the latch over {steps} steps").format(steps=STEPS)
    function, lines = SHOWN[cell]
    show_parameters(function, cell, parameters, inputs, lines, title, WRITES[1] + 1)
