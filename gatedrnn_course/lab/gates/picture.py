"""Draws one step of a cell: the state runs through a valve, something is added through another, a third shows it.

The same SVG serves the page and the widget. What moves carries a `data-` attribute that names its number; gates.js
sets exactly those and knows nothing else about the drawing.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from gatedrnn_course.cells.expr import Name, Num
from gatedrnn_course.lab.gates.flow import Flow
from gatedrnn_course.lab.gates.words import fill, sentence
from gatedrnn_course.lab.shown import shown
from gatedrnn_course.text import _

__all__ = ["draw"]

WIDTH, HEIGHT = 530, 336
LANE, LOW = 110, 225  # heights of the state's lane and of the two lower valves
JOIN, OUT = 280, 400  # where what is new joins the lane, and where the lane is tapped for h
HALF = 22  # half the width of a pipe
PER_UNIT = 14.0  # width of a flow of size 1
WIDEST = 3.0
POSITIVE, NEGATIVE = "#0072B2", "#D55E00"  # Okabe-Ito blue and vermilion, told apart by dashes as well
DASHES = "9 5"


def draw(flow: Flow, values: Mapping[str, float], paper: bool = False) -> str:
    """The picture of one step.

    Args:
        flow: The cell and its valves.
        values: A number for each name, as `numbers` gives them.
        paper: Dark ink on white paper; otherwise ink in the colour of the page's text.

    Returns:
        An SVG with `role="img"` and the numbers in words as its label.
    """
    pen = _Pen(values)
    body = [*_lane(pen, flow), *_new(pen, flow), *_shown(pen, flow), *_inner(pen, flow), *_legend()]
    look = ' style="color:#222;background:#fff"' if paper else ""
    label = escape(fill(sentence(flow), values))
    sheet = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>' if paper else ""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-label="{label}" font-family="sans-serif" font-size="13" fill="currentColor"{look}>'
    )
    return "\n".join((head, *filter(None, (sheet, *body)), "</svg>"))


class _Pen:
    """Draws the parts that move, each at its present number."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self.values = values

    def flow(self, name: str, x1: float, y1: float, x2: float, y2: float) -> str:
        """A stream: its width is the size of a number, its style the sign."""
        value = self.values[name]
        wide = PER_UNIT * min(abs(value), WIDEST)
        style = f'stroke="{NEGATIVE}" stroke-dasharray="{DASHES}"' if value < 0 else f'stroke="{POSITIVE}"'
        return (
            f'{_pipe(x1, y1, x2, y2)}<path data-flow="{name}" d="M{x1:g} {y1:g}L{x2:g} {y2:g}" fill="none" '
            f'stroke-width="{wide:.2f}" {style}/>'
        )

    def valve(self, name: str, x: float, y: float, upright: bool) -> str:
        """Two plates that leave an opening as large as the gate's number."""
        closed = HALF * (1 - min(max(self.values[name], 0.0), 1.0))
        plate = f'<rect data-plate="{name}" x="-7" y="{-HALF}" width="14" height="{closed:.2f}"/>'
        frame = f'<path d="M-7 {-HALF}h14M-7 {HALF}h14" stroke="currentColor" stroke-width="3"/>'
        turn = "" if upright else " rotate(90)"
        return f'<g transform="translate({x:g} {y:g}){turn}">{frame}{plate}<g transform="rotate(180)">{plate}</g></g>'

    def label(self, words: str, name: str, x: float, y: float, anchor: str = "middle") -> str:
        """A name with its number below."""
        return (
            f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>'
            f'<text data-number="{name}" x="{x:g}" y="{y + 18:g}" text-anchor="{anchor}" font-size="16" '
            f'font-weight="600">{shown(self.values[name])}</text>'
        )

    def gauge(self, name: str, x: float, y: float) -> str:
        """A bar for a gate that is no valve of the picture."""
        wide = 100 * min(max(self.values[name], 0.0), 1.0)
        return (
            f'<rect x="{x:g}" y="{y:g}" width="100" height="12" fill="none" stroke="currentColor"/>'
            f'<rect data-gauge="{name}" x="{x:g}" y="{y:g}" width="{wide:.2f}" height="12"/>'
        )


