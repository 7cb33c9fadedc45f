"""`plot(...)`: curves told apart by colour and line style, described in words made from the data.

matplotlib loads when the first curve is drawn.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np

from gatedrnn_course.cells.colours import STYLES as CELL
from gatedrnn_course.lab.picture import Picture
from gatedrnn_course.lab.show import show
from gatedrnn_course.text import _

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["COLOURS", "describe_plot", "draw_curves", "picture_of", "plot"]

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#56B4E9", "#CC79A7", "#000000")
"""Okabe-Ito without yellow, which is hard to see on white."""
STYLES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))
WIDE, TALL, ROW, DOTS = 5.6, 3.0, 0.22, 100
"""Inches, of a row of names above the curves too, and pixels an inch. Letters stay readable on half a screen."""

Curves = Mapping[str, Sequence[float]]


def plot(curves: Curves, x: str, y: str, title: str = "", at: Sequence[float] | None = None, log: bool = False) -> None:
    """Draw curves.

    Args:
        curves: The values of each curve by its name; `"c"`, `"f"` and other names of a cell, with or without words
            after a comma, have its colour.
        x: Words for the x axis.
        y: Words for the y axis.
        title: Title.
        at: Where the values stand on the x axis; 0, 1, 2 and so on where left out.
        log: Whether the y axis is logarithmic.
    """
    show(picture_of(draw_curves(curves, x, y, title, at, log), describe_plot(curves, x, y, title, at)))


def picture_of(figure: Figure, alt: str) -> Picture:
    """A figure of matplotlib as a picture whose words reach every reader.

    Args:
        figure: The figure.
        alt: What it shows, in words.
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DOTS, metadata={"Software": None})
    return Picture(buffer.getvalue(), alt)


def describe_plot(curves: Curves, x: str, y: str, title: str = "", at: Sequence[float] | None = None) -> str:
    """The curves in words: where each begins and ends, and its extremes where they lie elsewhere.

    Args:
        curves: The values of each curve by its name.
        x: Words for the x axis.
        y: Words for the y axis.
        title: Title.
        at: Where the values stand on the x axis.

    Returns:
        Sentences with numbers of two digits.
    """
    parts = [_("{title}: {y} over {x}.").format(title=title or _("Plot"), y=y, x=x)]
    for name, values in curves.items():
        row = np.asarray(values, dtype=float)
        where = _positions(at, len(row))
        if not np.isfinite(row).any():
            parts.append(_("{name}: no numbers.").format(name=name))
            continue
        words = _("{name} goes from {first} at {start} to {last} at {end}")
        said = words.format(
            name=name, first=_number(row[0]), start=_number(where[0]), last=_number(row[-1]), end=_number(where[-1])
        )
        ends = (row[0], row[-1])
        for k, phrase in ((np.nanargmax(row), _("highest {v} at {x}")), (np.nanargmin(row), _("lowest {v} at {x}"))):
            if row[k] not in ends:
                said += ", " + phrase.format(v=_number(row[k]), x=_number(where[int(k)]))
        parts.append(f"{said}.")
    return " ".join(parts)


def draw_curves(
    curves: Curves, x: str, y: str, title: str = "", at: Sequence[float] | None = None, log: bool = False
) -> Figure:
    """The figure behind `plot`, for those who want to add to it."""
    from matplotlib.figure import Figure

    rows = -(-len(curves) // 2) if len(curves) > 1 else 0
    figure = Figure(figsize=(WIDE, TALL + ROW * rows), layout="constrained")
    axes = figure.add_subplot()
    for (name, values), colour, style in zip(curves.items(), cycle(COLOURS), cycle(STYLES)):
        own = CELL.get(name.partition(",")[0])
        drawn = own.colour if own else colour
        axes.plot(_positions(at, len(values)), values, color=drawn, linestyle=style, linewidth=2, label=name)
    axes.set(xlabel=x, ylabel=y, title=title, yscale="log" if log else "linear")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.3)
    if rows:
        figure.legend(frameon=False, loc="outside upper left", ncols=2)
    return figure


def _positions(at: Sequence[float] | None, count: int) -> Sequence[float]:
    return range(count) if at is None else at


def _number(value: float) -> str:
    """Two digits, and no minus before zero."""
    return f"{value + 0.0:.2g}" if abs(value) < 100 else f"{value:.0f}"
