"""What a notebook shows for a cell: its equations typeset, and its picture."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.describe import describe
from gatedrnn_course.cells.diagram import diagram
from gatedrnn_course.cells.latex import cell_latex

__all__ = ["html", "image", "markdown"]


def image(svg: str, alt: str) -> str:
    """A drawing as an HTML image with alternative text, which an inline SVG has in no notebook.

    Args:
        svg: The drawing.
        alt: What it shows, in words.

    Returns:
        An `<img>` that holds the drawing.
    """
    source = quote(svg, safe=" =:/,;()")
    return f'<img alt="{escape(alt)}" style="max-width:100%" src="data:image/svg+xml,{source}">'


def markdown(cell: Cell) -> str:
    """The equations of a cell, typeset."""
    return f"$$\n{cell_latex(cell)}\n$$"


def html(cell: Cell) -> str:
    """The equations of a cell, typeset, above its picture."""
    return f"<div>{escape(markdown(cell))}</div>\n{image(diagram(cell), describe(cell))}"
