"""The nine architectures of the Odyssey as edits of one cell, the LSTM with peepholes."""

from __future__ import annotations

from dataclasses import dataclass

from gatedrnn_course.cells.catalogue import ODYSSEY, ODYSSEY_V
from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import to_text
from gatedrnn_course.lookup import Named
from gatedrnn_course.text import mark

__all__ = ["VANILLA", "VARIANTS", "Change", "Variant"]

VANILLA = "V"


@dataclass(frozen=True)
class Change:
    """One line of the vanilla cell that a variant writes otherwise.

    Attributes:
        line: Its name, `f` for example.
        before: Its right-hand side in the vanilla cell.
        after: The same in the variant; None where the line is left out.
    """

    line: str
    before: str
    after: str | None


@dataclass(frozen=True)
class Variant:
    """One of the nine.

    Attributes:
        name: As in the paper, `NIG` for example.
        title: What is different, in words, marked for translation.
        cell: Its equations.
    """

    name: str
    title: str
    cell: Cell

    @property
    def changes(self) -> tuple[Change, ...]:
        """The lines that differ from the vanilla cell, in the order of the text."""
        own = {line.name: to_text(line.expr) for line in self.cell.lines}
        pairs = [(line.name, to_text(line.expr)) for line in ODYSSEY_V.lines]
        return tuple(Change(name, text, own.get(name)) for name, text in pairs if own.get(name) != text)


_TITLES = {
    "V": mark("vanilla: the LSTM with peepholes"),
    "CIFG": mark("coupled input and forget gate: f = 1 - i"),
    "FGR": mark("full gate recurrence: gates also see the gates of the step before"),
    "NP": mark("no peepholes"),
    "NOG": mark("no output gate: o = 1"),
    "NIAF": mark("no input activation function"),
    "NIG": mark("no input gate: i = 1"),
    "NFG": mark("no forget gate: f = 1"),
    "NOAF": mark("no output activation function"),
}

VARIANTS: Named[Variant] = Named(
    mark("A variant of the Search Space Odyssey."),
    {name: Variant(name, title, ODYSSEY[name]) for name, title in _TITLES.items()},
)
"""The nine by name, in the order of the paper's figure 3.

Source: Greff et al. 2017, section III.
"""
