"""Curves as a small SVG: axes with round numbers, one line a curve, told apart by colour and line style."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import cycle
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.cells.colours import STYLES as CELL
from gatedrnn_course.lab.shown import shown

__all__ = ["COLOURS", "DASHES", "Curves", "draw_curves", "positions"]

Curves = Mapping[str, Sequence[float]]

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#56B4E9", "#CC79A7", "#000000")
"""Okabe-Ito without yellow, which is hard to see on white."""
DASHES = ("", "7 3", "8 3 2 3", "2 3", "11 2", "6 2 2 2 2 2", "2 1")
WIDTH, TALL, LEFT, RIGHT, TOP, BOTTOM = 560, 236, 66, 548, 10, 44
ROW = 20
"""Height of a row of names above the curves."""
LONG = 30
"""Letters of a name that two columns have room for."""
TICKS = 6
NEAR = 0.2
"""Pixels: points nearer than this to the line between their neighbours are left out."""
INK = "#222"
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class _Axis:
    """One axis: where a value stands on the picture, and which values are written beside it."""

    place: Callable[[Any], NDArray[np.float64]]
    ticks: tuple[tuple[float, str], ...]


def positions(at: Sequence[float] | None, count: int) -> Sequence[float]:
    """Where the values of a curve stand on the x axis: 0, 1, 2 and so on where nothing is said."""
    return range(count) if at is None else at


def draw_curves(
    curves: Curves, x: str, y: str, title: str = "", at: Sequence[float] | None = None, log: bool = False, alt: str = ""
) -> str:
    """The picture behind `plot`.

    Args:
        curves: The values of each curve by its name.
        x: Words for the x axis.
        y: Words for the y axis.
        title: Title.
        at: Where the values stand on the x axis.
        log: Whether the y axis is logarithmic; what is not above 0 is a gap there.
        alt: The picture in words.

    Returns:
        An SVG in dark ink on white paper.
    """
    columns = 1 if any(len(name) > LONG for name in curves) else 2
    names = -(-len(curves) // columns) if len(curves) > 1 else 0
    head = TOP + ROW * (names + bool(title))
    height = head + TALL + BOTTOM
    values = {name: np.asarray(row, dtype=float) for name, row in curves.items()}
    if log:
        values = {name: np.where(row > 0, row, np.nan) for name, row in values.items()}
    where = [np.asarray(positions(at, len(row)), dtype=float) for row in values.values()]
    across, up = _axis(where, LEFT, RIGHT, False, 0.0), _axis(list(values.values()), head + TALL, head, log, 0.04)
    body = [f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>', *_frame(across, up, head)]
    for k, ((name, row), xs, colour, dash) in enumerate(
        zip(values.items(), where, _colours(list(curves)), cycle(DASHES))
    ):
        look = f'stroke="{colour}"' + (f' stroke-dasharray="{dash}"' if dash else "")
        body.append(f'<path d="{_path(across.place(xs), up.place(row))}" {look}/>')
        if names:
            left, line = 10 + (WIDTH // columns) * (k % columns), TOP + ROW * (k // columns + bool(title))
            body.append(f'<path d="M{left} {line + 6}h26" {look}/>{_text(left + 34, line + 10, name)}')
    body.append(_text((LEFT + RIGHT) / 2, height - 8, x, "middle"))
    middle = head + TALL / 2
    body.append(f'<g transform="translate(14 {middle:g}) rotate(-90)">{_text(0, 0, y, "middle")}</g>')
    if title:
        body.append(_text(WIDTH / 2, TOP + 6, title, "middle"))
    label = f'aria-label="{escape(alt)}" ' if alt else ""
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" {label}font-family="sans-serif" font-size="13" fill="none" stroke-width="2" '
        f'style="color:{INK};background:#fff">'
    )
    return "\n".join((opening, *body, "</svg>"))


def _colours(names: Sequence[str]) -> Iterator[str]:
    """For each curve the colour of its quantity, or, where it has none, one that no quantity here has."""
    own = [CELL.get(name.partition(",")[0]) for name in names]
    taken = {style.colour for style in own if style}
    others = cycle([colour for colour in COLOURS if colour not in taken] or COLOURS)
    return (style.colour if style else next(others) for style in own)


def _axis(values: list[NDArray[np.float64]], start: float, end: float, log: bool, pad: float) -> _Axis:
    """An axis that holds all values, its low end at `start` and its high end at `end`."""
    known = np.concatenate([row[np.isfinite(row)] for row in values] or [np.empty(0)])
    low, high = (known.min(), known.max()) if known.size else (1.0, 1.0)
    if log:
        low, high = np.log10(low), np.log10(high)
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        low, high = low - 0.5, high + 0.5
    low, high = low - pad * (high - low), high + pad * (high - low)

    def place(row: Any) -> NDArray[np.float64]:
        scaled = np.log10(row) if log else np.asarray(row, dtype=float)
        placed: NDArray[np.float64] = start + (scaled - low) / (high - low) * (end - start)
        return placed

    return _Axis(place, _powers(low, high) if log else _round(low, high))


def _round(low: float, high: float) -> tuple[tuple[float, str], ...]:
    """Round numbers from 1, 2, 5, 10, 20 and so on that lie between two numbers."""
    rough = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * k for k in (1, 2, 5, 10) if power * k >= rough * (1 - 1e-9))
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    counts = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return tuple((k * step, f"{k * step + 0.0:.{digits}f}") for k in counts)


def _powers(low: float, high: float) -> tuple[tuple[float, str], ...]:
    """Powers of ten between two exponents, at most a few; where that are less than two, 2 and 5 times them too."""
    whole = range(math.ceil(low), math.floor(high) + 1)
    if len(whole) < 2:
        between = [(k, m) for k in range(math.floor(low), math.ceil(high) + 1) for m in (1, 2, 5)]
        near = [10.0**k * m for k, m in between if low <= k + math.log10(m) <= high]
        return tuple((value, f"{value:g}") for value in near) or _one(low, high)
    every = -(-len(whole) // TICKS)
    return tuple((10.0**k, f"10{str(k).translate(_RAISED)}") for k in whole if k % every == 0)


def _one(low: float, high: float) -> tuple[tuple[float, str], ...]:
    middle = 10 ** ((low + high) / 2)
    return ((middle, shown(middle)),)


def _frame(across: _Axis, up: _Axis, head: float) -> list[str]:
    """Grid, axes and the numbers beside them."""
    floor = head + TALL
    columns = [(f"{float(across.place(value)):.1f}", words) for value, words in across.ticks]
    rows = [(float(up.place(value)), words) for value, words in up.ticks]
    grid = [*(f"M{at} {floor:g}V{head:g}" for at, _w in columns), *(f"M{LEFT} {at:.1f}H{RIGHT}" for at, _w in rows)]
    return [
        f'<path d="{"".join(grid)}" stroke="{INK}" stroke-opacity=".15" stroke-width="1"/>',
        f'<path d="M{LEFT} {head:g}V{floor:g}H{RIGHT}" stroke="{INK}" stroke-width="1"/>',
        *(_text(at, floor + 17, words, "middle") for at, words in columns),
        *(_text(LEFT - 6, at + 4, words, "end") for at, words in rows),
    ]


def _path(xs: NDArray[np.float64], ys: NDArray[np.float64]) -> str:
    """A curve as a path; it has a gap where a value is no number."""
    known = np.isfinite(xs) & np.isfinite(ys)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], known.astype(int), [0]))))
    parts = []
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        kept = _bends(np.stack([xs[first:last], ys[first:last]], axis=1))
        points = " ".join(f"{a:.1f} {b:.1f}" for a, b in kept)
        parts.append(f"M{points}" if len(kept) > 1 else f"M{points}h.1")
    return "".join(parts)


def _bends(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The points of a line that it cannot do without (Ramer, Douglas and Peucker)."""
    needed = {0, len(points) - 1}
    open_parts = [(0, len(points) - 1)]
    while open_parts:
        first, last = open_parts.pop()
        if last - first < 2:
            continue
        inner, chord = points[first + 1 : last] - points[first], points[last] - points[first]
        off = np.abs(inner[:, 0] * chord[1] - inner[:, 1] * chord[0]) / max(float(np.hypot(*chord)), 1e-9)
        if off.max() > NEAR:
            middle = first + 1 + int(off.argmax())
            needed.add(middle)
            open_parts += [(first, middle), (middle, last)]
    return points[sorted(needed)]


def _text(x: float | str, y: float, words: str, anchor: str = "start") -> str:
    at = x if isinstance(x, str) else f"{x:g}"
    side = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{at}" y="{y:.1f}" fill="{INK}"{side}>{escape(words)}</text>'
