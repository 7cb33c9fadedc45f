"""`hint(function)`: the next of three hints, on request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.units import Unit
from gatedrnn_course.lab.example import named
from gatedrnn_course.lab.panel import Panel
from gatedrnn_course.lab.show import show
from gatedrnn_course.text import _

__all__ = ["hint"]

_shown: dict[str, int] = {}


def hint(function: Callable[..., Any] | str) -> None:
    """Show one hint more than last time; after the third, all of them and the lesson to read again.

    Args:
        function: The function of the exercise, or its name. It need not be written yet.
    """
    name = function if isinstance(function, str) else getattr(function, "__name__", "?")
    try:
        unit, item = named(name)
    except CourseError as error:
        show(Panel("note", error.asked, tuple(filter(None, (error.came, error.expected, error.do)))))
        return
    _shown[name] = count = _shown.get(name, 0) + 1
    show(_panel(unit, item, count))


def _panel(unit: Unit, item: Item, count: int) -> Panel:
    total = len(item.hints)
    if count <= total:
        title = _("Hint {count} of {total} for `{name}`").format(count=count, total=total, name=item.name)
        return Panel("note", title, (_(item.hints[count - 1]),))
    again = _("Read the lesson notebooks/en/{lesson}.ipynb again.")
    title = _("All {total} hints for `{name}` are out").format(total=total, name=item.name)
    return Panel("note", title, (*map(_, item.hints), again.format(lesson=unit.stem)))