def _pipe(x1: float, y1: float, x2: float, y2: float) -> str:
    """The two walls a stream runs between."""
    dx, dy = (0, HALF) if y1 == y2 else (HALF, 0)
    walls = "".join(f"M{x1 + s * dx:g} {y1 + s * dy:g}L{x2 + s * dx:g} {y2 + s * dy:g}" for s in (-1, 1))
    return f'<path d="{walls}" stroke="currentColor" stroke-opacity=".35"/>'


def _lane(pen: _Pen, flow: Flow) -> list[str]:
    """The state from the step before to this one."""
    parts = [pen.label(flow.old, flow.old, 6, LANE - 4, "start"), pen.flow(flow.old, 64, LANE, 168, LANE)]
    if not isinstance(flow.keep, Num):
        parts += [pen.valve("keep", 175, LANE, True), pen.label(flow.valve(flow.keep), "keep", 175, 50)]
    parts += [pen.flow("kept", 182, LANE, JOIN - HALF, LANE), pen.label(_("kept"), "kept", 220, LANE + 42)]
    parts.append(pen.flow(flow.state, JOIN + HALF, LANE, 464, LANE))
    plus = f"M{JOIN - 8} {LANE}h16M{JOIN} {LANE - 8}v16"
    parts.append(f'<circle cx="{JOIN}" cy="{LANE}" r="14" fill="none" stroke="currentColor" stroke-width="2"/>')
    parts.append(f'<path d="{plus}" stroke="currentColor" stroke-width="2"/>')
    parts.append(f'<path d="M468 {LANE - 9}l12 9l-12 9z"/>')
    return [*parts, pen.label(flow.state, flow.state, 484, LANE - 4, "start")]


def _new(pen: _Pen, flow: Flow) -> list[str]:
    """What is new, from below."""
    parts = [pen.label(flow.words(flow.new), "new", JOIN, 310), pen.flow("new", JOIN, 292, JOIN, LOW + 7)]
    if not isinstance(flow.add, Num):
        parts += [pen.valve("add", JOIN, LOW, False), pen.label(flow.valve(flow.add), "add", JOIN - 34, LOW - 4, "end")]
    parts.append(pen.flow("added", JOIN, LOW - 7, JOIN, LANE + HALF))
    return [*parts, pen.label(_("added"), "added", JOIN + 32, 165, "start")]


def _shown(pen: _Pen, flow: Flow) -> list[str]:
    """What is shown as h, below on the right; nothing where the state itself is handed on."""
    if flow.show is None or flow.inside is None:
        return []
    parts = [pen.label(flow.words(flow.inside), "inside", OUT + 32, 165, "start")]
    parts.append(pen.flow("inside", OUT, LANE + HALF, OUT, LOW - 7))
    if not isinstance(flow.show, Num):
        parts += [
            pen.valve("show", OUT, LOW, False),
            pen.label(flow.valve(flow.show), "show", OUT + 34, LOW - 4, "start"),
        ]
    parts += [pen.flow("h", OUT, LOW + 7, OUT, 280), f'<path d="M{OUT - 9} 284l9 12l9 -12z"/>']
    return [*parts, pen.label(flow.words(Name("h")), "h", OUT, 312)]


def _inner(pen: _Pen, flow: Flow) -> list[str]:
    """Gates inside the candidate, as bars at its left."""
    rows = []
    for k, line in enumerate(flow.inner):
        y = 250 + 60 * k
        rows += [pen.label(flow.label(line), line.name, 6, y - 24, "start"), pen.gauge(line.name, 62, y - 18)]
    return rows


def _legend() -> list[str]:
    """What width and style mean."""
    words = ((POSITIVE, "", _("positive")), (NEGATIVE, f' stroke-dasharray="{DASHES}"', _("negative")))
    rows = [
        f'<path d="M{14 + 110 * k} 20h34" stroke="{colour}" stroke-width="8"{dash}/>'
        f'<text x="{54 + 110 * k}" y="24">{escape(word)}</text>'
        for k, (colour, dash, word) in enumerate(words)
    ]
    return [*rows, f'<text x="234" y="24">{escape(_("the wider, the larger"))}</text>']
