"""Curves over one axis as a small SVG, for pictures that move: same elements at every position, numbers rounded."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from gatedrnn_course.cells.colours import STYLES, Style

__all__ = ["Axis", "Curve", "draw_chart"]

WIDTH, LEFT, RIGHT, TALL, ROW = 530, 62, 514, 210, 20
"""The curves stand between LEFT and RIGHT; above them their names, each in a row of ROW or two side by side."""
LONG = 31
"""Letters of a name that needs the row for itself."""
FAR = 400.0
"""How far outside of the chart a curve may go before it is cut."""
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_STYLES = (Style("#0072B2"), Style("#D55E00", "9 4"), Style("#009E73", "2 3"), Style("#CC79A7", "10 3 2 3"))


@dataclass(frozen=True)
class Axis:
    """One axis of a chart.

    Attributes:
        label: What it counts.
        low: The value at its left or lower end.
        high: The value at its right or upper end.
        log: Whether it is logarithmic.
    """

    label: str
    low: float
    high: float
    log: bool = False

    def share(self, value: float) -> float:
        """Where a value stands: 0 at the low end, 1 at the high end."""
        if not self.log:
            return (value - self.low) / (self.high - self.low)
        if value <= 0:
            return -math.inf
        return math.log(value / self.low) / math.log(self.high / self.low)

    def ticks(self) -> list[tuple[float, str]]:
        """Round values on the axis with their words, six or fewer."""
        if self.log:
            ends = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
            every = max(1, math.ceil((ends[1] - ends[0]) / 5))
            powers = [power for power in range(ends[1], ends[0] - 1, -1) if power % every == 0]
            return [(10.0**power, "1" if power == 0 else "10" + str(power).translate(_RAISED)) for power in powers]
        rough = (self.high - self.low) / 5
        unit = 10 ** math.floor(math.log10(rough))
        step = next(unit * k for k in (1, 2, 2.5, 5, 10) if unit * k >= rough * (1 - 1e-9))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [(k * step, f"{k * step:g}") for k in range(first, last + 1)]


@dataclass(frozen=True)
class Curve:
    """One curve of a chart.

    Attributes:
        name: What it is called; `"c"`, `"f"` and other names of a cell, with or without words after a comma, have its
            colour.
        values: Its values.
        at: Where they stand on the x axis; 0, 1, 2 and so on where left out.
        style: Its colour and strokes; chosen where left out.
        dots: Diameter of a dot at every value, in place of a line through them; 0 for the line.
    """

    name: str
    values: Sequence[float]
    at: Sequence[float] | None = None
    style: Style | None = None
    dots: float = 0.0


def draw_chart(curves: Sequence[Curve], x: Axis, y: Axis) -> str:
    """Draw curves on axes that stay the same.

    Args:
        curves: The curves.
        x: The axis below them.
        y: The axis at their left.

    Returns:
        An SVG in the ink of the page. What lies outside of the axes is not drawn.
    """
    abreast = 2 if all(len(curve.name) < LONG for curve in curves) else 1
    top = 10 + ROW * math.ceil(len(curves) / abreast) + ROW
    height = top + TALL + 44
    body = []
    for value, words in y.ticks():
        at = top + TALL * (1 - y.share(value))
        body.append(f'<path d="M{LEFT} {at:.1f}H{RIGHT}" stroke="currentColor" stroke-opacity=".2"/>')
        body.append(f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{words}</text>')
    for value, words in x.ticks():
        at = LEFT + (RIGHT - LEFT) * x.share(value)
        body.append(f'<path d="M{at:.1f} {top + TALL}v4" stroke="currentColor"/>')
        body.append(f'<text x="{at:.1f}" y="{top + TALL + 18}" text-anchor="middle">{words}</text>')
    body.append(f'<path d="M{LEFT} {top}V{top + TALL}H{RIGHT}" fill="none" stroke="currentColor"/>')
    body.append(f'<text x="{RIGHT}" y="{height - 8}" text-anchor="end">{escape(x.label)}</text>')
    body.append(f'<text x="6" y="{top - 10}">{escape(y.label)}</text>')
    lines = []
    for k, curve in enumerate(curves):
        look = _look(curve, k)
        left, row = 6 + (WIDTH // 2) * (k % abreast), 16 + ROW * (k // abreast)
        key = f"M{left + 17} {row - 4}h0" if curve.dots else f"M{left} {row - 4}h34"
        body.append(f'<path d="{key}" {look}/><text x="{left + 40}" y="{row}">{escape(curve.name)}</text>')
        if curve.dots:
            dots = (f"M{one}h0" for one in _points(curve, x, y, digits=0).split())
            lines.append(f'<path d="{"".join(dots)}" {look}/>')
        else:
            lines.append(f'<polyline points="{_points(curve, x, y)}" {look}/>')
    # A picture in the picture cuts what leaves the axes, and needs no name that a second widget could have, too.
    inner = f'<svg x="{LEFT}" y="{top}" width="{RIGHT - LEFT}" height="{TALL}" overflow="hidden">'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="sans-serif" font-size="13" fill="currentColor">'
    )
    return "\n".join((head, *body, inner, *lines, "</svg>", "</svg>"))


def _look(curve: Curve, k: int) -> str:
    """The attributes of a curve's line; black ones have the colour of the page's ink."""
    style = curve.style or STYLES.get(curve.name.partition(",")[0]) or _STYLES[k % len(_STYLES)]
    colour = "currentColor" if style.colour in ("#000000", "#4D4D4D") else style.colour
    if curve.dots:
        return f'fill="none" stroke="{colour}" stroke-width="{curve.dots:g}" stroke-linecap="round"'
    dash = f' stroke-dasharray="{style.dash}"' if style.dash else ""
    return f'fill="none" stroke="{colour}" stroke-width="2.5"{dash}'


def _points(curve: Curve, x: Axis, y: Axis, digits: int = 1) -> str:
    at = range(len(curve.values)) if curve.at is None else curve.at
    places = (((RIGHT - LEFT) * x.share(p), TALL * (1 - y.share(v))) for p, v in zip(at, curve.values, strict=True))
    return " ".join(f"{_near(p, RIGHT - LEFT):.{digits}f},{_near(v, TALL):.{digits}f}" for p, v in places)


def _near(place: float, size: float) -> float:
    """A place not too far outside of the chart; what is no number stands at the lower end."""
    return size + FAR if math.isnan(place) else min(max(place, -FAR), size + FAR) + 0.0
