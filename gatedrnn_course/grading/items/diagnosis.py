"""Names a mistake by finding the edit of the equations that reproduces the learner's numbers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Edit, Trial, classes, merged
from gatedrnn_course.cells.edits.combine import touched
from gatedrnn_course.cells.edits.single import further_edits
from gatedrnn_course.cells.params import Params
from gatedrnn_course.cells.slices import Slice

__all__ = ["Seen", "explain_slice", "same_numbers"]

Values = tuple[Any, ...]
Seen = tuple[Sequence[Any], Params, Values | None, str]
"""Inputs, parameters, the learner's outputs (None when the call raised) and the kind of draw."""

PAIR_SECONDS = 3.0
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
    return bool(np.allclose(edited, given, rtol=tolerance, atol=tolerance, equal_nan=True))


def explain_slice(
    slice_: Slice, seen: Sequence[Seen], clock: Callable[[], float] = time.monotonic, seconds: float = PAIR_SECONDS
) -> Edit | None:
    """The edit of a slice that reproduces what a function gave.

    Args:
        slice_: The slice the function should compute.
        seen: What it gave for several draws; one with all sizes equal tells the most apart.
        clock: Seconds from a monotonic clock.
        seconds: Time allowed for the search for two mistakes.

    Returns:
        One edit; else the same edit in every line it fits; else two edits in different lines; else two in one line;
        else None. It reproduces every draw.
    """
    telling = sorted(seen, key=lambda one: ("square", "batch", "single", "ones").index(one[3]))
    trials = [(Trial(slice_, inputs, p), value) for inputs, p, value, _kind in telling]
    if all(value is None for _trial, value in trials):
        return None
    with np.errstate(all="ignore"):
        return _first(_candidates(slice_), trials) or _first(_pairs(slice_, trials, clock, clock() + seconds), trials)


def _first(edits: Iterable[Edit], trials: Sequence[tuple[Trial, Values | None]]) -> Edit | None:
    matches = (edit for edit in edits if all(same_numbers(trial.outputs(edit), value) for trial, value in trials))
    return next(matches, None)


def _candidates(slice_: Slice) -> Iterator[Edit]:
    return (found.edit for found in classes(slice_))


def _pairs(
    slice_: Slice, trials: Sequence[tuple[Trial, Values | None]], clock: Callable[[], float], until: float
) -> Iterator[Edit]:
    """Pairs of edits that fit the most telling draw: in different lines, upstream first; then in one line."""
    trial, value = next((trial, value) for trial, value in trials if value is not None)
    singles = [found.edit for found in classes(slice_) if len(touched(slice_, found.edit)) == 1]
    outputs = [edit for edit in singles if edit.where == len(slice_.lines)]
    inside = [edit for edit in singles if edit.where < len(slice_.lines)]
    for first in inside:
        if clock() > until:
            return
        names = trial.after(first)
        if names is None:
            continue
        end = _first_that_differs(slice_, names, value)
        for second in inside:
            if first.where < second.where <= end and same_numbers(trial.outputs_from(names, second), value):
                yield merged(slice_, first, second)
        for second in outputs:
            if same_numbers(trial.pick(names, second.outputs), value):
                yield merged(slice_, first, second)
    for first in inside:
        for both in further_edits(slice_, first):
            if clock() > until:
                return
            if same_numbers(trial.outputs(both), value):
                yield both


def _first_that_differs(slice_: Slice, names: Mapping[str, Any], value: Values | None) -> int:
    """The line of the first output that is not the learner's yet; a second mistake further down cannot mend it."""
    if value is None:
        return len(slice_.lines)
    at = {line.name: k for k, line in enumerate(slice_.lines)}
    rows = zip(slice_.outputs, value, strict=True)
    return min((at.get(name, -1) for name, given in rows if not _same(names[name], given)), default=len(slice_.lines))
