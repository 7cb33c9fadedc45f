"""The expressions of markdown cells: `<< equation("LSTM", "f") >>` becomes the equation the library holds."""

from __future__ import annotations

from functools import partial
from typing import Any

from jinja2 import Environment, StrictUndefined, TemplateError

from gatedrnn_course.authoring.source import SourceCell
from gatedrnn_course.authoring.terms import terms
from gatedrnn_course.cells import backward_of, catalogue, cell_latex
from gatedrnn_course.cells import describe as describe_cell
from gatedrnn_course.cells.latex import backward_latex, index_of, line_latex, name_latex
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.units import Unit
from gatedrnn_course.text import _

__all__ = ["render"]

# Delimiters that neither LaTeX nor markdown uses.
_ENVIRONMENT = Environment(
    variable_start_string="<<",
    variable_end_string=">>",
    block_start_string="<<%",
    block_end_string="%>>",
    comment_start_string="<<#",
    comment_end_string="#>>",
    undefined=StrictUndefined,
    autoescape=False,  # markdown of our own, no page of a stranger's
)


def render(cell: SourceCell, unit: Unit) -> str:
    """The text of a markdown cell with its expressions filled in.

    Known in it: `equation(cell, line)`, `equations(cell)`, `gradient(cell, name)`, `gradients(cell)`,
    `symbol(name)`, `count(cell, D, H)`, `describe(cell)`, `points(function)`, `terms()` and `unit`.

    Args:
        cell: The cell.
        unit: The unit it belongs to.

    Returns:
        The markdown.

    Raises:
        CourseError: If an expression cannot be filled in; the message quotes file and cell.
    """

    def points(name: str) -> int:
        return unit.item(name).points

    try:
        return _ENVIRONMENT.from_string(cell.text).render(
            **_KNOWN, points=points, terms=partial(terms, unit), unit=unit
        )
    except (TemplateError, CourseError, TypeError) as error:
        known = _("Known are {names}.").format(names=", ".join(sorted((*_KNOWN, "points", "terms", "unit"))))
        raise cell.fault(str(error), known) from error


def _equation(cell: str, line: str) -> str:
    """One line of a cell as displayed mathematics."""
    found = catalogue[cell]
    return f"$${line_latex(found.line(line), index_of(found))}$$"


def _equations(cell: str) -> str:
    """All lines of a cell, aligned."""
    return f"$$\n{cell_latex(catalogue[cell])}\n$$"


def _gradient(cell: str, *wanted: str) -> str:
    """Lines of the backward equations of a cell as displayed mathematics, such as `d_c`."""
    lines = {line.name: line for line in backward_of(catalogue[cell]).lines}
    for name in wanted:
        if name not in lines:
            known = ", ".join(lines)
            raise CourseError(
                _("The backward equation {name} of {cell}.").format(name=name, cell=cell),
                _("There is none."),
                _("There are {names}.").format(names=known),
            )
    return "\n\n".join(f"$${line_latex(lines[name])}$$" for name in wanted)


def _gradients(cell: str) -> str:
    """All backward equations of a cell, aligned."""
    return f"$$\n{backward_latex(backward_of(catalogue[cell]))}\n$$"


def _symbol(name: str) -> str:
    """A name within a sentence."""
    return f"${name_latex(name)}$"


def _count(cell: str, D: int, H: int) -> int:
    """How many numbers the cell learns."""
    return catalogue[cell].parameter_count(D, H)


def _describe(cell: str) -> str:
    """The cell in sentences."""
    return describe_cell(catalogue[cell])


_KNOWN: dict[str, Any] = {
    "count": _count,
    "describe": _describe,
    "equation": _equation,
    "equations": _equations,
    "gradient": _gradient,
    "gradients": _gradients,
    "symbol": _symbol,
}
