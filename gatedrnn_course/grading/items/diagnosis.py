"""Names the mistakes in a slice by finding the edits of its equations that reproduce the learner's numbers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Edit, EditClass, Trial, classes
from gatedrnn_course.cells.edits.combine import touched
from gatedrnn_course.cells.edits.readings import edit_with, further_readings
from gatedrnn_course.cells.params import Params
from gatedrnn_course.cells.program import Program
from gatedrnn_course.grading.items.joint import joint_mistake
from gatedrnn_course.grading.items.recover import Asked
from gatedrnn_course.grading.items.search import Found, LineSearch, Unexplained

__all__ = ["SECONDS", "Seen", "explain_slice", "same_numbers"]

Values = tuple[Any, ...]
Seen = tuple[Sequence[Any], Params, Values | None, str]
"""Inputs, parameters, the learner's outputs (None when the call raised) and the kind of draw."""

SECONDS = 1.0
"""Processor time allowed for the search line by line."""
_TOLERANCE = 1e-6
_FLOAT32 = 1e-4


def same_numbers(edited: Values | None, given: Values | None) -> bool:
    """Whether an edit's outputs are the learner's: same shapes, same numbers, or both raise."""
    if edited is None or given is None:
        return edited is given
    return len(edited) == len(given) and all(_same(a, b) for a, b in zip(edited, given, strict=True))


def _same(edited: Any, given: Any) -> bool:
    if np.shape(edited) != np.shape(given):
        return False
    tolerance = _FLOAT32 if given.dtype == np.float32 else _TOLERANCE
    if given.size:
        one, other = float(np.ravel(edited)[0]), float(np.ravel(given)[0])
        if abs(one - other) > tolerance * (1.0 + abs(other)):  # the first number settles nearly all
            return False
    with np.errstate(all="ignore"):
        if np.isfinite(given).all():  # np.allclose takes twice as long, and this is asked of every edit
            apart = np.abs(np.subtract(edited, given, dtype=np.float64))
            return bool((apart <= tolerance * (1.0 + np.abs(given))).all())
        return bool(np.allclose(edited, given, rtol=tolerance, atol=tolerance, equal_nan=True))


def explain_slice(
    slice_: Program,
    seen: Sequence[Seen],
    call: Callable[[Sequence[Any], Params], Values | None],
    clock: Callable[[], float] = time.process_time,
) -> Found | None:
    """What is wrong in a slice.

    Args:
        slice_: The slice the function should compute.
        seen: What it gave for several draws; one with all sizes equal tells the most apart.
        call: Calls the function with further inputs and parameters; None where it raises or gives no arrays.
        clock: Seconds of processor time.

    Returns:
        One edit, or the same edit in every line it fits; else one mistake or more in each of several lines; both
        reproduce every draw. Else the lines that are right and those that no edit explains. Else None.
    """
    telling = sorted(seen, key=lambda one: ("square", "batch", "single", "ones").index(one[3]))
    trials = [(Trial(slice_, inputs, p), value) for inputs, p, value, _kind in telling]
    if all(value is None for _trial, value in trials):
        return None
    with np.errstate(all="ignore"):
        for found in classes(slice_):
            if _first([found.edit], trials) is not None:
                return Found(found.edit, also=_elsewhere(slice_, found))

        def fits(edit: Edit) -> bool:
            return _first([edit], trials) is not None

        search = LineSearch(slice_, Asked(call), fits, clock, SECONDS)
        told = search.run()
        told = _two_in_a_line(slice_, told, fits, lambda: clock() > search.start + SECONDS) or told
        if told is None or told.unexplained:
            told = _joint(slice_, trials) or told
        return told


def _joint(slice_: Program, trials: Sequence[tuple[Trial, Values | None]]) -> Found | None:
    """Something done to several stacked lines at once."""
    words = joint_mistake(slice_, lambda outputs: all(same_numbers(outputs(trial), value) for trial, value in trials))
    return None if words is None else Found(replace(edit_with(slice_, {}), words=(words,)))


def _two_in_a_line(
    slice_: Program, told: Found | None, fits: Callable[[Edit], bool], over: Callable[[], bool]
) -> Found | None:
    """Two edits in the one line that nothing has explained: of a slice of one line, or beside lines explained."""
    if told is None and len(slice_.lines) == 1:
        told = Found(edit_with(slice_, {}), unexplained=(Unexplained(slice_.lines[0].name, None),))
    if told is None or len(told.unexplained) != 1:
        return None
    name = told.unexplained[0].line
    where = [line.name for line in slice_.lines].index(name)
    for reading in further_readings(slice_, name):
        if over():
            return None
        lines = tuple(replace(line, expr=reading.expr) if line.name == name else line for line in told.edit.lines)
        edit = replace(told.edit, lines=lines, words=told.edit.words + reading.words, where=min(told.edit.where, where))
        if fits(edit):
            return replace(told, edit=edit, unexplained=())
    return None


def _elsewhere(slice_: Program, found: EditClass) -> Edit | None:
    """A mistake in other lines that gives the same numbers."""
    lines = touched(slice_, found.edit)
    return next((one for one in found.members if not touched(slice_, one) & lines), None)


def _first(edits: Iterable[Edit], trials: Sequence[tuple[Trial, Values | None]]) -> Edit | None:
    matches = (edit for edit in edits if all(same_numbers(trial.outputs(edit), value) for trial, value in trials))
    return next(matches, None)
