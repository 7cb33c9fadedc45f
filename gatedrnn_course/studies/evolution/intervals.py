"""A picture of means with their intervals, and the numbers of a paper beside them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from gatedrnn_course.studies.statistics import Interval
from gatedrnn_course.text import _

__all__ = ["Row", "intervals", "intervals_in_words"]

LEFT, WIDTH, ROW, TOP, BOTTOM = 90, 420, 26, 34, 34
OURS, THEIRS = "#0b5fa5", "#a3400b"
Row = tuple[str, Interval, float | None]
"""A name, our interval, and a paper's number where there is one."""


def intervals_in_words(rows: Sequence[Row]) -> str:
    """The numbers of the picture in sentences.

    Args:
        rows: What is drawn.
    """
    alone, beside = _("{name}: {ours}."), _("{name}: {ours}, in the paper {theirs:.3f}.")
    return " ".join(
        (alone if theirs is None else beside).format(name=name, ours=f"{ours:.3f}", theirs=theirs)
        for name, ours, theirs in rows
    )


def intervals(title: str, rows: Sequence[Row]) -> str:
    """A row for each name: our mean with its interval, the paper's number as a diamond.

    Args:
        title: What the picture is called.
        rows: A name, our interval, the paper's number or None; numbers from 0 to 1.

    Returns:
        An SVG text with `role="img"`, a title and the numbers in words.
    """
    height = TOP + ROW * len(rows) + BOTTOM
    label, full = escape(title), LEFT + WIDTH + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {full} {height}" width="{full}" height="{height}" '
        f'role="img" aria-label="{label}" font-family="sans-serif" font-size="13">',
        f"<title>{label}</title>",
        f"<desc>{escape(intervals_in_words(rows))}</desc>",
        f'<rect width="{full}" height="{height}" fill="#fff"/>',
        f'<text x="{LEFT}" y="20" fill="#222">{label}</text>',
    ]
    for tick in range(6):
        x = LEFT + WIDTH * tick / 5
        parts.append(f'<line x1="{x:g}" y1="{TOP}" x2="{x:g}" y2="{height - BOTTOM}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:g}" y="{height - 14}" text-anchor="middle" fill="#222">{tick / 5:g}</text>')
    for k, (name, ours, theirs) in enumerate(rows):
        y = TOP + ROW * (k + 0.5)
        low, mid, high = (LEFT + WIDTH * v for v in (ours.low, ours.value, ours.high))
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:g}" text-anchor="end" fill="#222">{escape(name)}</text>')
        if ours.low == ours.low:  # an interval of one number has no ends
            parts.append(f'<line x1="{low:g}" y1="{y:g}" x2="{high:g}" y2="{y:g}" stroke="{OURS}" stroke-width="3"/>')
        parts.append(f'<circle cx="{mid:g}" cy="{y:g}" r="5" fill="{OURS}"/>')
        if theirs is None:
            continue
        other = LEFT + WIDTH * theirs
        parts.append(
            f'<path d="M{other:g} {y - 6:g} l6 6 l-6 6 l-6 -6 z" fill="#fff" stroke="{THEIRS}" stroke-width="2"/>'
        )
    return "\n".join((*parts, "</svg>"))
