"""`show_spikes(count_with_peepholes, n)`: what a cell without recurrent weights does with pulses among other values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gatedrnn_course.lab.parameters import show_parameters
from gatedrnn_course.text import _

__all__ = ["show_spikes"]

STEPS = 30
PULSES = (1, 3, 4, 5, 9, 12, 13, 14, 15, 16, 17, 18, 22, 26, 27)


def show_spikes(parameters: Callable[[int], Mapping[str, Any] | None], n: int) -> None:
    """Draw the value, the pulses, the gates and the states over 30 steps with 15 pulses, some right after each other.

    Args:
        parameters: A function of n that hands back the parameters that are not 0, by name, for D = 2 and H = 1.
        n: At which pulse the cell is to fire; its step is marked.
    """
    inputs = {
        _("value"): np.random.default_rng(4).uniform(-1.0, 1.0, STEPS),
        _("pulse"): np.isin(np.arange(STEPS), PULSES).astype(float),
    }
    title = _("fifteen pulses over {steps} steps, with a spike due at every {n}").format(steps=STEPS, n=n)
    lines = ("i", "c_tilde", "f", "c", "o", "h")
    show_parameters("count_with_peepholes", "peephole LSTM U=0", parameters(n), inputs, lines, title, PULSES[n - 1] + 1)
