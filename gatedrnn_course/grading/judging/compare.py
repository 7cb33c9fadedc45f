"""Compares what a function gave with what is right. This decides; everything else only explains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gatedrnn_course.grading.exchange.values import Argument, Value
from gatedrnn_course.text import _, n_

__all__ = ["FLOAT32", "FLOAT64", "Comparison", "changed_arguments", "compare", "given_outputs", "outputs_of"]

FLOAT64 = 1e-9
"""Agreement of two float64 computations in another order: sums of a few dozen terms of size 1 stay far below it."""
FLOAT32 = 1e-5
"""Agreement of a float32 computation: right, and noted."""


@dataclass(frozen=True)
class Comparison:
    """The outcome of one comparison.

    Attributes:
        right: Whether every output agrees.
        rough: Whether it agrees to float32 only.
        form: Whether the form is wrong: too few values, another shape, nothing at all.
        came: What is wrong, in words: which output, which shape, first wrong index, largest error.
    """

    right: bool
    rough: bool = False
    form: bool = False
    came: str = ""


def outputs_of(value: Value, names: Sequence[str]) -> tuple[Any, ...] | None:
    """The outputs in order, from an array, a tuple or a mapping by name; None when they cannot be told."""
    if isinstance(value, Mapping):
        rows: Any = tuple(value[name] for name in names) if set(names) <= set(value) else None
    elif isinstance(value, tuple):
        rows = value if len(value) == len(names) else None
    else:
        rows = (value,) if len(names) == 1 and value is not None else None
    if rows is None or not all(isinstance(row, np.ndarray) for row in rows):
        return None
    return tuple(rows)


def given_outputs(value: Value, right: Value, names: Sequence[str]) -> tuple[Any, ...] | None:
    """A learner's outputs in order. `return [h, c]` arrives as one array of two rows: it counts as both."""
    rows, expected = outputs_of(value, names), outputs_of(right, names)
    if rows is not None or expected is None or not isinstance(value, np.ndarray) or value.ndim == 0:
        return rows
    split = tuple(value)
    return split if [row.shape for row in split] == [row.shape for row in expected] else None


def compare(value: Value, right: Value, names: Sequence[str]) -> Comparison:
    """Compare a value with the right one.

    Args:
        value: What the function handed back.
        right: What it should have handed back.
        names: Names of the outputs, in order.

    Returns:
        Whether they agree, and what is wrong in words.
    """
    expected = outputs_of(right, names)
    given = given_outputs(value, right, names)
    if expected is None:
        raise TypeError("the reference gave no arrays")
    if given is None:
        return Comparison(False, form=True, came=_structure(value, names))
    worst = 0.0
    for name, mine, theirs in zip(names, given, expected, strict=True):
        if mine.shape != theirs.shape:
            return Comparison(False, form=True, came=_wrong_shape(name, mine.shape, theirs.shape))
        error = _error(mine, theirs)
        if not error.size:
            continue
        if not error.max() <= FLOAT32:
            return Comparison(False, came=_first_wrong(name, mine, error))
        worst = max(worst, float(error.max()))
    return Comparison(True, rough=worst > FLOAT64)


def _error(mine: Any, theirs: Any) -> Any:
    """The absolute error, counted relative where numbers are larger than 1; what is not finite is infinitely wrong."""
    with np.errstate(all="ignore"):
        error = np.abs(mine.astype(np.float64) - theirs) / np.maximum(1.0, np.abs(theirs))
    return np.where(np.isnan(error), np.inf, error)


def _first_wrong(name: str, mine: Any, error: Any) -> str:
    if not np.isfinite(mine.astype(np.float64)).all():
        return _("`{name}` holds values that are not finite (nan or inf).").format(name=name)
    index = tuple(int(k) for k in np.argwhere(error > FLOAT32)[0])
    share = int((error > FLOAT32).sum())
    words = _(
        "`{name}` is wrong in {share} of {total} numbers; the first at index {index}, the largest error is {error:.2g}."
    )
    return words.format(name=name, share=share, total=error.size, index=list(index), error=float(error.max()))


def _wrong_shape(name: str, came: tuple[int, ...], right: tuple[int, ...]) -> str:
    words = _("`{name}` has shape {came}, expected is {right}.").format(name=name, came=came, right=right)
    if len(right) > 1 and came == right[::-1]:
        words += " " + _("Rows and columns are exchanged: each row belongs to one vector.")
    return words


def _structure(value: Value, names: Sequence[str]) -> str:
    """What came in place of the outputs."""
    wanted = ", ".join(names)
    if value is None:
        return _("it returns nothing. Is there a `return` with {wanted}?").format(wanted=wanted)
    found = dict(zip(names, value, strict=False)) if isinstance(value, tuple) and len(value) == len(names) else value
    if isinstance(found, Mapping) and set(names) <= set(found):
        other = next(name for name in names if not isinstance(found[name], np.ndarray))
        return _("`{name}` is no array of numbers.").format(name=other)
    if isinstance(value, tuple):
        words = n_(
            "it returns {came} values; expected is one array, {wanted}.",
            "it returns {came} values; expected are {count}: {wanted}.",
            len(names),
        )
        return words.format(came=len(value), count=len(names), wanted=wanted)
    if isinstance(value, Mapping):
        missing = ", ".join(name for name in names if name not in value)
        return _("the mapping it returns has no {missing}.").format(missing=missing)
    return _("it returns one array; expected are {count}: {wanted}.").format(count=len(names), wanted=wanted)


def changed_arguments(before: Sequence[Argument], after: Sequence[Argument], names: Sequence[str]) -> list[str]:
    """Names of the arguments a call changed in place.

    Args:
        before: The arguments as they were sent.
        after: The arguments as they came back; empty when they did not.
        names: Their names.
    """
    changed = []
    for name, old, new in zip(names, before, after, strict=False):
        if isinstance(old, Mapping):
            old_items: Mapping[str, Any] = old
            new_items: Mapping[str, Any] = new if isinstance(new, Mapping) else {}
            changed += [f"{name}.{k}" for k, a in old_items.items() if not _equal(a, new_items.get(k))]
        elif not _equal(old, new):
            changed.append(name)
    return changed


def _equal(old: Any, new: Any) -> bool:
    return isinstance(new, np.ndarray) and old.shape == new.shape and bool(np.array_equal(old, new, equal_nan=True))
