"""Figures of matplotlib as SVG that says in words what it shows."""

from __future__ import annotations

import io
import re
from html import escape, unescape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["AMBER", "BLUE", "GREEN", "GREY", "INK", "RED", "alt_of", "new_figure", "to_svg"]

BLUE, RED, GREEN, AMBER, GREY, INK = "#0072B2", "#D55E00", "#009E73", "#E69F00", "#B8BFC6", "#222222"
"""Of Okabe and Ito's palette, told apart by the colour-blind; figures also tell things apart by shape or hatching."""


def new_figure(width: float, height: float) -> Figure:
    """An empty figure on white, in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained", facecolor="white")


def to_svg(figure: Figure, alt: str) -> str:
    """The figure as SVG; the same figure gives the same text.

    Args:
        figure: What was drawn.
        alt: The same in words.
    """
    import matplotlib

    style: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": "gatedrnn_course",
        "font.family": "sans-serif",
        "font.size": 10,
    }
    file = io.StringIO()
    with matplotlib.rc_context(style):
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    text = file.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\n?", "", text, flags=re.DOTALL)
    label = f'<svg role="img" aria-label="{escape(alt)}"'
    return text.replace("<svg", label, 1).strip() + "\n"


def alt_of(svg: str) -> str:
    """The words of a picture that `to_svg` made."""
    return unescape(svg.partition('aria-label="')[2].partition('"')[0])
