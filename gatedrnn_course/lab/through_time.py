"""`explore_time()`: an LSTM unrolled, moved a step at a time, forwards and backwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from gatedrnn_course.cells import Params, catalogue, draw_params
from gatedrnn_course.cells.colours import STYLES
from gatedrnn_course.grading.running.course import course_function
from gatedrnn_course.grading.units import find_item
from gatedrnn_course.lab.backward import run_and_keep
from gatedrnn_course.lab.memory import bit_sequences
from gatedrnn_course.lab.outputs import outputs_by_name
from gatedrnn_course.lab.timeline import LEFT, RIGHT, WIDTH, Range, draw_timeline
from gatedrnn_course.lab.widget import Choice, Explorer, Slider
from gatedrnn_course.lab.widget.whose import owned, whose
from gatedrnn_course.text import _

__all__ = ["explore_time"]

LSTM = catalogue["LSTM"]
T = 10
BIASES = (0.0, 1.0, 3.0, 8.0)
"""Of the forget gate between writes."""
HEAD = 66
"""What the chain of steps takes above the lanes."""
FORWARDS = ("value", "f", "i", "o", "c", "h")
BACKWARDS = ("f", "o", "c", "h", "d_c", "d_h")
SPANS: dict[str, Range] = {"mark": (0, 1), "f": (0, 1), "i": (0, 1), "o": (0, 1)}

Function = Callable[..., Any]


class _Run(NamedTuple):
    """A run of the latch: every lane, (T,)."""

    lanes: dict[str, Any]
    d_c: Any
    d_h: Any


def explore_time() -> Explorer:
    """A latch over ten steps, to move a step at a time.

    Forwards it shows the gates and the states so far; backwards, what arrives at each step from the last hidden state.
    It is computed with the learner's own `lstm_forward` and `lstm_backward` once they are right.

    Returns:
        The widget; in a notebook it shows itself on the last line of a cell.
    """
    functions, yours = owned(
        **{name: course_function(find_item(name)[1]) for name in ("lstm_forward", "lstm_backward")}
    )
    runs = {b_f: _run(b_f, **functions) for b_f in BIASES}

    def view(way: str, b_f: float, t: float) -> tuple[str, str]:
        return (_forwards if way == "forwards" else _backwards)(runs[b_f], int(t))

    ways = {"forwards": _("forwards"), "backwards": _("backwards")}
    controls: list[Slider | Choice] = [
        Choice("way", _("direction"), ways),
        Slider("b_f", _("forget bias b_f"), BIASES, start=8),
        Slider("t", _("step t"), range(1, T + 1), start=5),  # last: neighbours that differ little are stored shorter
    ]
    return Explorer(_("An LSTM of one unit, step by step."), controls, view, whose(yours, LSTM.name))


def _latch(b_f: float) -> Params:
    """One unit that writes at the mark and keeps between; its output gate follows the value and the last h."""
    p = draw_params(LSTM, 2, 1, np.random.default_rng(0), scale=0.0)
    p.W_i[0, 1], p.b_i[0] = 12.0, -6.0
    p.W_f[0, 1], p.b_f[0] = -16.0, b_f
    p.W_c[0, 0], p.W_o[0, 0], p.U_o[0, 0] = 2.0, 3.0, -1.5
    return p


def _run(b_f: float, lstm_forward: Function, lstm_backward: Function) -> _Run:
    """The latch with a forget bias, and what arrives at each step from the last hidden state."""
    xs, bits = bit_sequences(2, T, seed=15)
    xs, p, start = xs[:, [np.argmax(bits)]], _latch(b_f), np.zeros((1, 1))
    kept = run_and_keep(LSTM, p, xs, [start, start])
    lanes = {"value": xs[:, 0, 0], "mark": xs[:, 0, 1], **{name: kept[name][:, 0, 0] for name in "fio"}}
    states = _call("lstm_forward", lstm_forward, xs, start, start, p)
    lanes |= {"h": states["hs"][:, 0, 0], "c": states["cs"][:, 0, 0]}
    d_hs = np.zeros((T, 1, 1))
    d_hs[-1] = 1.0
    arriving = [_carried(lstm_backward, kept, d_hs, p, t) for t in range(1, T)]
    d_c, d_h = (np.array([pair[k] for pair in arriving] + [last]) for k, last in ((0, 0.0), (1, 1.0)))
    return _Run(lanes, d_c, d_h)


def _carried(lstm_backward: Function, kept: Params, d_hs: Any, p: Params, t: int) -> tuple[float, float]:
    """What the steps after step t send back to its c and h: the gradient of the states before a shorter sequence."""
    rest = Params({name: array[t:] for name, array in kept.items()})
    found = _call("lstm_backward", lstm_backward, rest, d_hs[t:], p)
    return found["d_c_0"].item(), found["d_h_0"].item()


def _call(name: str, function: Function, *args: Any) -> dict[str, Any]:
    return outputs_by_name(function, find_item(name)[1], args, _("An LSTM of one unit, step by step."))


def _forwards(run: _Run, t: int) -> tuple[str, str]:
    reached = np.arange(T) < t
    lanes = {name: np.where(reached, run.lanes[name], 0.0) for name in FORWARDS}
    now = {name: run.lanes[name][t - 1] for name in "foch"}
    words = _("Step {t}. Of the old cell state {f:.0%} is kept: c = {c:.2f}. Of it {o:.0%} is shown: h = {h:.2f}.")
    said = words.format(t=t, **now)
    if t > 2:
        moves = {name: np.abs(np.diff(run.lanes[name][:t])).mean() for name in "ch"}
        said += " " + _("So far c moved by {c:.2f} a step, h by {h:.2f}.").format(**moves)
    return _draw(lanes, t, back=False), said


def _backwards(run: _Run, t: int) -> tuple[str, str]:
    reached = np.arange(T) >= t - 1
    lanes = {name: run.lanes[name] for name in BACKWARDS[:4]}
    lanes |= {"d_c": np.where(reached, run.d_c, 0.0), "d_h": np.where(reached, run.d_h, 0.0)}
    if t == T:
        said = _("Step {t}, the last. The loss is h here, so d_h = 1. No later step sends anything back: d_c = 0.")
        return _draw(lanes, t, back=True), said.format(t=t)
    words = _(
        "Step {t}. Later steps send back d_c = {c:.3f} and d_h = {h:.3f}: if c moved a little here, the last h would "
        "move {c:.3f} times as far; if h did, {h:.3f} times."
    )
    return _draw(lanes, t, back=True), words.format(t=t, c=_tidy(run.d_c[t - 1]), h=_tidy(run.d_h[t - 1]))


def _tidy(value: float) -> float:
    """Three decimals, and no minus before zero."""
    return round(float(value), 3) + 0.0


def _draw(lanes: Mapping[str, Any], t: int, back: bool) -> str:
    """The chain of steps, and below it a lane for each quantity."""
    below = draw_timeline(lanes, {**dict.fromkeys(lanes, (-1.0, 1.0)), **SPANS}, t, "", _("step"), still=True)
    height = HEAD + float(below.partition('height="')[2].partition('"')[0])
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" '
        f'height="{height:g}" font-family="sans-serif" font-size="13" fill="currentColor">'
    )
    return "\n".join((head, *_chain(t, back), f'<g transform="translate(0 {HEAD})">{below}</g>', "</svg>"))


def _chain(t: int, back: bool) -> list[str]:
    """A box for each step, c and h between them; what has been run is filled, step t has a strong rim."""
    wide = (RIGHT - LEFT) / T
    body = [
        f'<text x="6" y="{y + 4}">{words}</text>'
        for y, words in ((20, "d_c" if back else "c"), (44, "d_h" if back else "h"))
    ]
    for y, name, stroke in ((20, "c", 4), (44, "h", 2)):
        style = STYLES[name]
        colour = "currentColor" if name == "h" else style.colour
        start, end = LEFT - 22, RIGHT + 14
        tip = start if back else end
        turn = 9 if back else -9
        line = f'<path d="M{start} {y}H{end}" stroke="{colour}" stroke-width="{stroke}" fill="none"/>'
        body.append(line + f'<path d="M{tip} {y}l{turn} -6v12z" fill="{colour}"/>')
    lefts = [LEFT + wide * k + 4 for k in range(T)]
    box = f"h{wide - 8:.1f}v48h{8 - wide:.1f}z"
    outlines = "".join(f"M{x:.1f} 8{box}" for x in lefts)
    filled = "".join(
        f"M{x + wide / 2 - 4:.1f} 8v{48 if (k >= t if back else k <= t) else 0}" for k, x in enumerate(lefts, 1)
    )
    return [
        *body,
        f'<path d="{outlines}" fill="#fff" stroke="#222"/>',
        f'<path d="{filled}" stroke="#009E73" stroke-opacity=".35" stroke-width="{wide - 8:.1f}"/>',
        f'<path d="M{lefts[t - 1]:.1f} 8{box}" fill="none" stroke="#222" stroke-width="3"/>',
    ]
