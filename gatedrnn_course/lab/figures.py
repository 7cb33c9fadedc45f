"""`show_cell("LSTM")`: a cell as the flow it is, whole or grown line by line, and its equations as on the slides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gatedrnn_course.cells import Cell, cell_latex, cell_of, describe, describe_back, diagram
from gatedrnn_course.lab.picture import Picture
from gatedrnn_course.lab.show import show

__all__ = ["CellEquations", "figure_of", "show_cell"]


@dataclass(frozen=True, repr=False)
class CellEquations:
    """A cell's equations: typeset in a notebook, the cell's own text elsewhere.

    Attributes:
        cell: The cell.
    """

    cell: Cell

    def _repr_latex_(self) -> str:
        return f"$$\n{cell_latex(self.cell)}\n$$"

    def __repr__(self) -> str:
        return self.cell.text


def figure_of(cell: Cell | str, upto: str | None = None, lit: str | Sequence[str] = (), back: bool = False) -> Picture:
    """The data flow of a cell as a picture, with its equations in words as alternative text.

    Args:
        cell: A cell, or its name in the catalogue.
        upto: The last line to draw; all where left out.
        lit: The line or lines to draw in colour, all else in grey.
        back: Whether the arrows in colour point backwards, the way the gradient takes.

    Raises:
        CourseError: If the catalogue has no such cell, or the cell no such line.
    """
    found = cell_of(cell)
    alt = describe_back(found, lit) if back else describe(found, upto)
    return Picture(diagram(found, upto, lit, back), alt)


def show_cell(
    cell: Cell | str,
    upto: str | None = None,
    lit: str | Sequence[str] = (),
    equations: bool = False,
    back: bool = False,
) -> None:
    """Show the data flow of a cell.

    Args:
        cell: A cell, or its name in the catalogue.
        upto: The last line to draw, each line at its place in the whole picture; all where left out.
        lit: The line or lines to draw in colour, all else in grey.
        equations: Whether to typeset its equations above.
        back: Whether the arrows in colour point backwards, the way the gradient takes.

    Raises:
        CourseError: If the catalogue has no such cell, or the cell no such line.
    """
    picture = figure_of(cell, upto, lit, back)
    if equations:
        show(CellEquations(cell_of(cell)))
    show(picture)
