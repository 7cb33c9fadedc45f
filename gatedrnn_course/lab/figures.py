"""`show_cell("LSTM")`: a cell's equations as on the slides, and its data flow as a picture."""

from __future__ import annotations

from dataclasses import dataclass

from gatedrnn_course.cells import Cell, catalogue, cell_latex, describe, diagram
from gatedrnn_course.lab.picture import Picture
from gatedrnn_course.lab.show import show

__all__ = ["Equations", "cell_of", "figure_of", "show_cell"]


@dataclass(frozen=True, repr=False)
class Equations:
    """A cell's equations: typeset in a notebook, the cell's own text elsewhere.

    Attributes:
        cell: The cell.
    """

    cell: Cell

    def _repr_latex_(self) -> str:
        return f"$$\n{cell_latex(self.cell)}\n$$"

    def __repr__(self) -> str:
        return self.cell.text


def figure_of(cell: Cell | str) -> Picture:
    """The data flow of a cell as a picture, with its equations in words as alternative text.

    Args:
        cell: A cell, or its name in the catalogue.
    """
    found = cell_of(cell)
    return Picture(diagram(found), describe(found))


def show_cell(cell: Cell | str) -> None:
    """Show a cell's equations, then its data flow.

    Args:
        cell: A cell, or its name in the catalogue.

    Raises:
        CourseError: If the catalogue has no such cell.
    """
    found = cell_of(cell)
    show(Equations(found))
    show(figure_of(found))


def cell_of(cell: Cell | str) -> Cell:
    """A cell, by itself or by its name in the catalogue.

    Raises:
        CourseError: If the catalogue has no such cell.
    """
    return cell if isinstance(cell, Cell) else catalogue[cell]
