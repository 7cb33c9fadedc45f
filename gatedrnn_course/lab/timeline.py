"""Quantities of a cell over time, one lane each and one bar a step, in the colours of the course.

The explorer moves the same drawing: a lane says in `data-` attributes where its bars stand, and gates.js sets their
heights.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from gatedrnn_course.cells.colours import NEUTRAL, STYLES, style_of
from gatedrnn_course.lab.picture import Picture
from gatedrnn_course.lab.plots import describe_plot
from gatedrnn_course.lab.show import show
from gatedrnn_course.lab.shown import shown
from gatedrnn_course.text import _

__all__ = ["Range", "draw_timeline", "show_timeline"]

Range = tuple[float, float]

WIDTH, LEFT, RIGHT = 530, 112, 480  # the bars stand between LEFT and RIGHT
TALL, BETWEEN, TOP, BOTTOM = 34, 14, 12, 26
INK = "#222"
INKS = {STYLES["h"]: 1, NEUTRAL: 0.65}
"""Quantities drawn in the colour of the page's text, and how strongly."""


def show_timeline(lanes: Mapping[str, Sequence[float]], title: str = "", mark: int | None = None, x: str = "") -> None:
    """Draw quantities over the same steps below each other.

    Args:
        lanes: The values of each by its name, such as `"f"`; a name of the cell has its colour, and further words may
            follow it: `"f, forget gate"`.
        title: What the picture shows, for those who cannot see it.
        mark: A step to mark, from 1, whose numbers stand at the right; those of the last one where left out.
        x: What the bars count, if not steps.
    """
    x = x or _("step")
    alt = describe_plot(lanes, x, _("values"), title, range(1, 1 + _steps(lanes)))
    show(Picture(draw_timeline(lanes, {}, mark, alt, x, paper=True), alt))


def draw_timeline(
    lanes: Mapping[str, Sequence[float]],
    ranges: Mapping[str, Range],
    mark: int | None,
    label: str,
    x: str = "",
    paper: bool = False,
    still: bool | None = None,
) -> str:
    """The picture behind `show_timeline`.

    Args:
        lanes: The values of each quantity by its name.
        ranges: Smallest and largest value of a lane; found from the values where left out.
        mark: A step to mark, from 1, whose numbers stand at the right; the last one where left out, unmarked.
        label: The picture in words; empty where it is part of a picture that has its own.
        x: What the bars count; steps where left out.
        paper: Dark ink on white paper; otherwise ink in the colour of the page's text.
        still: Whether no bar moves by itself, so that one short path holds those of a lane; as on paper, if left out.

    Returns:
        An SVG.
    """
    steps = _steps(lanes)
    wide = (RIGHT - LEFT) / steps
    height = TOP + len(lanes) * (TALL + BETWEEN) + BOTTOM
    look = f' style="color:{INK};background:#fff"' if paper else ""
    body = [f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>'] if paper else []
    at = LEFT + wide * ((mark or 1) - 1)
    hidden = "" if mark else ' visibility="hidden"'
    body.append(
        f'<rect data-mark="{wide:.4f}" data-left="{LEFT}" x="{at:.2f}" y="{TOP - 6}" width="{wide:.2f}" '
        f'height="{height - TOP - BOTTOM}" fill="currentColor" fill-opacity=".12"{hidden}/>'
    )
    for k, (name, values) in enumerate(lanes.items()):
        span = ranges.get(name) or _range(values)
        body.append(
            _lane(
                name,
                values,
                span,
                TOP + k * (TALL + BETWEEN),
                wide,
                (mark or steps) - 1,
                paper if still is None else still,
            )
        )
    every = max(1, math.ceil(steps / 10 / 5) * 5) if steps > 10 else 1
    body += [
        f'<text x="{LEFT + wide * (step - 0.5):.1f}" y="{height - 10}" text-anchor="middle">{step}</text>'
        for step in (1, *range(every, steps + 1, every))
        if step == 1 or every > 1 or steps <= 10
    ]
    body.append(f'<text x="6" y="{height - 10}">{escape(x or _("step"))}</text>')
    at_words = escape(_("at {step}").format(step=mark or steps))
    body.append(f'<text data-at="" x="{WIDTH - 4}" y="{height - 10}" text-anchor="end">{at_words}</text>')
    words = f'role="img" aria-label="{escape(label)}" ' if label else ""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'{words}font-family="sans-serif" font-size="13" fill="currentColor"{look}>'
    )
    return "\n".join((head, *body, "</svg>"))


def bar(value: float, span: Range) -> tuple[float, float]:
    """Where a bar begins below the lane's top, and its height; gates.js does the same."""
    low, high = span
    unit = TALL / (high - low)
    zero = min(max(0.0, low), high)
    end = min(max(value, low), high)
    return (high - max(end, zero)) * unit, abs(end - zero) * unit


def _lane(name: str, values: Sequence[float], span: Range, top: float, wide: float, at: int, still: bool) -> str:
    """One quantity: its name, its range, a bar a step, and the number at one of them."""
    low, high = span
    key = name.partition(",")[0]
    style = style_of(key)
    fill = f'fill="{style.colour}"'
    if style in INKS:  # readable on dark paper too
        fill = f'fill="currentColor" fill-opacity="{INKS[style]}"'
    places = [(LEFT + wide * (step + 0.1), *bar(float(value), span)) for step, value in enumerate(values)]
    if still:
        strokes = (f"M{x + 0.4 * wide:.1f} {top + y:.1f}v{tall:.1f}" for x, y, tall in places)
        bars = [f'<path d="{"".join(strokes)}" {fill.replace("fill", "stroke")} stroke-width="{0.8 * wide:.1f}"/>']
    else:
        bars = [
            f'<rect x="{x:.2f}" y="{top + y:.2f}" width="{0.8 * wide:.2f}" height="{tall:.2f}"/>'
            for x, y, tall in places
        ]
    zero = top + bar(0.0, span)[0]
    middle = top + TALL / 2
    return (
        f'<text x="6" y="{middle + 4:g}">{escape(name)}</text>'
        f'<text x="{LEFT - 6}" y="{top + 9:g}" text-anchor="end">{high:g}</text>'
        f'<text x="{LEFT - 6}" y="{top + TALL + 2:g}" text-anchor="end">{low:g}</text>'
        f'<path d="M{LEFT} {zero:g}H{RIGHT}" stroke="currentColor" stroke-opacity=".4"/>'
        f'<g data-lane="{escape(key)}" data-low="{low:g}" data-high="{high:g}" data-top="{top:g}" '
        f'data-tall="{TALL}" {fill}>{"".join(bars)}</g>'
        f'<text data-now="{escape(key)}" x="{WIDTH - 4}" y="{middle + 4:g}" text-anchor="end" '
        f'font-weight="600">{shown(float(values[at]))}</text>'
    )


def _steps(lanes: Mapping[str, Sequence[float]]) -> int:
    return max((len(values) for values in lanes.values()), default=1)


def _range(values: Sequence[float]) -> Range:
    """From 0 where no value is below it, else as far above zero as below; whole numbers."""
    low, high = min(map(float, values)), max(map(float, values))
    wide = float(max(1, math.ceil(max(abs(low), abs(high)))))
    return (0.0 if low >= 0 else -wide), wide
