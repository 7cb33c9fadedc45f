"""`check(function)`: the grading rubric at once, on the learner's own function."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.exchange.blank import is_blank
from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.judging.forbidden import forbidden_use, refused
from gatedrnn_course.grading.judging.judge import judge_with_earlier
from gatedrnn_course.grading.judging.signature import head_of
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.running.bound import name_of, namespace_of
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import Unit, find_item, is_asked_for
from gatedrnn_course.lab import passed
from gatedrnn_course.lab.cells import names_here, origin, sources
from gatedrnn_course.lab.file_beside import read_file
from gatedrnn_course.lab.panel import Panel
from gatedrnn_course.lab.show import show
from gatedrnn_course.text import _

__all__ = ["check", "judged", "verdict_on"]

judged: ContextVar[str] = ContextVar("judged", default="")
"""The number of the unit whose item is being judged; empty while none is."""


def check(function: Callable[..., Any]) -> None:
    """Check a function of an exercise, as it is defined now.

    Right: a panel says so. Wrong: a panel names the mistake, and one line on stderr says that it is not right. Not
    written yet: one line on stderr. The notebook goes on in each case; nbgrader reads stderr as failure.

    Args:
        function: The function, under the name the exercise gives it.
    """
    try:
        name = _name(function, names_here())
        unit, item = find_item(name)
    except CourseError as error:
        _not_right(error.asked, Panel("wrong", error.asked, (error.came, error.expected, error.do)))
        return
    if is_blank(function):
        _say(_("`{name}` is not written yet.").format(name=item.name))
        return
    try:
        verdict = verdict_on(function, unit, item)
    except KeyboardInterrupt:
        stopped = _("Stopped. Does a loop in `{name}` never end?").format(name=item.name)
        _not_right(item.name, Panel("wrong", stopped))
        return
    judged = origin(item.name, function).sentences
    if verdict.outcome == "right":
        not_kept = passed.remember(item.name, function)
        show(Panel("right", verdict.sentence, (*verdict.notes, *judged, *filter(None, [not_kept]))))
        return
    passed.forget(item.name)
    hint = _("For a hint: hint({name})").format(name=item.name)
    _not_right(item.name, Panel("wrong", verdict.sentence, (*verdict.details, *verdict.notes, hint, *judged)))


def verdict_on(function: Callable[..., Any], unit: Unit, item: Item, seed: int | None = None) -> Verdict:
    """The verdict on a function in this process.

    Args:
        function: The learner's function.
        unit: The unit it belongs to.
        item: The item that grades it.
        seed: Seed of the inputs; fresh ones where left out.

    Returns:
        The verdict.
    """
    earlier = unit.items[: unit.items.index(item)]
    used = forbidden_use(sources(function), item.name, item.forbidden, [one.name for one in earlier])
    used = used or next((name for name in _known_as(function) if name in item.forbidden), "")
    if used:
        return refused(item, used)
    caller = LocalCaller(function)
    names = namespace_of(function)
    unproven = {one.name: one for one in earlier if one.name in names and not passed.holds(one.name, names[one.name])}
    now = judged.set(unit.number)
    try:
        given = item.given(read_file(item.file)) if item.file else item
        return judge_with_earlier(given, caller, caller, unproven, seed, head_of(function))
    finally:
        judged.reset(now)


def _known_as(function: Callable[..., Any]) -> list[str]:
    """Where a function comes from, as a dotted name; of a class also what it derives from."""
    kinds = function.__mro__ if isinstance(function, type) else (function,)
    return [f"{getattr(one, '__module__', '')}.{getattr(one, '__qualname__', '')}" for one in kinds]


def _name(function: Callable[..., Any], names: Any) -> str:
    """The name a function is checked under: its own, or, where it has none of the course's, the one it is bound to."""
    if not callable(function):
        raise CourseError(
            _("check() takes a function, or a class."),
            _("This is a {type}.").format(type=type(function).__name__),
            _("For example check(forget_gate), without quotes and without brackets after the name."),
        )
    name = name_of(function, (names, namespace_of(function)), is_asked_for)
    if name == "?":
        raise CourseError(
            _("check() takes a function with a name."),
            _("This is a {type} that no name stands for.").format(type=type(function).__name__),
            do=_("Give it the name of the exercise first, as in `forget_gate = ...`, then check(forget_gate)."),
        )
    return name


def _not_right(name: str, panel: Panel) -> None:
    """The panel, then what nbgrader looks for."""
    show(panel)
    _say(_("{name} is not right yet: the panel above says why.").format(name=name))


def _say(line: str) -> None:
    sys.stdout.flush()
    print(line, file=sys.stderr)
