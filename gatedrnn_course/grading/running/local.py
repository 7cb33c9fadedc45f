"""Calls a learner's function in the process it lives in: what `check` does in a notebook."""

from __future__ import annotations

import inspect
import io
import sys
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from gatedrnn_course.grading.exchange.blank import is_blank
from gatedrnn_course.grading.exchange.convert import NotAValue, from_function, still
from gatedrnn_course.grading.exchange.drivers import drive, prepare
from gatedrnn_course.grading.exchange.printing import Heard, heard
from gatedrnn_course.grading.exchange.values import Argument, Framework, Problem, Reply, Value
from gatedrnn_course.grading.items.item import as_argument
from gatedrnn_course.grading.running.bound import namespace_of, underlying
from gatedrnn_course.grading.running.limit import TooLong, time_limit

__all__ = ["LocalCaller"]

_MESSAGE = 300
SECONDS = 10.0
"""How long one call may take in a notebook."""


class LocalCaller:
    """Calls one function, and its helpers by name in the namespace it was defined in.

    Args:
        function: The learner's function.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self._names = namespace_of(function)
        self._kept: dict[str, Any] = {}
        self._called = False

    def call(self, name: str, args: Sequence[Argument], *, framework: Framework = "numpy", driver: str = "") -> Reply:
        """Call the function, or let a driver use it. Whatever it raises becomes a `Problem`."""
        given = [as_argument(argument) for argument in args]
        if framework == "torch":
            given = [_tensors(argument) for argument in given]
        blank = is_blank(self.function)
        if driver and not blank:
            prepare(driver)
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings(), self._printing() as out, time_limit(SECONDS):
                warnings.simplefilter("ignore")
                value = from_function(drive(driver, self.function, given) if driver else self.function(*given))
        except TooLong:
            return Reply(None, Problem("timeout"), blank=blank, framework=framework)
        except NotAValue as reason:
            return Reply(None, Problem("value", str(reason)), blank=blank, framework=framework)
        except (Exception, SystemExit) as error:
            return Reply(None, self._problem(error), blank=blank, framework=framework, torch="torch" in sys.modules)
        after = tuple(still(argument) for argument in given)
        return Reply(value, None, after, blank, framework, "torch" in sys.modules, out.anything)

    def replace(self, answers: Mapping[str, Callable[..., Value]]) -> None:
        """Put functions in place of the learner's of the same names; an empty mapping puts the learner's back."""
        for name, kept in self._kept.items():
            self._names[name] = kept
        self._kept = {name: self._names[name] for name in answers if name in self._names}
        for name, kept in self._kept.items():
            self._names[name] = _as_helper(answers[name], kept)

    def _printing(self) -> AbstractContextManager[Heard]:
        """Let the first call print; the same lines over and over would hide the panel."""
        first, self._called = not self._called, True
        return heard(None if first else io.StringIO())

    def _problem(self, error: BaseException) -> Problem:
        """The exception, with the line of the learner's own code where it came from."""
        code = getattr(underlying(self.function), "__code__", None)
        frames = [
            frame for frame in traceback.extract_tb(error.__traceback__) if code and frame.filename == code.co_filename
        ]
        line = (frames[-1].line or "") if frames else ""
        return Problem("raised", type(error).__name__, str(error)[:_MESSAGE], line)


def _tensors(argument: Any) -> Any:
    import torch

    if isinstance(argument, Mapping):
        return type(argument)({name: torch.from_numpy(array) for name, array in argument.items()})  # type: ignore[call-arg]
    return torch.from_numpy(argument)


def _as_helper(reference: Callable[..., Value], learners: Callable[..., Any]) -> Callable[..., Any]:
    """A function as a helper of the learner's own code: it takes arguments by the names theirs does."""

    def helper(*args: Any, **named: Any) -> Any:
        return reference(*inspect.signature(learners).bind(*args, **named).args)

    return helper
