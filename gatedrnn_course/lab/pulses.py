"""`show_pulses(count_pulses())`: what a cell of 1997 with these parameters does with pulses among other values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gatedrnn_course.lab.parameters import show_parameters
from gatedrnn_course.text import _

__all__ = ["show_pulses"]

STEPS, PULSES = 30, (3, 7, 8, 20)


def show_pulses(parameters: Mapping[str, Any] | None) -> None:
    """Draw the value, the pulses, the gates and the states over 30 steps, with pulses at the steps 4, 8, 9 and 21.

    Args:
        parameters: Those that are not 0, by name, for D = 2 and H = 1.
    """
    inputs = {
        _("value"): np.random.default_rng(4).uniform(-1.0, 1.0, STEPS),
        _("pulse"): np.isin(np.arange(STEPS), PULSES).astype(float),
    }
    title = _("four pulses over {steps} steps").format(steps=STEPS)
    lines = ("i", "c_tilde", "c", "o", "h")
    show_parameters("count_pulses", "LSTM 1997", parameters, inputs, lines, title, PULSES[-1] + 1)
