"""Bar charts as SVG texts: numbers at the bars, an axis with its unit, a description for screen readers."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

from markupsafe import Markup, escape

from gatedrnn_course.text import _, n_

from .counts import Count

__all__ = ["bars", "columns", "stacked"]

# Okabe-Ito blue and orange; the orange bars have a dashed border as well. A page may recolour them by class.
LOOKS = {"named": ("#0072B2", "none"), "other": ("#E69F00", "4 3")}
WIDTH, LABELS, LINE, BAR = 900, 430, 17, 16
COLUMN_HEIGHT = 150
SHORT_LABELS = 230
PARTS = (
    ("#56B4E9", None, ""),
    ("#E69F00", 1.0, ""),
    ("#CC79A7", -1.0, ""),
    ("#F0F0F0", 0.0, "1 4"),
    ("#D55E00", 0.0, ""),
)
"""Of each part of a bar its colour, how far its lines lean, and how they are broken."""
STEP = 8
CHARACTERS = 50  # of a label on one line
NAMED = 4  # functions named below a label; of more, only the number is told


def bars(name: str, title: str, rows: Sequence[Count], look: str = "named") -> Markup:
    """One horizontal bar a row, its label on the left, the number of students at its end.

    Args:
        name: Unique in the page, for the ids of title and description.
        title: What the chart shows.
        rows: Labels and numbers, in the order they are drawn.
        look: `named` or `other`.
    """
    top = max((row.students for row in rows), default=0)
    scale = (WIDTH - LABELS - 50) / max(top, 1)
    y, body = 8.0, []
    for row in rows:
        lines = textwrap.wrap(row.label.replace("`", ""), CHARACTERS)
        body += [_text(LABELS - 12, y + LINE * (k + 0.8), line, "end") for k, line in enumerate(lines)]
        body.append(_text(LABELS - 12, y + LINE * (len(lines) + 0.75), _where(row.names), "end", small=True))
        height = (len(lines) + 1) * LINE
        middle = y + height / 2
        body.append(_rect(LABELS, middle - BAR / 2, row.students * scale, BAR, look))
        body.append(_text(LABELS + row.students * scale + 7, middle + 5, str(row.students)))
        y += height + 10
    body += [part for tick in _ticks(top) for part in _tick(LABELS + tick * scale, y, tick)]
    body.append(_text(LABELS + top * scale / 2, y + 36, _("students"), "middle"))
    return _svg(name, title, _listed(rows), WIDTH, y + 44, body)


def columns(name: str, title: str, rows: Sequence[Count], unit: str) -> Markup:
    """One column a row, its label below, the number of students above it.

    Args:
        name: Unique in the page.
        title: What the chart shows.
        rows: Labels and numbers.
        unit: What the labels count, written below them.
    """
    top = max((row.students for row in rows), default=0)
    step = (WIDTH - 80) / max(len(rows), 1)
    floor = COLUMN_HEIGHT + 28
    body = []
    for k, row in enumerate(rows):
        x, height = 60 + k * step, row.students * COLUMN_HEIGHT / max(top, 1)
        body.append(_rect(x + step * 0.12, floor - height, step * 0.76, height, "named"))
        if row.students:
            body.append(_text(x + step / 2, floor - height - 6, str(row.students), "middle"))
        body.append(_text(x + step / 2, floor + 18, row.label, "middle"))
    body.append(Markup('<path class="axis" d="M60 {0}H{1}" stroke="currentColor"/>').format(floor, WIDTH - 20))
    body.append(_text(60 + (WIDTH - 80) / 2, floor + 40, unit, "middle"))
    turned = '<text transform="translate(28 {0}) rotate(-90)" text-anchor="middle">{1}</text>'
    body.append(Markup(turned).format(floor - COLUMN_HEIGHT / 2, _("students")))
    return _svg(name, title, _listed([row for row in rows if row.students]), WIDTH, floor + 50, body)


def stacked(name: str, title: str, kinds: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> Markup:
    """One bar a row, a part of it for each kind; each with a pattern of its own, and its number if there is room.

    Args:
        name: Unique in the page.
        title: What the chart shows.
        kinds: What the parts are, at most as many as there are patterns.
        rows: Label of each row, and its number of students of each kind.
    """
    top = max((sum(numbers) for _label, numbers in rows), default=0)
    scale = (WIDTH - SHORT_LABELS - 30) / max(top, 1)
    body: list[Markup] = []
    x, y = float(SHORT_LABELS), 8.0
    for k, kind in enumerate(kinds):  # the key of the picture, wrapped
        width = 30 + 8 * len(kind)
        if x + width > WIDTH and x > SHORT_LABELS:
            x, y = float(SHORT_LABELS), y + 24
        body += [_part(k, x, y, 18, BAR), _text(x + 25, y + 13, kind)]
        x += width
    y += 34
    first = y - 4
    for label, numbers in rows:
        body.append(_text(SHORT_LABELS - 12, y + 13, label, "end"))
        x = float(SHORT_LABELS)
        for k, number in enumerate(numbers):
            if number:
                length = number * scale
                body.append(_part(k, x, y, length, BAR + 2))
                if length >= 9 * len(str(number)) + 12:
                    body.append(_plate(x + length / 2, y + 13.5, str(number)))
                x += length
        y += BAR + 12
    body += [part for tick in _ticks(top) for part in _tick(SHORT_LABELS + tick * scale, y, tick, first)]
    body.append(_text(SHORT_LABELS + top * scale / 2, y + 36, _("students"), "middle"))
    told = "; ".join(
        f"{label}: " + ", ".join(f"{kind} {number}" for kind, number in zip(kinds, numbers, strict=True) if number)
        for label, numbers in rows
    )
    return _svg(name, title, f"{told}." if told else _("No student."), WIDTH, y + 44, body)


def _part(k: int, x: float, y: float, width: float, height: float) -> Markup:
    """A part of a bar: a colour of Okabe and Ito, and lines that tell it apart without colour."""
    colour, lean, dash = PARTS[k]
    if lean is None:
        lines = ""
    else:
        reach = height * abs(lean)
        starts = (x + (0 if lean >= 0 else reach) + STEP * (n + 0.5) for n in range(int((width - reach) // STEP)))
        lines = "".join(f"M{start:.1f} {y + height:g}l{lean * height:g} {-height:g}" for start in starts)
    return Markup(
        '<path d="M{0:g} {1:g}h{2:g}v{3:g}h-{2:g}z" fill="{4}" stroke="#000"/>'
        '<path d="{5}" stroke="#000" stroke-dasharray="{6}"/>'
    ).format(round(x, 2), y, round(width, 2), height, colour, lines, dash)


def _plate(x: float, y: float, words: str) -> Markup:
    """A number on a white ground, to be read on any pattern."""
    width = 9 * len(words) + 4
    return Markup(
        '<rect x="{0:g}" y="{1:g}" width="{2}" height="15" fill="#fff" rx="2"/>'
        '<text x="{3:g}" y="{4:g}" text-anchor="middle" fill="#000">{5}</text>'
    ).format(round(x - width / 2, 2), round(y - 12, 2), width, round(x, 2), round(y, 2), words)


def _where(names: Sequence[str]) -> str:
    """In which functions, where they are few."""
    return ", ".join(names) if len(names) <= NAMED else _("in {count} functions").format(count=len(names))


def _listed(rows: Sequence[Count]) -> str:
    """The numbers of a chart as sentences."""
    if not rows:
        return _("No student.")
    words = n_("{label}: {count} student", "{label}: {count} students", 2)
    one = n_("{label}: {count} student", "{label}: {count} students", 1)
    return (
        "; ".join(
            (one if row.students == 1 else words).format(
                label=row.label.replace("`", "").rstrip("."), count=row.students
            )
            for row in rows
        )
        + "."
    )


def _ticks(top: int) -> list[int]:
    """Whole numbers from 0, at most about six of them."""
    step = max(math.ceil(top / 5), 1)
    return list(range(0, top + 1, step))


def _tick(x: float, y: float, tick: int, start: float = 4) -> tuple[Markup, Markup]:
    line = Markup('<path class="grid" d="M{0:g} {2:g}V{1:g}" stroke="currentColor" stroke-opacity=".18"/>').format(
        round(x, 2), y, start
    )
    return line, _text(x, y + 16, str(tick), "middle")


def _text(x: float, y: float, words: str, anchor: str = "start", small: bool = False) -> Markup:
    look = Markup(' font-size="12" opacity=".75"') if small else Markup("")
    return Markup('<text x="{0:g}" y="{1:g}" text-anchor="{2}"{3}>{4}</text>').format(
        round(x, 2), round(y, 2), anchor, look, words
    )


def _rect(x: float, y: float, width: float, height: float, look: str) -> Markup:
    fill, dash = LOOKS[look]
    return Markup(
        '<rect class="bar {5}" x="{0:g}" y="{1:g}" width="{2:g}" height="{3:g}" fill="{4}" stroke="currentColor" '
        'stroke-dasharray="{6}"/>'
    ).format(round(x, 2), round(y, 2), round(width, 2), round(height, 2), fill, look, dash)


def _svg(name: str, title: str, numbers: str, width: float, height: float, body: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0:g} {1:g}" role="img" '
        'aria-labelledby="{2}-title {2}-desc" font-family="sans-serif" font-size="14" fill="currentColor">\n'
        '<title id="{2}-title">{3}</title>\n<desc id="{2}-desc">{4}</desc>\n{5}\n</svg>'
    ).format(width, round(height, 2), name, escape(title), escape(numbers), Markup("\n").join(body))
