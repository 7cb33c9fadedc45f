"""`explore_mutations()`: the six changes of the evolution, each made to the GRU: equations, picture, what changed."""

from __future__ import annotations

from html import escape
from textwrap import wrap
from typing import Any

import numpy as np

from gatedrnn_course.cells import Cell, catalogue
from gatedrnn_course.cells.edits.behaviour import same_architecture
from gatedrnn_course.cells.edits.mutate import OPERATORS, Mutant, mutate
from gatedrnn_course.cells.expr import to_text
from gatedrnn_course.lab.cell_graph import NEW, WIDE, draw_graph
from gatedrnn_course.lab.widget import Choice, Explorer
from gatedrnn_course.text import _

__all__ = ["explore_mutations"]

GRU = catalogue["GRU"]
DRAWS = {"1": 7, "2": 11, "2, elsewhere": 1, "3": 10, "4": 11, "4, elsewhere": 8, "5": 9, "6": 6}
"""For each change, and for two of them at another place, the seed of a draw."""
ROW, SIZE, LONG = 18, 13, 62
"""Height of a row of an equation, letters in px, and letters of a row."""
D, H = 3, 16
"""Sizes that parameters are counted at."""


def explore_mutations() -> Explorer:
    """The six changes of a cell's graph, each made to the GRU, two of them at two places.

    Returns:
        The widget; in a notebook it shows itself on the last line of a cell.
    """
    names = {key: f"{key[0]}: {_(OPERATORS[int(key[0])][0])}" for key in DRAWS}
    names |= {key: _("{change}, elsewhere").format(change=names[key]) for key in DRAWS if len(key) > 1}

    def view(change: str) -> tuple[str, str]:
        made = drawn(change)
        return _picture(made.cell), _words(made)

    return Explorer(_("The GRU after one mutation: choose which."), (Choice("change", _("change"), names),), view)


def drawn(change: str) -> Mutant:
    """The GRU after one change.

    Args:
        change: A key of `DRAWS`, which begins with the number of the change.
    """
    made = mutate(GRU, np.random.default_rng(DRAWS[change]), operators=(int(change[0]),))
    assert made is not None
    return made


def _picture(cell: Cell) -> str:
    """The equations, with a bar beside what is new, above the graph."""
    before = {line.name: line.expr for line in GRU.lines}
    body, y = [], 4
    for line in cell.lines:
        new = before.get(line.name) != line.expr
        rows = wrap(f"{line.name} = {to_text(line.expr)}", LONG, subsequent_indent="    ")
        if new:
            body.append(f'<rect x="2" y="{y}" width="4" height="{ROW * len(rows)}" fill="{NEW}"/>')
        for row in rows:
            y += ROW
            look = ' font-weight="700"' if new else ""
            text = row.replace("    ", "\u00a0" * 4)
            body.append(f'<text x="12" y="{y - 4}" font-family="monospace"{look}>{escape(text)}</text>')
    graph, tall = draw_graph(cell, GRU)
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {y + 30 + tall:g}" width="{WIDE}" '
            f'height="{y + 30 + tall:g}" font-family="sans-serif" font-size="{SIZE}" fill="currentColor">',
            *body,
            f'<g transform="translate(0 {y + 22})">',
            *graph,
            "</g>",
            "</svg>",
        )
    )


def _words(made: Mutant) -> str:
    """What was done, what it costs, and whether anything is new."""
    count, before = made.cell.parameter_count(D, H), GRU.parameter_count(D, H)
    said: list[Any] = [*made.words]
    words = _("{count} parameters with D = {D} and H = {H}, where the GRU has {before}.")
    said.append(words.format(count=count, before=before, D=D, H=H))
    if same_architecture(made.cell, GRU):
        said.append(_("It does what the GRU does: a duplicate."))
    return " ".join(map(str, said))
