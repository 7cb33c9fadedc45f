"""`explore_adding()`: a trained LSTM solves the adding problem, with the gates and the cell of the unit that adds."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from gatedrnn_course.cells import Params, catalogue, whole_step
from gatedrnn_course.lab.activations import sigmoid
from gatedrnn_course.lab.timeline import draw_timeline
from gatedrnn_course.lab.widget import Explorer, Slider
from gatedrnn_course.lab.widget.whose import owned, whose
from gatedrnn_course.text import _

__all__ = ["adder_parameters", "adding_sequence", "adding_unit", "explore_adding"]

STEPS = 26
TOLERANCE = 0.04
VALUES = (-0.9, -0.3, 0.3, 0.9)
FILE = Path(__file__).with_name("adder.npz")
"""An LSTM of six units and its read-out, trained by `python benchmarks/adder.py --widget`."""
Step = Callable[..., Any]


def explore_adding() -> Explorer:
    """A trained LSTM on one sequence of the adding problem of 1997, whose marked values and places can be moved.

    The numbers are the learner's own `lstm_step`'s once that is right.

    Returns:
        The widget; in a notebook it shows itself on the last line of a cell.
    """
    functions, yours = owned(lstm_step=whole_step(catalogue["LSTM"]).function)
    step = functions["lstm_step"]
    sliders = (
        Slider("first", _("first mark at step"), (2, 5, 8), start=5),
        Slider("X1", _("its value X1"), VALUES, start=0.9),
        Slider("second", _("second mark at step"), (3, 7, 11), start=11),
        Slider("X2", _("its value X2"), VALUES, start=-0.3),
    )

    def view(first: float, X1: float, second: float, X2: float) -> tuple[str, str]:
        xs = adding_sequence({int(first): X1, int(second): X2})
        run, wanted = _run(step, xs), 0.5 + (X1 + X2) / 4
        lanes = {"value": xs[:, 0], "mark": xs[:, 1], **run}
        ranges = dict.fromkeys((*"fi", "answer"), (0.0, 1.0)) | {
            "value": (-1.0, 1.0),
            "mark": (-1.0, 1.0),
            "c": (-0.6, 0.6),
        }
        return draw_timeline(lanes, ranges, None, "", still=True), _words(run, int(second), wanted)

    title = _("A trained LSTM adds two marked values over {T} steps, with sliders.").format(T=STEPS)
    return Explorer(title, sliders, view, whose(yours, "LSTM"))


@lru_cache(maxsize=1)
def adder_parameters() -> tuple[Params, Any, Any]:
    """The trained LSTM, and weight (1, H) and bias (1,) of its read-out."""
    with np.load(FILE, allow_pickle=False) as stored:
        arrays = {name: stored[name].astype(float) for name in stored.files}
    weight, bias = arrays.pop("readout.weight"), arrays.pop("readout.bias")
    return Params(arrays), weight, bias


def adding_sequence(marked: dict[int, float]) -> Any:
    """A sequence (T, 2) of the adding problem of 1997: values, and marks at the steps given, counted from 1.

    Args:
        marked: For each marked step its value; the other values are always the same.
    """
    xs = np.zeros((STEPS, 2))
    xs[:, 0] = np.round(np.random.default_rng(0).uniform(-1, 1, STEPS), 1)
    xs[[0, -1], 1] = -1.0
    for at, value in marked.items():
        xs[at - 1] = value, 1.0
    return xs


@lru_cache(maxsize=1)
def adding_unit() -> int:
    """The unit whose cell state follows the sum of the marked values best, over 300 sequences."""
    from gatedrnn_course.lab.memory import run_cell

    rng, p = np.random.default_rng(1), adder_parameters()[0]
    xs = np.stack([adding_sequence({}) for _k in range(300)], axis=1)
    xs[1:-1, :, 0] = rng.uniform(-1, 1, (STEPS - 2, 300))
    for places in (rng.integers(1, 6, 300), rng.integers(6, 11, 300)):
        xs[places, np.arange(300), 1] = 1.0
    sums = (xs[..., 0] * (xs[..., 1] > 0)).cumsum(axis=0)[11:].ravel()
    c = run_cell("LSTM", p, xs)["c"][11:].reshape(len(sums), -1)
    return int(np.argmax([abs(np.corrcoef(row, sums)[0, 1]) for row in c.T]))


def _run(step: Step, xs: Any) -> dict[str, Any]:
    """The gates and the cell of the unit that adds, and what the read-out would answer after each step."""
    p, weight, bias = adder_parameters()
    unit, h, c = adding_unit(), *np.zeros((2, 1, len(p.b_f)))
    rows = []
    for x in xs:
        i, f = (sigmoid(p[f"W_{g}"] @ x + p[f"U_{g}"] @ h[0] + p[f"b_{g}"])[unit] for g in "if")
        h, c = (np.asarray(state, dtype=float) for state in step(x[None], h, c, p))
        rows.append([i, f, c[0, unit], (weight @ h[0] + bias)[0]])
    return dict(zip(("i", "f", "c", "answer"), np.array(rows).T, strict=True))


def _words(run: dict[str, Any], second: int, wanted: float) -> str:
    """What is asked, what the network says, and what its memory held on the way."""
    c, answer = run["c"], run["answer"]
    said = _("Asked for: 0.5 + (X1 + X2) / 4 = {wanted:.3f}. After the last step it answers {answer:.3f}: {verdict}.")
    right = abs(answer[-1] - wanted) < TOLERANCE
    verdict = _("right, within 0.04") if right else _("wrong, by more than 0.04")
    held = _("The cell of this unit holds {after:.2f} after the second mark and {end:.2f} before the last step.")
    return " ".join(
        (
            said.format(wanted=wanted, answer=answer[-1], verdict=verdict),
            held.format(after=c[second - 1], end=c[-2]),
        )
    )
