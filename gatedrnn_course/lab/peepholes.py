"""`explore_peepholes()`: a counter that fires at n, with an output gate that sees the new cell state or the old one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gatedrnn_course.cells import Params, catalogue, draw_params, variant, whole_step
from gatedrnn_course.lab.timeline import draw_timeline
from gatedrnn_course.lab.widget import Choice, Explorer, Slider
from gatedrnn_course.lab.widget.whose import owned, whose
from gatedrnn_course.text import _

__all__ = ["explore_peepholes"]

STEPS = 24
BUSY = (4, 5, 6, 10, 11, 12, 13, 17, 18, 21, 22, 23)
"""The steps of the pulses, from 1, where they come in groups."""
OPEN = 10.0
"""Inside a sigmoid: nearly 1, and with the other sign nearly 0."""
FIRES = 0.5

NEW = catalogue["peephole LSTM U=0"]
OLD = variant(NEW, "o sees c_prev", {"o": "o = sigmoid(W_o @ x + P_o * c_prev + b_o)"}, "the usual slip")
Step = Callable[..., Any]


def explore_peepholes() -> Explorer:
    """One unit without recurrent weights that counts pulses, fires when its count reaches n, and begins again.

    The numbers are the learner's own `no_recurrence_step`'s, where the output gate sees c and once that is right.

    Returns:
        The widget; in a notebook it shows itself on the last line of a cell.
    """
    functions, yours = owned(no_recurrence_step=whole_step(NEW).function)
    steps: dict[str, Step] = {"c": functions["no_recurrence_step"], "c_prev": whole_step(OLD).function}
    controls = (
        Slider("n", _("fires at n ="), (2, 3, 4, 5), start=3),
        Slider("P", _("peephole weight"), (1, 2, 5, 20), start=20),
        Choice("sees", _("output gate sees"), {"c": _("c, the new one"), "c_prev": _("c_prev, the old one")}),
        Choice("forget", _("forget gate"), {"sees": _("sees c_prev"), "blind": _("always 1")}),
        Choice("pulses", _("pulses"), {"groups": _("in groups"), "all": _("at every step")}),
    )

    def view(n: float, P: float, sees: str, forget: str, pulses: str) -> tuple[str, str]:
        xs = np.isin(np.arange(1, STEPS + 1), BUSY).astype(float) if pulses == "groups" else np.ones(STEPS)
        due = int(np.flatnonzero(np.cumsum(xs) == n)[0])
        run = _run(steps[sees], _parameters(n, P, forget), xs)
        high = n + 1 if forget == "sees" else float(STEPS)
        ranges = {"x": (0.0, 1.0), "f": (0.0, 1.0), "o": (0.0, 1.0), "c": (0.0, high), "h": (0.0, high)}
        lanes = {"x": xs, **run}
        return draw_timeline(lanes, ranges, due + 1, "", still=True), _words(run, xs, int(n), due)

    title = _("A counter with peepholes over {T} steps, with sliders.").format(T=STEPS)
    return Explorer(title, controls, view, whose(yours, "peephole LSTM"))


def _parameters(n: float, P: float, forget: str) -> Params:
    """Gates that change between n - 1 and n."""
    p = draw_params(NEW, 1, 1, np.random.default_rng(0), scale=0.0)
    edge = P * (n - 0.5)
    p.W_i[0, 0], p.b_i[0], p.b_c[0] = 2 * OPEN, -OPEN, OPEN
    p.P_o[0], p.b_o[0] = P, -edge
    p.P_f[0], p.b_f[0] = (-P, edge) if forget == "sees" else (0.0, 4 * OPEN)
    return p


def _run(step: Step, p: Params, xs: Any) -> dict[str, Any]:
    """Both states over the steps, and the gates they tell: f acts on c_prev, and h = o * c."""
    h, c = np.zeros((2, 1, 1))
    rows = []
    for x in xs:
        f = 1 / (1 + np.exp(-(p.P_f * c + p.b_f)))
        h, c = step(np.full((1, 1), x), h, c, p)
        rows.append([float(np.ravel(value)[0]) for value in (f, c, h)])
    f, c, h = np.array(rows).T
    o = np.where(np.abs(c) > 1e-6, h / np.where(c == 0, 1.0, c), 0.0)
    return {"f": f, "c": c, "o": o, "h": h}


def _words(run: dict[str, Any], xs: Any, n: int, due: int) -> str:
    """What happens at the n-th pulse and at the step after it, and how many spikes are right."""
    o, c, h = run["o"], run["c"], run["h"]
    said = _("Pulse {n} comes at step {step}: there c = {c:.2f}, o = {o:.2f} and h = {h:.2f};")
    after = _("one step later c = {c:.2f}, o = {o:.2f} and h = {h:.2f}.")
    words = [
        said.format(n=n, step=due + 1, c=c[due], o=o[due], h=h[due]),
        after.format(c=c[due + 1], o=o[due + 1], h=h[due + 1]),
    ]
    wanted = (xs == 1) & (np.cumsum(xs) % n == 0)
    fired = h > FIRES
    count = _("Of {due} spikes that are due {came} come, and {other} come where none is due.")
    return " ".join(
        (*words, count.format(due=wanted.sum(), came=(wanted & fired).sum(), other=(fired & ~wanted).sum()))
    )
