"""Mistakes that tie several lines together: one softmax, or one normalisation, over all stacked gates.

Stacked code computes the sums of all gates in one array. What is then done to that array at once no line shows by
itself: a line cannot be isolated whose values depend on the sums of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Trial, Words
from gatedrnn_course.cells.expr import Call, names
from gatedrnn_course.cells.language import Line
from gatedrnn_course.cells.numeric import NUMPY_FUNCTIONS
from gatedrnn_course.cells.program import Program
from gatedrnn_course.text import mark

__all__ = ["joint_mistake"]

Sums = dict[str, Any]
After = Callable[[Line, Any, Any], Any]


def _stacked(sums: Sums) -> Any:
    return np.concatenate(list(sums.values()), axis=-1)


def _apart(rows: Any, sums: Sums) -> Sums:
    return dict(zip(sums, np.split(rows, len(sums), axis=-1), strict=True))


def _softmax(rows: Any, axis: int) -> Any:
    shares = np.exp(rows - rows.max(axis, keepdims=True))
    return shares / shares.sum(axis, keepdims=True)


def _over_units(sums: Sums) -> Sums:
    return _apart(_softmax(_stacked(sums), -1), sums)


def _over_gates(sums: Sums) -> Sums:
    return dict(zip(sums, _softmax(np.stack(list(sums.values())), 0), strict=True))


def _normalised(eps: float) -> Callable[[Sums], Sums]:
    def change(sums: Sums) -> Sums:
        rows = _stacked(sums)
        centred = rows - rows.mean(-1, keepdims=True)
        return _apart(centred / np.sqrt(rows.var(-1, keepdims=True) + eps), sums)

    return change


_WHOLE, _INSIDE = True, False
_CHANGES: tuple[tuple[str, bool, Callable[[Sums], Sums]], ...] = (
    (
        mark(
            "One softmax goes over {lines} together: all their numbers add up to 1. "
            "Each unit of a gate has a sigmoid of its own."
        ),
        _WHOLE,
        _over_units,
    ),
    (
        mark(
            "A softmax goes from gate to gate: {lines} add up to 1 in each unit. "
            "Each unit of a gate has a sigmoid of its own."
        ),
        _WHOLE,
        _over_gates,
    ),
    *(
        (
            mark("The sums inside {lines} are normalised together (layer norm), and should not be."),
            _INSIDE,
            _normalised(eps),
        )
        for eps in (0.0, 1e-8, 1e-6, 1e-5, 1e-3)
    ),
)
"""What is said, whether the change takes the place of the activations or comes before them, and the change."""


def joint_mistake(slice_: Program, fits: Callable[[Callable[[Trial], Any]], bool]) -> Words | None:
    """A change of several stacked lines at once that reproduces what a function gave.

    Args:
        slice_: The slice.
        fits: Whether a way to compute the outputs of a draw gives the learner's numbers on every draw.

    Returns:
        The mistake in words, or None.
    """
    for group in _groups(slice_):
        for words, whole, change in _CHANGES:
            for after in _after(group, whole):
                if fits(partial(_run, group=group, change=change, after=after)):
                    return Words(words, {"lines": ", ".join(f"`{line.name}`" for line in group)})
    return None


def _groups(slice_: Program) -> Iterator[tuple[Line, ...]]:
    """Lines with an activation around a sum that sees none of the others: the gates first, then all of them."""
    own = {line.name for line in slice_.lines}
    lines = [line for line in slice_.lines if _function(line) and not own & set(names(line.expr))]
    gates = [line for line in lines if _function(line) == "sigmoid"]
    if 1 < len(gates) < len(lines):
        yield tuple(gates)
    if len(lines) > 1:
        yield tuple(lines)
    for size in range(len(gates) - 1, 1, -1):
        yield from combinations(gates, size)


def _function(line: Line) -> str:
    """The activation around a line, if there is one."""
    return line.expr.function if isinstance(line.expr, Call) else ""


def _after(group: Sequence[Line], whole: bool) -> Iterator[After]:
    """What becomes of the lines: what the change made of them, or, of candidates, their tanh after it or without it."""

    def keeping(functions: Sequence[str], before: bool) -> After:
        def after(line: Line, changed: Any, sums: Any) -> Any:
            if _function(line) not in functions:
                return changed
            return NUMPY_FUNCTIONS[_function(line)](sums if before else changed)

        return after

    every = {_function(line) for line in group}
    others = tuple(every - {"sigmoid"})
    if not whole:
        yield keeping(tuple(every), before=False)
        return
    yield keeping((), before=False)
    if others:
        yield keeping(others, before=False)
        yield keeping(others, before=True)


def _run(trial: Trial, *, group: Sequence[Line], change: Callable[[Sums], Sums], after: After) -> Any:
    """The outputs of a draw with the sums of a group changed together; None where the shapes do not fit."""
    inside = (Line(line.name, line.expr.arg, line.words) for line in group if isinstance(line.expr, Call))
    found = Trial.run(trial.inputs, inside)
    if found is None:
        return None
    sums = {line.name: found[line.name] for line in group}
    with np.errstate(all="ignore"):
        changed = change(sums)
        values = {line.name: after(line, changed[line.name], sums[line.name]) for line in group}
    now: dict[str, Any] | None = dict(trial.inputs)
    for line in trial.slice.lines:
        if now is not None:
            now = {**now, line.name: values[line.name]} if line.name in values else Trial.run(now, (line,))
    return Trial.pick(now, trial.slice.outputs)
