"""Compares what a function gave with what is right. This decides; everything else only explains."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gatedrnn_course.grading.exchange.values import Argument, Value
from gatedrnn_course.grading.judging.forms import outputs_of, read_outputs, structure
from gatedrnn_course.text import _

__all__ = ["FLOAT32", "FLOAT64", "Comparison", "changed_arguments", "compare", "float32_error"]

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
        right_outputs: Names of the outputs that agree.
        wrong_outputs: Names of those that do not, where outputs could be read at all.
    """

    right: bool
    rough: bool = False
    form: bool = False
    came: str = ""
    right_outputs: tuple[str, ...] = ()
    wrong_outputs: tuple[str, ...] = ()


def quoted(name: str) -> str:
    """A name in a sentence."""
    return f"`{name}`"


def compare(
    value: Value, right: Value, names: Sequence[str], rough: float = FLOAT32, told: Callable[[str], str] = quoted
) -> Comparison:
    """Compare a value with the right one.

    Args:
        value: What the function handed back.
        right: What it should have handed back.
        names: Names of the outputs, in order.
        rough: Agreement that counts as right, and is noted.
        told: What an output is called in a sentence.

    Returns:
        Whether they agree, and what is wrong in words.
    """
    expected = outputs_of(right, names)
    given = read_outputs(value, right, names)
    if expected is None:
        raise TypeError("the reference gave no arrays")
    if given is None:
        return Comparison(False, form=True, came=structure(value, names))
    rows = zip(names, given, expected, strict=True)
    outputs = [_one(told(name), mine, theirs, rough) for name, mine, theirs in rows]
    wrong = [(name, one) for name, one in zip(names, outputs, strict=True) if not one.right]
    if not wrong:
        return Comparison(True, rough=any(one.rough for one in outputs), right_outputs=tuple(names))
    agree = tuple(name for name, one in zip(names, outputs, strict=True) if one.right)
    return replace(wrong[0][1], right_outputs=agree, wrong_outputs=tuple(name for name, _one in wrong))


def _one(told: str, mine: Any, theirs: Any, rough: float) -> Comparison:
    """The comparison of one output."""
    if mine.shape != theirs.shape:
        return Comparison(False, form=True, came=_wrong_shape(told, mine.shape, theirs.shape))
    error = _error(mine, theirs)
    if not error.size:
        return Comparison(True)
    if not error.max() <= rough:
        return Comparison(False, came=_first_wrong(told, mine, error, rough))
    return Comparison(True, rough=bool(error.max() > FLOAT64))


def float32_error(value: Value, right: Value, names: Sequence[str]) -> float:
    """How far a value computed in float32 is off, at most; what it may be off by in any order of computing is near it.

    Args:
        value: The reference in float32.
        right: The reference.
        names: Names of the outputs, in order.
    """
    pairs = zip(outputs_of(value, names) or (), outputs_of(right, names) or (), strict=True)
    return max((float(_error(mine, theirs).max(initial=0.0)) for mine, theirs in pairs), default=0.0)


def _error(mine: Any, theirs: Any) -> Any:
    """The absolute error, counted relative where numbers are larger than 1; what is not finite is infinitely wrong."""
    with np.errstate(all="ignore"):
        error = np.abs(mine.astype(np.float64) - theirs) / np.maximum(1.0, np.abs(theirs))
    return np.where(np.isnan(error), np.inf, error)


def _first_wrong(told: str, mine: Any, error: Any, rough: float) -> str:
    if not np.isfinite(mine.astype(np.float64)).all():
        return _("{output} holds values that are not finite (nan or inf).").format(output=told)
    index = tuple(int(k) for k in np.argwhere(error > rough)[0])
    share = int((error > rough).sum())
    words = _(
        "{output} is wrong in {share} of {total} numbers; the first at index {index}, the largest error is {error:.2g}."
    )
    return words.format(output=told, share=share, total=error.size, index=list(index), error=float(error.max()))


def _wrong_shape(told: str, came: tuple[int, ...], right: tuple[int, ...]) -> str:
    words = _("{output} has shape {came}, expected is {right}.").format(output=told, came=came, right=right)
    if len(right) > 1 and came == right[::-1]:
        words += " " + _("Rows and columns are exchanged: each row belongs to one vector.")
    return words


def changed_arguments(before: Sequence[Argument], after: Sequence[Argument], names: Sequence[str]) -> list[str]:
    """Names of the arguments a call changed in place.

    Args:
        before: The arguments as they were sent.
        after: The arguments as they are after the call; empty when nobody knows.
        names: Their names.
    """
    changed = []
    for name, old, new in zip(names, before, after, strict=False):
        if old is new:  # it did not come back, being as it was sent
            continue
        if isinstance(old, Mapping):
            old_items: Mapping[str, Any] = old
            new_items: Mapping[str, Any] = new if isinstance(new, Mapping) else {}
            changed += [f"{name}.{k}" for k, a in old_items.items() if not _equal(a, new_items.get(k))]
        elif not _equal(old, new):
            changed.append(name)
    return changed


def _equal(old: Any, new: Any) -> bool:
    return isinstance(new, np.ndarray) and old.shape == new.shape and bool(np.array_equal(old, new, equal_nan=True))
