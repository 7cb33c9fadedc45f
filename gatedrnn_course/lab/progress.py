"""`progress("03")`: which functions of a unit are right so far."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from gatedrnn_course.grading.units import Unit, load
from gatedrnn_course.lab import passed
from gatedrnn_course.lab.panel import points_line
from gatedrnn_course.text import _

__all__ = ["Progress", "progress"]

_CELL = 'style="text-align:left;padding:2px 12px 2px 0"'


@dataclass(frozen=True)
class Progress:
    """The functions of a unit and which of them have passed since the notebook was started.

    Attributes:
        unit: The unit.
        passed: Names of the functions that passed.
    """

    unit: Unit
    passed: frozenset[str]

    @property
    def points(self) -> int:
        """The points of the functions that passed."""
        return sum(item.points for item in self.unit.items if item.name in self.passed)

    def _rows(self) -> list[tuple[str, str, str]]:
        return [
            (item.name, str(item.points), _("right") if item.name in self.passed else _("not yet"))
            for item in self.unit.items
        ]

    def _title(self) -> str:
        points = points_line(self.points, self.unit.points)
        return _("{number} {title}: {points}").format(number=self.unit.number, title=_(self.unit.title), points=points)

    def _repr_html_(self) -> str:
        heads = "".join(f'<th scope="col" {_CELL}>{escape(h)}</th>' for h in (_("function"), _("points"), _("state")))
        rows = "".join(
            f'<tr><th scope="row" {_CELL}><code>{escape(name)}</code></th><td {_CELL}>{points}</td>'
            f"<td {_CELL}>{escape(state)}</td></tr>"
            for name, points, state in self._rows()
        )
        return (
            f'<table><caption style="text-align:left;font-weight:600">{escape(self._title())}</caption>'
            f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        )

    def __repr__(self) -> str:
        rows = self._rows()
        width = max(len(name) for name, _points, _state in rows)
        return "\n".join((self._title(), *(f"  {name:<{width}}  {points:>3}  {state}" for name, points, state in rows)))


def progress(number: str) -> Progress:
    """Which functions of a unit have passed their check since the notebook was started.

    Args:
        number: The unit, `"03"`.

    Returns:
        A table; in a notebook it shows itself on the last line of a cell.
    """
    return Progress(load(number), frozenset(passed.names()))
