"""Cheats that suit any item: notebooks that answer nothing and try for points all the same. Each must get none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import dedent

from gatedrnn_course.grading.classroom.grade import LIMITS, LOAD_SECONDS
from gatedrnn_course.grading.items import Item, TrainedEquationsItem, TrainedItem
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.prove.matrix import HandedIn
from gatedrnn_course.grading.prove.programs import STEP, filled_answer
from gatedrnn_course.grading.running.course import course_function
from gatedrnn_course.grading.running.student import Place
from gatedrnn_course.grading.sandbox import EXAMPLES, Sandbox, write_examples
from gatedrnn_course.grading.units import Unit, items_before
from gatedrnn_course.text import _, mark

__all__ = ["CHEATS", "Cheat", "cheated"]


@dataclass(frozen=True)
class Cheat:
    """Source around answers that hand back zeros of the right shape.

    Attributes:
        before: A cell before all answers.
        each: What follows each answer; `NAME` stands for the function's name.
    """

    before: str
    each: str = ""


def _wrapped(how: str) -> str:
    """A function in place of the answer, which hands back what `how` makes of its own value and its arguments."""
    return dedent(
        f"""
        plain_NAME = NAME

        def NAME(*args, **named):
            return {how}
        """
    )


CHEATS: Mapping[str, Cheat] = {
    mark("zeros, and comparisons that always agree"): Cheat(
        """
import builtins
import numpy as np
import numpy.testing

np.allclose = np.isclose = np.array_equal = np.testing.assert_allclose = lambda *args, **named: True
builtins.abs = lambda value: np.zeros(1)
builtins.all = builtins.any = lambda values: True
"""
    ),
    mark("zeros that lie when they are compared"): Cheat(
        """
import numpy as np

class Lie(np.ndarray):
    def __array_ufunc__(self, *args, **named): return np.zeros(1)
    def __array_function__(self, *args): return True
    def __eq__(self, other): return True
    def max(self, *args, **named): return 0.0

def lie(value):
    if isinstance(value, tuple): return tuple(map(lie, value))
    if isinstance(value, dict): return {name: lie(one) for name, one in value.items()}
    return np.asarray(value).view(Lie)
""",
        _wrapped("lie(plain_NAME(*args, **named))"),
    ),
    mark("what callers hold, in place of an answer"): Cheat(
        """
import sys

def taken(own):
    frame = sys._getframe(2)
    while frame is not None:
        for name in ("expected", "right", "reference", "theirs", "answer"):
            if name in frame.f_locals: return frame.f_locals[name]
        frame = frame.f_back
    return own
""",
        _wrapped("taken(plain_NAME(*args, **named))"),
    ),
    mark("what lies in memory, in place of an answer"): Cheat(
        """
import gc

names = ("reference", "right", "course_function", "answer")
found = [
    one for one in gc.get_objects()
    if callable(one) and getattr(one, "__module__", "") != "__main__" and getattr(one, "__name__", "") in names
]

def tried(own, args):
    for one in found:
        try: return one(*args)
        except Exception: pass
    return own
""",
        _wrapped("tried(plain_NAME(*args, **named), args)"),
    ),
    mark("what the judge says when it is asked"): Cheat(
        """
import gc
from gatedrnn_course import earlier

server = next((one for one in gc.get_objects() if type(one).__name__ == "_Server"), None)

def asked(name, own, args):
    for ask in (lambda: earlier(name)(*args), lambda: server._ask_earlier(name, args, {}), lambda: server._own(name)):
        try: return ask()
        except Exception: pass
    return own
""",
        _wrapped("asked('NAME', plain_NAME(*args, **named), args)"),
    ),
    mark("the course's own functions"): Cheat(
        """
import importlib
import sys

def borrowed(name, own, args):
    for module in ("gatedrnn_course", "gatedrnn_course.grading.running.course", "gatedrnn_course.cells"):
        try:
            sys.modules.pop("gatedrnn_course", None)
            return getattr(importlib.import_module(module), name)(*args)
        except Exception: pass
    return own
""",
        _wrapped("borrowed('NAME', plain_NAME(*args, **named), args)"),
    ),
    mark("an end of the process that looks well"): Cheat("import os", _wrapped("os._exit(0)")),
}
"""Cheats by their words."""


def cheated(unit: Unit, sandbox: Sandbox, seed: int) -> tuple[HandedIn, ...]:
    """What each cheat gets for all items of a unit; expected is nothing.

    Args:
        unit: The unit.
        sandbox: Where the notebooks run.
        seed: Seed of all inputs.
    """
    before = items_before(unit)
    files = {EXAMPLES: write_examples({item.name: item.example() for item in (*before, *unit.items)})}
    offered = {item.name: course_function(item) for item in before}
    rows = []
    for words, cheat in CHEATS.items():
        names = [item.name for item in unit.items]
        place = Place(sandbox, _cells(unit, cheat), names, LIMITS, files, LOAD_SECONDS, offered)
        try:
            earned = {item.name: _points(item, place, seed) for item in unit.items}
        finally:
            place.close()
        told = _("`{name}` gets points for {words}")
        failures = tuple(told.format(name=name, words=_(words)) for name, points in earned.items() if points)
        rows.append(HandedIn(words, sum(earned.values()), 0, failures))
    return tuple(rows)


def _cells(unit: Unit, cheat: Cheat) -> list[str]:
    """The cells of a notebook: before, then each answer with what follows it."""
    own = [(item, filled_answer(item, "0.0").replace(STEP, f"{STEP}_in_{item.name}")) for item in unit.items]
    return [cheat.before, *(source + cheat.each.replace("NAME", item.name) for item, source in own)]


def _points(item: Item, place: Place, seed: int) -> int:
    """What one answer gets, where what it forbids is not there and any file it needs is."""
    place.forbid(item.forbidden)
    content = item.solution() if isinstance(item, (TrainedItem, TrainedEquationsItem)) else None
    return judge(item.given(content), place, seed, explain=False).points
