"""`gradient_check(lstm_backward)`: a learner's gradients beside those that complex steps measure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gatedrnn_course.cells import Params, catalogue, draw_params
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.exchange.blank import is_blank
from gatedrnn_course.grading.units import find_item
from gatedrnn_course.lab.backward import run_and_keep
from gatedrnn_course.lab.memory import run_cell
from gatedrnn_course.lab.outputs import outputs_by_name
from gatedrnn_course.lab.panel import Panel
from gatedrnn_course.lab.show import show
from gatedrnn_course.lab.table import Table
from gatedrnn_course.text import _

__all__ = ["gradient_check"]

LSTM = catalogue["LSTM"]
NAME = "lstm_backward"
T, B, D, H = 4, 3, 2, 5
STEP = 1e-20
CLOSE = 1e-12


def gradient_check(backward: Callable[..., Any]) -> None:
    """Compare every number of a learner's gradients with its complex step through the equations of the LSTM.

    No backward of the course takes part.

    Args:
        backward: `lstm_backward(saved, d_hs, p)`, gradients by name.
    """
    if is_blank(backward):
        show(Panel("note", _("`{name}` is not written yet, so nothing was compared.").format(name=NAME)))
        return
    rng = np.random.default_rng(4)
    p = draw_params(LSTM, D, H, rng)
    xs, d_hs, start = rng.normal(size=(T, B, D)), rng.normal(size=(T, B, H)), rng.normal(size=(2, B, H))
    values = {"xs": xs, "h_0": start[0], "c_0": start[1], **p}
    asked = _("Nothing was compared.")
    try:
        kept = run_and_keep(LSTM, p, xs, list(start))
        found = outputs_by_name(backward, find_item(NAME)[1], (kept, d_hs, p), asked)
    except CourseError as error:
        show(Panel("note", error.asked, tuple(filter(None, (error.came, error.expected, error.do)))))
        return
    except Exception as error:  # any fault of the learner's function
        words = _("`{name}` raises {error}: {message}")
        said = words.format(name=NAME, error=type(error).__name__, message=str(error)[:300])
        show(Panel("note", asked, (said, _("check({name}) says more.").format(name=NAME))))
        return
    far = {name: float(np.abs(found[f"d_{name}"] - _measured(values, name, d_hs)).max()) for name in values}
    show(_table(far, {name: array.size for name, array in values.items()}))


def _measured(values: dict[str, Any], name: str, d_hs: Any) -> Any:
    """The slope of the loss in each number of one array, by complex step."""
    slopes = np.zeros(values[name].shape)
    for at in np.ndindex(slopes.shape):
        moved = values[name].astype(complex)
        moved[at] += STEP * 1j
        slopes[at] = _loss({**values, name: moved}, d_hs).imag / STEP
    return slopes


def _loss(values: dict[str, Any], d_hs: Any) -> Any:
    """The sum of all hidden states, each with a weight of its own."""
    p = Params({name: values[name] for name in LSTM.parameters})
    return (d_hs * run_cell(LSTM, p, values["xs"], [values["h_0"], values["c_0"]])["h"]).sum()


def _table(far: dict[str, float], counts: dict[str, int]) -> Table:
    wrong = [f"d_{name}" for name, value in far.items() if not value <= CLOSE]
    title = _("Every number agrees with its complex step, to 1e-12.")
    if wrong:
        title = _("Some numbers differ from their complex steps: see {names}.").format(names=", ".join(wrong))
    rows = {
        f"d_{name}": (str(counts[name]), _("below 1e-12") if value <= CLOSE else f"{value:.1g}")
        for name, value in far.items()
    }
    heads = (_("numbers"), _("largest difference"))
    return Table("wrong" if wrong else "right", title, _("gradient"), heads, rows)
