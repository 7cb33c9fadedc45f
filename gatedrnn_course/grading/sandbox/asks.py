"""What a child asks the judge's own functions, under limits that are looked at before anything is computed."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.grading.exchange.values import Value
from gatedrnn_course.text import _

from ..exchange.convert import from_function
from ..exchange.frames import BadFrame, Frame, Meta, encode
from ..exchange.trees import pack, unpack
from ..running.limit import TooLong, time_limit
from ..running.memory import memory_limit

__all__ = ["MOST_NUMBERS", "Asks"]

MOST_NUMBERS = 1 << 18
"""Numbers in the arguments of one question: more than 100 times what any item's own inputs have."""
MEMORY = 1 << 30
"""Bytes that one answer may take: arguments that are small can still make a large outer product."""
SHORTEST_S = 0.001
"""A limit of 0 would be none."""
LONGEST_TOLD = 1000
ANY_ID = 1 << 53

Arrays = list[NDArray[Any]]
Function = Callable[..., Value]


class Asks:
    """Answers the questions of one child. What goes wrong in it is an exception of the child's, never of the judge.

    Args:
        cap: Largest body of a frame, in bytes.

    Attributes:
        replaced: The judge's functions that stand for the notebook's of the same names.
        offered: The judge's functions that `earlier(name)` gives.
    """

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self.replaced: Mapping[str, Function] = {}
        self.offered: Mapping[str, Function] = {}

    def answer(self, meta: Meta, arrays: Arrays, until: float) -> Frame:
        """What the judge's own function says to the arguments of a question, as a frame that can be sent.

        Only names that were replaced, or offered, have one. Its time counts as the answer's own.

        Raises:
            BadFrame: If the question is about something else.
            TimeoutError: If there is no answer before `until`, a reading of `time.monotonic`.
        """
        name, earlier = meta["ask"], meta.get("earlier") is True
        given, named = unpack(meta.get("args"), arrays), unpack(meta.get("named", {}), arrays)
        function = (self.offered if earlier else self.replaced).get(name) if isinstance(name, str) else None
        if not isinstance(given, tuple) or not isinstance(named, dict) or (function is None and not earlier):
            raise BadFrame("a question about something else")
        if function is None:
            return _raised(_("Not available in grading: `earlier` gives functions of earlier units only."))
        if _numbers((given, named)) > MOST_NUMBERS:
            most = _("There are more than {most} numbers in the arguments, too many to be computed with in grading.")
            return _raised(most.format(most=MOST_NUMBERS))
        try:
            return self._computed(function, given, named, until)
        except TooLong:
            raise TimeoutError from None
        except Exception as error:  # the arguments are a learner's: any shape, any number of them
            return _raised(f"{type(error).__name__}: {error}")

    def _computed(self, function: Function, given: Sequence[Any], named: Mapping[str, Any], until: float) -> Frame:
        back: Arrays = []
        with (
            memory_limit(MEMORY),
            np.errstate(all="ignore"),
            warnings.catch_warnings(),
            time_limit(max(until - time.monotonic(), SHORTEST_S)),
        ):
            warnings.simplefilter("ignore")
            value: Meta = {"value": pack(from_function(function(*given, **named)), back)}
            encode({**value, "id": ANY_ID}, back, cap=self._cap)  # raises where it could not be sent
        return value, back


def _raised(words: str) -> Frame:
    return {"raised": words[:LONGEST_TOLD]}, []


def _numbers(value: Any) -> int:
    """Numbers in all arrays of a value; one that stands in two places counts twice."""
    if isinstance(value, np.ndarray):
        return value.size
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else ()
    return sum(map(_numbers, parts))
