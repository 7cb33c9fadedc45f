"""`progress("03")`: which functions of a unit are right so far; `progress()`: how far every unit is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal, overload

from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.units import UNITS, Unit, load
from gatedrnn_course.lab import passed
from gatedrnn_course.lab.cells import names_here
from gatedrnn_course.lab.check import verdict_on
from gatedrnn_course.lab.earlier import is_handed_out
from gatedrnn_course.lab.panel import points_line
from gatedrnn_course.text import _, mark, n_

__all__ = ["Overview", "Progress", "progress"]

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

    @property
    def right(self) -> int:
        """How many functions are right, now or before."""
        return sum(state in ("right", "before") for state in self.states.values())

    def to_check_again(self) -> str:
        """How many changed since they were right, for the end of a line; empty where none did."""
        count = sum(state == "changed" for state in self.states.values())
        words = n_(", {count} to check again", ", {count} to check again", count)
        return words.format(count=count) if count else ""

    def _rows(self) -> list[tuple[str, str, str]]:
        return [
            (item.name, str(item.points), _(_WORDS[self.states.get(item.name, "not yet")])) for item in self.unit.items
        ]

    def _title(self) -> str:
        points = points_line(self.points, self.unit.points)
        return _("{number} {title}: {points}").format(number=self.unit.number, title=_(self.unit.title), points=points)

    def _repr_html_(self) -> str:
        return _table(self._title(), (_("function"), _("points"), _("state")), self._rows(), code=True)

    def __repr__(self) -> str:
        return _text(self._title(), self._rows())


@dataclass(frozen=True)
class Overview:
    """All units of the course and how far each is.

    Attributes:
        units: Each unit, by number.
    """

    units: tuple[Progress, ...]

    @property
    def points(self) -> int:
        """The points of all units together."""
        return sum(one.points for one in self.units)

    def _rows(self) -> list[tuple[str, str, str]]:
        return [
            (
                _("{number} {title}").format(number=one.unit.number, title=_(one.unit.title)),
                points_line(one.points, one.unit.points),
                _("{right} of {all} functions").format(right=one.right, all=len(one.unit.items)) + one.to_check_again(),
            )
            for one in self.units
        ]

    def _title(self) -> str:
        return _("The course: {points}").format(points=points_line(self.points, sum(o.unit.points for o in self.units)))

    def _repr_html_(self) -> str:
        return _table(self._title(), (_("unit"), _("points"), _("right")), self._rows())

    def __repr__(self) -> str:
        return _text(self._title(), self._rows())


def _table(title: str, heads: Sequence[str], rows: Sequence[tuple[str, str, str]], code: bool = False) -> str:
    """A table that says in words what it is of, with its first column as heads of the rows."""
    above = "".join(f'<th scope="col" {_CELL}>{escape(head)}</th>' for head in heads)
    names = [f"<code>{escape(row[0])}</code>" if code else escape(row[0]) for row in rows]
    below = "".join(
        f'<tr><th scope="row" {_CELL}>{name}</th><td {_CELL}>{escape(points)}</td><td {_CELL}>{escape(state)}</td></tr>'
        for name, (_name, points, state) in zip(names, rows, strict=True)
    )
    return (
        f'<table><caption style="text-align:left;font-weight:600">{escape(title)}</caption>'
        f"<thead><tr>{above}</tr></thead><tbody>{below}</tbody></table>"
    )


def _text(title: str, rows: Sequence[tuple[str, str, str]]) -> str:
    first, second = (max(len(row[k]) for row in rows) for k in (0, 1))
    return "\n".join(
        (title, *(f"  {name:<{first}}  {points:>{max(second, 3)}}  {state}" for name, points, state in rows))
    )


@overload
def progress(number: str) -> Progress: ...


@overload
def progress(number: None = None) -> Overview: ...


def progress(number: str | None = None) -> Progress | Overview:
    """Which functions of a unit are right as they are defined now, or were right when they last ran.

    What passed is kept between sessions. A function that passed in an earlier one and is defined again, unchanged, is
    judged again before it counts.

    Args:
        number: The unit, `"03"`; all units where left out.

    Returns:
        A table; in a notebook it shows itself on the last line of a cell.

    Raises:
        CourseError: If there is no such unit.
    """
    names = names_here()
    if number is not None:
        return _of(load(number), names)
    return Overview(tuple(_of(load(one), names) for one in sorted(UNITS)))


def _of(unit: Unit, names: Mapping[str, Any]) -> Progress:
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
