"""`explore_variants()`: one unit that keeps a number until it is asked for, in each of the Odyssey's nine variants."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from gatedrnn_course.cells import Cell, Params, draw_params, parse
from gatedrnn_course.cells.expr import to_text
from gatedrnn_course.lab.memory import run_cell
from gatedrnn_course.lab.timeline import draw_timeline
from gatedrnn_course.lab.widget import Choice, Explorer, Slider
from gatedrnn_course.lab.widget.whose import owned, whose
from gatedrnn_course.studies.odyssey.variants import VANILLA, VARIANTS
from gatedrnn_course.text import _

__all__ = ["explore_variants", "own_variants"]

STEPS = 16
WRITES, ASKED = {2: 1.0, 10: -1.0}, (7, 8, 15, 16)
"""The steps, from 1, at which a number is written, and its sign; and those at which it is asked for."""
OPEN = 8.0
"""Inside a sigmoid: nearly 1, and with the other sign nearly 0."""
ROW, LONG, SIZE = 19, 62, 13
"""Height of a line of an equation, its letters, and their size."""
PLAIN, GONE = 'fill-opacity=".75"', 'fill-opacity=".75" text-decoration="line-through"'
EDITED = 'font-weight="700"'
BAR = '<rect x="0" y="{y}" width="4" height="16" fill="#0072B2"/>'
"""Beside an edited line; its letters keep the ink of the page."""
FUNCTIONS = {
    "NIG": "no_input_gate",
    "NFG": "no_forget_gate",
    "NOG": "no_output_gate",
    "NIAF": "no_input_activation",
    "NOAF": "no_output_activation",
    "CIFG": "coupled_gates",
    "NP": "no_peepholes",
    "FGR": "full_gate_recurrence",
}
"""For each variant the function of the exercise."""

Run = dict[str, Any]


def explore_variants() -> Explorer:
    """A memory of one number in each of the nine variants, with the lines that the variant edits.

    A number is written at steps 2 and 10, and asked for at 7, 8, 15 and 16; between them other numbers come that do
    not matter. The gates are set by hand, with the same weights in every variant. The variants are the learner's own
    once they are right.

    Returns:
        The widget; in a notebook it shows itself on the last line of a cell.
    """
    cells, yours = own_variants()
    controls = (
        Choice("variant", _("variant"), {name: f"{name}: {_(one.title)}" for name, one in VARIANTS.items()}),
        Slider("size", _("size of the number"), (1, 2)),
        Slider("others", _("size of the other numbers"), (0, 0.5, 1), start=0.5),
    )

    def view(variant: str, size: float, others: float) -> tuple[str, str]:
        runs = {name: _run(cells[name], size, others) for name in (VANILLA, variant)}
        between = _("Other numbers: up to {others:g}.").format(others=others)
        return _picture(variant, runs[variant]), f"{between} {_words(variant, runs[variant], runs[VANILLA])}"

    title = _("A memory of one number in nine variants, with sliders.")
    return Explorer(title, controls, view, whose(yours, _("nine variants")))


def own_variants() -> tuple[dict[str, Cell], tuple[str, ...]]:
    """The nine cells by name, the learner's own where they are right, and the names of the learner's functions."""
    ours = {function: (lambda name=name: VARIANTS[name].cell.text) for name, function in FUNCTIONS.items()}
    functions, yours = owned(**ours)
    texts = {name: functions[function] for name, function in FUNCTIONS.items()}
    cells = {VANILLA: VARIANTS[VANILLA].cell, **{name: parse(text(), name) for name, text in texts.items()}}
    return cells, yours


def _run(cell: Cell, size: float, others: float) -> Run:
    """The inputs and all lines over the steps."""
    rng = np.random.default_rng(4)
    value = others * rng.uniform(-1.0, 1.0, STEPS)
    write, ask = np.zeros(STEPS), np.zeros(STEPS)
    for step, sign in WRITES.items():
        value[step - 1], write[step - 1] = sign * size, 1.0
    ask[[step - 1 for step in ASKED]] = 1.0
    xs = np.stack([value, write, ask], axis=-1)[:, None]
    return {
        "x": value,
        "write": write,
        "ask": ask,
        **{k: v[:, 0, 0] for k, v in run_cell(cell, _weights(cell), xs).items()},
    }


def _weights(cell: Cell) -> Params:
    """Write at a mark, keep between, show when asked; what a variant does not have is left out."""
    p = draw_params(cell, 3, 1, np.random.default_rng(0), scale=0.0)
    wanted = {
        "W_i": [[0.0, 2 * OPEN, 0.0]],
        "b_i": [-OPEN],
        "W_f": [[0.0, -2 * OPEN, 0.0]],
        "b_f": [OPEN],
        "W_o": [[0.0, 0.0, 2 * OPEN]],
        "b_o": [-OPEN],
        "W_c": [[1.0, 0.0, 0.0]],
    }
    return Params({**p, **{name: np.array(value) for name, value in wanted.items() if name in p}})


def _picture(variant: str, run: Run) -> str:
    """The equations, with what is edited, above the run."""
    lanes = {name: run[name] for name in ("x", "write", "ask", "c", "h")}
    ranges = {name: (0.0, 1.0) if name in ("write", "ask") else (-2.0, 2.0) for name in lanes}
    below = draw_timeline(lanes, ranges, None, "", still=True)
    lines = [line.name for line in VARIANTS[VANILLA].cell.lines]
    tall = len(lines) * ROW + 8
    now = _rows(variant)
    body = []
    for row, look in dict.fromkeys(one for name in VARIANTS for one in _rows(name).items()):
        # Every row of any variant is there, seen or not, so that all positions are one drawing.
        seen = int(now.get(row) == look)
        y = ROW * (lines.index(row.partition(" ")[0]) + 1)
        bar = BAR.format(y=y - SIZE) if look == EDITED else ""
        body.append(f'<g opacity="{seen}"><text x="8" y="{y}" {look}>{escape(row)}</text>{bar}</g>')
    height = tall + int(below.partition('height="')[2].partition('"')[0])
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 530 {height}" width="530" height="{height}" '
        f'fill="currentColor">'
    )
    equations = f'<g font-family="monospace" font-size="{SIZE}">{"".join(body)}</g>'
    return "\n".join((head, equations, below.replace("<svg ", f'<svg y="{tall}" ', 1), "</svg>"))


def _rows(variant: str) -> dict[str, str]:
    """The lines of V as the variant has them, each with its look: as it was, edited, or gone."""
    changes = {change.line: change for change in VARIANTS[variant].changes}
    rows = {}
    for line in VARIANTS[VANILLA].cell.lines:
        change = changes.get(line.name)
        if change is None:
            rows[f"{line.name} = {to_text(line.expr)}"] = PLAIN
        elif change.after is None:
            rows[f"{line.name} = {change.before}"] = GONE
        else:
            rows[f"{line.name} = {_short(change.before, change.after)}"] = EDITED
    return rows


def _short(before: str, after: str) -> str:
    """An edited line; of a long one what is new in it."""
    if len(after) <= LONG:
        return after
    head, new = after.partition("(")[0], [term for term in after.split(" + ") if term not in before]
    return f"{head}(... + {' + '.join(new)})"


def _words(variant: str, run: Run, vanilla: Run) -> str:
    """What is kept, what is shown, and whether V does the same."""
    first, second = ASKED[0] - 1, ASKED[2] - 1
    written = [run["x"][step - 1] for step in WRITES]
    said = _(
        "{name}, {title}. Written {first:.1f}, then {second:.1f}. When asked, c = {c1:.2f} and {c2:.2f}, "
        "h = {h1:.2f} and {h2:.2f}."
    )
    words = said.format(
        name=variant,
        title=_(VARIANTS[variant].title),
        first=written[0],
        second=written[1],
        c1=run["c"][first] + 0.0,
        c2=run["c"][second] + 0.0,
        h1=run["h"][first] + 0.0,
        h2=run["h"][second] + 0.0,
    )
    if variant == VANILLA:
        return words
    off = max(float(np.abs(run[name] - vanilla[name]).max()) for name in ("c", "h"))
    same = _("V does the same here.") if off < 0.01 else _("V differs by up to {off:.2f}.").format(off=off)
    return f"{words} {same}"
