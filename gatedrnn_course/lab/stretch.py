"""`show_stretch(...)`: what matrices make of the unit circle, so that singular values are lengths to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from gatedrnn_course.cells.colours import STYLES
from gatedrnn_course.errors import CourseError
from gatedrnn_course.lab.picture import Picture
from gatedrnn_course.lab.show import show
from gatedrnn_course.text import _

__all__ = ["show_stretch", "stretch_of"]

PANEL, GAP, LEFT, TOP, BELOW = 92, 10, 118, 26, 24
REACH = 2.0
"""What a panel shows to each side of its middle; the circle has radius 1."""
COLOUR = STYLES["i"].colour


def show_stretch(rows: Mapping[str, Sequence[Any]], heads: Sequence[str]) -> None:
    """Draw the unit circle and the ellipse that each matrix turns it into.

    The half axes of the ellipse are the singular values of the matrix: the most and the least it stretches a vector.
    They stand below it.

    Args:
        rows: For each row, by its name, one matrix (2, 2) a column.
        heads: A word for each column.

    Raises:
        CourseError: If a matrix is not of shape (2, 2).
    """
    show(stretch_of(rows, heads))


def stretch_of(rows: Mapping[str, Sequence[Any]], heads: Sequence[str]) -> Picture:
    """The picture behind `show_stretch`."""
    wide = LEFT + len(heads) * (PANEL + GAP)
    tall = TOP + len(rows) * (PANEL + BELOW + GAP)
    body = [_text(LEFT + k * (PANEL + GAP) + PANEL / 2, 16, head) for k, head in enumerate(heads)]
    told = []
    for n, (name, matrices) in enumerate(rows.items()):
        y = TOP + n * (PANEL + BELOW + GAP)
        lines = name.split("\n")
        body += [
            _text(6, y + PANEL / 2 + 18 * (k - (len(lines) - 1) / 2), line, "start") for k, line in enumerate(lines)
        ]
        parts = []
        for k, (matrix, head) in enumerate(zip(matrices, heads, strict=True)):
            lengths, turn = _ellipse(matrix)
            body.append(_panel(LEFT + k * (PANEL + GAP), y, lengths, turn))
            parts.append(
                _("{head}: {most} and {least}").format(head=head, most=_short(lengths[0]), least=_short(lengths[1]))
            )
        told.append(f"{' '.join(lines)}. {'; '.join(parts)}.")
    alt = " ".join(
        (_("The unit circle, and the ellipses that matrices turn it into, with their two half axes."), *told)
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {tall}" width="{wide}" height="{tall}" '
        f'role="img" aria-label="{escape(alt)}" font-family="sans-serif" font-size="12" fill="#222">'
    )
    clip = f'<clipPath id="panel"><rect width="{PANEL}" height="{PANEL}"/></clipPath>'
    return Picture("\n".join((head, f'<rect width="{wide}" height="{tall}" fill="#fff"/>', clip, *body, "</svg>")), alt)


def _ellipse(matrix: Any) -> tuple[tuple[float, float], float]:
    """The half axes, and the angle of the longer one in degrees."""
    array = np.asarray(matrix, dtype=float)
    if array.shape != (2, 2):
        raise CourseError(
            _("A picture of what a matrix makes of the unit circle."),
            _("The matrix has shape {came}.").format(came=array.shape),
            _("Expected is (2, 2): two rows and two columns."),
        )
    left, (most, least), _right = np.linalg.svd(array)
    return (float(most), float(least)), float(np.degrees(np.arctan2(left[1, 0], left[0, 0])) % 180)


def _panel(x: float, y: float, lengths: tuple[float, float], turn: float) -> str:
    """One ellipse over the circle; what is larger than the panel is cut at its edge."""
    unit = PANEL / 2 / REACH
    rx, ry = (max(length * unit, 0.6) for length in lengths)  # a line of no width would not be seen
    middle = f"translate({PANEL / 2:g} {PANEL / 2:g})"
    return (
        f'<g transform="translate({x:g} {y:g})"><rect width="{PANEL}" height="{PANEL}" fill="none" stroke="#999"/>'
        f'<g clip-path="url(#panel)"><circle transform="{middle}" r="{unit:g}" fill="none" stroke="#666" '
        f'stroke-dasharray="3 3"/><ellipse transform="{middle} rotate({-turn:.1f})" rx="{min(rx, 1e4):.1f}" '
        f'ry="{min(ry, 1e4):.1f}" fill="{COLOUR}" fill-opacity=".25" stroke="{COLOUR}" stroke-width="2"/></g>'
        f"</g>{_text(x + PANEL / 2, y + PANEL + 16, f'{_short(lengths[0])}, {_short(lengths[1])}')}"
    )


def _text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>'


def _short(value: float) -> str:
    """Two digits."""
    return f"{value:.2g}" if value < 99.5 else f"{value:.0f}"
