"""`earlier("lstm_step")`: a function of an earlier unit, the learner's own where it passed, else the course's."""

from __future__ import annotations

import contextlib
import functools
import io
from collections.abc import Callable
from typing import Any

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.items.fingerprint import function_fingerprint
from gatedrnn_course.grading.running.course import course_function
from gatedrnn_course.grading.running.limit import TooLong, time_limit
from gatedrnn_course.grading.units import Unit, find_item
from gatedrnn_course.lab import passed
from gatedrnn_course.lab.carry import rebuilt
from gatedrnn_course.lab.check import judged, verdict_on
from gatedrnn_course.lab.kept import kept
from gatedrnn_course.text import _, mark

__all__ = ["earlier", "is_handed_out", "own"]

Function = Callable[..., Any]
SECONDS = 10.0
"""How long the kept text of a function may run."""
_HERE = mark("`{name}`: your own, right in this notebook.")
_KEPT = mark("`{name}`: your own, kept from unit {number} and checked again.")
_NONE = mark("`{name}`: the course's own. Yours, of unit {number}, has not passed yet.")
_NO_MORE = mark(
    "`{name}`: the course's own. Yours passed in unit {number}, but cannot be used here: check it there again."
)

_proven: dict[str, tuple[str, Function | None]] = {}
"""What became of the last judgement of each name: of which version, and the function if it is right."""


def earlier(name: str) -> Function:
    """A function of an earlier unit, to build on. One line says whose it is.

    It is the learner's own where that passed, in this notebook or in another one; what was kept is judged again first.
    Where none passed, or it is no longer right, it is the course's own, so that nobody has to stop here.

    Args:
        name: Name of the function, `"lstm_step"`.

    Returns:
        The function. While an item is judged, it works for functions of earlier units only, as in grading.

    Raises:
        CourseError: If no exercise asks for a function of that name.
    """
    unit, item = find_item(name)
    if judged.get():
        return _guarded(_proven.get(item.name, ("", None))[1] or course_function(item), unit)
    words, own = _own(unit, item)
    print(_(words).format(name=item.name, number=unit.number))
    return _guarded(own or course_function(item), unit)


def own(name: str) -> Function | None:
    """The learner's own function of that name where it is right as it is now, here or kept; nothing is printed."""
    return _own(*find_item(name))[1]


def _own(unit: Unit, item: Item) -> tuple[str, Function | None]:
    """The learner's own, right as it is now, and the sentence about it."""
    here = passed.function(item.name)
    if here is not None and (found := _right(unit, item, function_fingerprint(here), lambda: here)):
        return _HERE, found
    text = kept().get(item.name, {}).get("source")
    if text and (found := _right(unit, item, text, lambda: rebuilt(item.name, text))):
        return _KEPT, found
    return (_NONE if here is None and text is None else _NO_MORE), None


def _right(unit: Unit, item: Item, version: str, make: Callable[[], Function]) -> Function | None:
    """A function, if it is right with its own helpers; it prints nothing meanwhile."""
    if item.name not in _proven or _proven[item.name][0] != version:
        found, _proven[item.name] = None, (version, None)  # a text may ask for itself, and gets the course's
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception, SystemExit, TooLong):
            with time_limit(SECONDS):
                function = make()
            verdict = verdict_on(function, unit, item)
            found = function if verdict.outcome == "right" and not verdict.alone else None
        _proven[item.name] = version, found
    return _proven[item.name][1]


def _guarded(function: Function, unit: Unit) -> Function:
    """The function, which gives nothing where an item of its own unit, or of one before, is judged."""

    @functools.wraps(function)
    def guarded(*args: Any, **named: Any) -> Any:
        if judged.get() and judged.get() <= unit.number:
            raise CourseError(
                _('earlier("{name}") while an item of unit {judged} is judged.').format(
                    name=function.__name__, judged=judged.get()
                ),
                _("It is a function of unit {number}.").format(number=unit.number),
                _("Only functions of units before {judged} are available in grading.").format(judged=judged.get()),
                _("Write it in this notebook instead."),
            )
        return function(*args, **named)

    guarded.handed_out = True  # type: ignore[attr-defined]
    return guarded


def is_handed_out(function: object) -> bool:
    """Whether a function came from `earlier`: it is no answer that stands in this notebook."""
    return getattr(function, "handed_out", False) is True
