"""`check(function)`: the grading rubric at once, on the learner's own function."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.exchange.blank import is_blank
from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.judging.forbidden import forbidden_use, refusal
from gatedrnn_course.grading.judging.judge import judge_with_earlier
from gatedrnn_course.grading.judging.signature import head_of
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import Unit, find_item
from gatedrnn_course.lab import passed
from gatedrnn_course.lab.panel import Panel
from gatedrnn_course.lab.show import show
from gatedrnn_course.text import _

__all__ = ["CheckFailed", "check", "verdict_on"]


class CheckFailed(Exception):
    """A check found a mistake. In a notebook it is shown as one line, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of the traceback: the panel above has said the rest."""
        return [_("Not right yet: the panel above says why.")]


def check(function: Callable[..., Any]) -> None:
    """Check a function of an exercise.

    Right: a panel says so. Wrong: a panel names the mistake, and the cell stops there. Not written yet: one sentence,
    and the notebook goes on.

    Args:
        function: The function, under the name the exercise gives it.

    Raises:
        CheckFailed: If the function is wrong.
    """
    try:
        unit, item = _item(function)
    except CourseError as error:
        _fail(Panel("wrong", error.asked, (error.came, error.expected, error.do)))
    if is_blank(function):
        print(_("`{name}` is not written yet.").format(name=item.name), file=sys.stderr)
        return
    try:
        verdict = verdict_on(function, unit, item)
    except KeyboardInterrupt:
        stopped = _("Stopped. Does a loop in `{name}` never end?").format(name=item.name)
        _fail(Panel("wrong", stopped))
    if verdict.outcome != "right":
        passed.forget(item.name)
        hint = _("For a hint: hint({name})").format(name=item.name)
        _fail(Panel("wrong", verdict.sentence, (*verdict.details, *verdict.notes, hint)))
    passed.remember(item.name, function)
    show(Panel("right", verdict.sentence, verdict.notes))


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
    used = forbidden_use(_sources(function), item.name, item.forbidden, [one.name for one in earlier])
    if used:
        return Verdict(item.name, "refused", 0, item.points, refusal(item.name, used))
    caller = LocalCaller(function)
    names = _namespace(function)
    unproven = {one.name: one for one in earlier if one.name in names and not passed.holds(one.name, names[one.name])}
    return judge_with_earlier(item, caller, caller, unproven, seed, head_of(function))


def _item(function: Callable[..., Any]) -> tuple[Unit, Item]:
    """The item a function answers, found by its name."""
    if not callable(function):
        raise CourseError(
            _("check() takes a function."),
            _("This is a {type}.").format(type=type(function).__name__),
            _("For example check(forget_gate), without quotes and without brackets after the name."),
        )
    return find_item(_name(function))


def _name(function: Callable[..., Any]) -> str:
    """The name of the function, or, for a lambda, the name it was given."""
    own = str(getattr(function, "__name__", "?"))
    given = (name for name, value in _namespace(function).items() if value is function and not name.startswith("_"))
    return next(given, own) if own == "<lambda>" else own


def _namespace(function: Callable[..., Any]) -> Mapping[str, Any]:
    names: Mapping[str, Any] = getattr(function, "__globals__", {})
    return names


def _sources(function: Callable[..., Any]) -> list[str]:
    """The learner's code: the cells that ran, or the file the function stands in."""
    cells = _namespace(function).get("In")
    if isinstance(cells, list):
        return [str(cell) for cell in cells]
    try:
        return [inspect.getsource(sys.modules[function.__module__])]
    except (OSError, TypeError, KeyError):
        return []


def _fail(panel: Panel) -> NoReturn:
    show(panel)
    raise CheckFailed(panel.title)
