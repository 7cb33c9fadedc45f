"""`progress("03")`: which functions of a unit are right so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.units import Unit, load
from gatedrnn_course.lab import passed
from gatedrnn_course.lab.cells import names_here
from gatedrnn_course.lab.check import verdict_on
from gatedrnn_course.lab.earlier import is_handed_out
from gatedrnn_course.lab.panel import points_line
from gatedrnn_course.text import _, mark

__all__ = ["Progress", "progress"]

_CELL = 'style="text-align:left;padding:2px 12px 2px 0"'
State = Literal["right", "before", "changed", "not yet"]
_WORDS: dict[State, str] = {
    "right": mark("right"),
    "before": mark("right in an earlier session"),
    "changed": mark("changed since it was right: run its check"),
    "not yet": mark("not yet"),
}


@dataclass(frozen=True)
class Progress:
    """The functions of a unit and how each stands.

    Attributes:
        unit: The unit.
        states: For each function that has passed, by name: `right` as it is defined now; `before`, in an earlier
            session, and not defined in this one; or `changed` since.
    """

    unit: Unit
    states: Mapping[str, State]

    @property
    def points(self) -> int:
        """The points of the functions that are right, now or before."""
        return sum(item.points for item in self.unit.items if self.states.get(item.name) in ("right", "before"))

    def _rows(self) -> list[tuple[str, str, str]]:
        return [
            (item.name, str(item.points), _(_WORDS[self.states.get(item.name, "not yet")])) for item in self.unit.items
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
    """Which functions of a unit are right as they are defined now, or were right when they last ran.

    A function that passed in an earlier session and is defined again, unchanged, is judged again before it counts.

    Args:
        number: The unit, `"03"`.

    Returns:
        A table; in a notebook it shows itself on the last line of a cell.
    """
    unit, names = load(number), names_here()
    found = ((item.name, _state(unit, item, names.get(item.name))) for item in unit.items)
    return Progress(unit, {name: state for name, state in found if state != "not yet"})


def _state(unit: Unit, item: Item, function: Any) -> State:
    if function is None or is_handed_out(function):
        return "right" if item.name in passed.names() else "before" if passed.before(item.name) else "not yet"
    if passed.holds(item.name, function):
        return "right"
    if passed.before(item.name, function) and verdict_on(function, unit, item).outcome == "right":
        passed.remember(item.name, function)
        return "right"
    return "changed" if item.name in passed.names() or passed.before(item.name) else "not yet"
