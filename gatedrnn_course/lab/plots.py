"""`plot(...)`: curves told apart by colour and line style, described in words made from the data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gatedrnn_course.lab.curves import Curves, draw_curves, positions
from gatedrnn_course.lab.picture import Picture
from gatedrnn_course.lab.show import show
from gatedrnn_course.text import _

__all__ = ["describe_plot", "plot"]


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
    words = describe_plot(curves, x, y, title, at)
    show(Picture(draw_curves(curves, x, y, title, at, log, words), words))


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
        where = positions(at, len(row))
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


def _number(value: float) -> str:
    """Two digits, and no minus before zero."""
    return f"{value + 0.0:.2g}" if abs(value) < 100 else f"{value:.0f}"
