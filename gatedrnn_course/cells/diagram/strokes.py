"""Words, ways and heads of arrows as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from gatedrnn_course.cells.diagram.layout import Point
from gatedrnn_course.cells.diagram.sizes import FONT, SMALL

__all__ = ["parting", "path", "text", "tip", "toward", "weight"]

_TURN = 6


def text(
    x: float, y: float, words: str, colour: str, size: int = FONT, anchor: str = "middle", bold: bool = False
) -> str:
    """Words at a point."""
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size}" fill="{colour}"{weight}>'
        f"{escape(words)}</text>"
    )


def weight(x: float, y: float, label: str, colour: str) -> str:
    """`W_f` with its index set lower."""
    letter, _underscore, index = label.partition("_")
    low = f'<tspan font-size="{SMALL}" dy="3">{escape(index)}</tspan>' if index else ""
    head = f'<text x="{x:g}" y="{y:g}" text-anchor="middle" font-size="{FONT}" fill="{colour}">'
    return f"{head}{escape(letter)}{low}</text>"


def path(points: Sequence[Point]) -> str:
    """A way with rounded corners."""
    parts = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_TURN, _length(before, corner) / 2, _length(corner, after) / 2)
        (ax, ay), (bx, by) = toward(corner, before, radius), toward(corner, after, radius)
        parts.append(f"L{ax:g} {ay:g}Q{corner[0]:g} {corner[1]:g} {bx:g} {by:g}")
    parts.append(f"L{points[-1][0]:g} {points[-1][1]:g}")
    return "".join(parts)


def _length(a: Point, b: Point) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def toward(a: Point, b: Point, by: float) -> Point:
    """The point at a distance from one point towards another, which lies level with it or upright to it."""
    far = _length(a, b) or 1
    return a[0] + (b[0] - a[0]) * by / far, a[1] + (b[1] - a[1]) * by / far


def tip(points: Sequence[Point], colour: str, wide: int) -> str:
    """The head of an arrow at the end of a way."""
    (x, y), long, half = points[-1], 5 + wide, 2 + wide
    back = toward((x, y), points[-2], long)
    dx, dy = (0, half) if back[1] == y else (half, 0)
    corners = ((x, y), (back[0] + dx, back[1] + dy), (back[0] - dx, back[1] - dy))
    return f'<path d="M{"L".join(f"{a:g} {b:g}" for a, b in corners)}z" fill="{colour}"/>'


def parting(one: Sequence[Point], other: Sequence[Point]) -> Point:
    """The last point that two ways from the same start have in common."""
    for k in range(1, min(len(one), len(other))):
        if one[k] == other[k]:
            continue
        start = one[k - 1]
        a, b = _length(start, one[k]), _length(start, other[k])
        step = min(a, b)
        return toward(start, one[k], step) if toward(start, one[k], step) == toward(start, other[k], step) else start
    return one[min(len(one), len(other)) - 1]
