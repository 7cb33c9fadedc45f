"""Draws a cell as the flow it is: operations are nodes, the state runs straight through, gates are valves on it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.describe import describe
from gatedrnn_course.cells.diagram.draw import Pen
from gatedrnn_course.cells.diagram.layout import layout
from gatedrnn_course.text import _

__all__ = ["diagram"]


def diagram(cell: Cell, upto: str | None = None, lit: str | Sequence[str] = (), back: bool = False) -> str:
    """A picture of the cell's data flow.

    The state that the cell carries runs straight from left to right, with the products and sums it meets on it. A
    product with a gate is drawn as a valve. A box holds the weights of a weighted sum, each above the wire it weighs.

    Args:
        cell: The cell.
        upto: Draw the equations up to this line only, each at its place in the whole picture.
        lit: The line, or lines, to draw in colour, all else in grey; everything in colour where left out.
        back: Whether the arrows in colour point backwards, the way the gradient takes.

    Returns:
        An SVG text with `role="img"`, a title and a description for screen readers. The same cell gives the same text.

    Raises:
        CellError: If the cell has no line of that name.
    """
    lines = [line.name for line in cell.lines]
    shown = lines[: lines.index(cell.line(upto).name) + 1] if upto is not None else lines
    bright = [cell.line(name).name for name in ([lit] if isinstance(lit, str) else lit)]
    made = layout(cell)
    size = f'width="{made.width:g}" height="{made.height:g}"'
    label = escape(_("Data flow of the {cell} cell").format(cell=cell.name))
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {made.width:g} {made.height:g}" {size} role="img" '
            f'aria-label="{label}" font-family="sans-serif">',
            f"<title>{label}</title>",
            f"<desc>{escape(describe(cell, upto))}</desc>",
            f'<rect {size} fill="#fff"/>',
            *Pen(made, shown, bright, back).body(),
            "</svg>",
        )
    )
