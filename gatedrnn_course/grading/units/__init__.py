"""The course's assignments by number. A new unit is one more file here and one more line below."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.units.unit import Unit as Unit
from gatedrnn_course.lookup import missing
from gatedrnn_course.text import _

__all__ = ["UNITS", "Unit", "find_item", "is_asked_for", "items_before", "load"]

UNITS = {
    "00": "u00_start_here",
    "01": "u01_rnn_forgets",
    "02": "u02_cell_state",
    "03": "u03_gates",
    "04": "u04_through_time",
    "05": "u05_gradient_flow",
    "06": "u06_torch_and_gpu",
    "07": "u07_gru",
    "08": "u08_peepholes",
    "09": "u09_search_space_odyssey",
    "10": "u10_evolving_cells",
    "11": "u11_compose",
}
"""For each unit the module that holds it."""


@lru_cache(maxsize=32)
def load(number: str) -> Unit:
    """The unit of a number.

    Args:
        number: `"03"`, or `"3"`.

    Returns:
        The unit.

    Raises:
        CourseError: If there is no such unit.
    """
    module = UNITS.get(str(number).zfill(2))
    if module is None:
        raise missing(_("Unit {number}.").format(number=number), number, UNITS)
    unit: Unit = import_module(f"{__name__}.{module}").UNIT
    return unit


def is_asked_for(name: str) -> bool:
    """Whether a unit grades a function of this name."""
    return any(item.name == name for number in UNITS for item in load(number).items)


def items_before(unit: Unit) -> tuple[Item, ...]:
    """The items of all units before one, in order: what an exercise may build on."""
    return tuple(item for number in sorted(UNITS) if number < unit.number for item in load(number).items)


def find_item(name: str) -> tuple[Unit, Item]:
    """The unit and item that grade a function of this name.

    Raises:
        CourseError: If no unit grades such a function.
    """
    for number in UNITS:
        unit = load(number)
        for item in unit.items:
            if item.name == name:
                return unit, item
    raise missing(
        _("The function `{name}` of an exercise.").format(name=name),
        name,
        (item.name for number in UNITS for item in load(number).items),
        _("Keep the name the exercise gives."),
    )
