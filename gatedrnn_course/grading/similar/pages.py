"""The report on similar submissions: a table, and a page for each pair with both side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gatedrnn_course.grading.classroom.record import write_text
from gatedrnn_course.grading.report.pages import page
from gatedrnn_course.grading.sandbox.untrusted import clean
from gatedrnn_course.grading.units import Unit

from .compare import Comparison, Pair

__all__ = ["write_similar"]

LONGEST_LINE = 300
MOST_LINES = 5000
AROUND = 2
"""Lines shown around what both have."""


@dataclass(frozen=True)
class Line:
    """A line of code on a page: its number, its text, and whether both have it; a gap if there is no number."""

    number: int
    text: str
    both: bool


def write_similar(out: Path, unit: Unit, comparison: Comparison, submissions: Mapping[str, Sequence[str]]) -> Path:
    """Write the report.

    Args:
        out: The folder.
        unit: The unit.
        comparison: The class, compared.
        submissions: Sources of the cells of each student.

    Returns:
        The page with the table.
    """
    names = [f"pair_{k:03d}.html" for k in range(1, len(comparison.pairs) + 1)]
    for name, pair in zip(names, comparison.pairs, strict=True):
        sides = [_side(submissions[student], both) for student, both in zip(_students(pair), pair.lines, strict=True)]
        write_text(out / name, page("pair.html.j2", unit=unit, pair=pair, sides=sides))
    index = out / "index.html"
    rows = list(zip(comparison.pairs, names, strict=True))
    write_text(index, page("similar.html.j2", unit=unit, comparison=comparison, rows=rows))
    return index


def _students(pair: Pair) -> tuple[str, str]:
    return pair.first, pair.second


def _side(cells: Sequence[str], both: frozenset[int]) -> list[Line]:
    """What one of the two wrote, with gaps where neither is near anything that both have."""
    text = [line for cell in cells for line in cell.splitlines()][:MOST_LINES]
    near = {line + k for line in both for k in range(-AROUND, AROUND + 1)}
    shown: list[Line] = []
    for number, line in enumerate(text):
        if number in near:
            shown.append(Line(number + 1, clean(line, LONGEST_LINE), number in both))
        elif not shown or shown[-1].number:
            shown.append(Line(0, "", False))
    return shown
