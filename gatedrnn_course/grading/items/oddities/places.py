"""Right numbers in the wrong places: transposed, in another order, one row for all, summed."""

from __future__ import annotations

from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.grading.items.oddities.values import Values, across, near, told
from gatedrnn_course.text import mark

__all__ = ["a_part", "one_for_all", "one_wrong", "order", "summed", "transposed"]


def transposed(values: Values) -> Words | None:
    """Rows and columns exchanged, or the same numbers in another shape."""
    given, right = np.asarray(values.given), values.right
    if right.ndim > 1 and near(given, right.T):
        return told(mark("{it} is transposed: rows and columns are exchanged. Each row belongs to one vector."))
    if given.size == right.size and given.shape != right.shape and near(given.ravel(), right.ravel()):
        words = mark("{it} has the right numbers in the shape {came}; {wanted} is right.")
        return told(words, came=given.shape, wanted=right.shape)
    if right.ndim > 1 and given.shape in (right.shape, right.shape[::-1]) and near(given.ravel(), right.T.ravel()):
        return told(mark("{it} is reshaped where it should be transposed: the numbers stand in other places."))
    return None


def order(values: Values) -> Words | None:
    """Units or rows in another order."""
    if not values.alike():
        return None
    given, right = np.asarray(values.given), values.right
    for axis in reversed(range(right.ndim)):
        if right.shape[axis] < 2:
            continue
        along = across(right, axis)
        if near(given, np.flip(right, axis)):
            return told(mark("The {across} of {it} stand in reverse order."), across=along)
        for by in range(1, right.shape[axis]):
            if near(given, np.roll(right, by, axis)):
                words = mark("The {across} of {it} are shifted by {by}, those at the end to the beginning.")
                return told(words, across=along, by=by)
        if _permuted(np.moveaxis(given, axis, 0), np.moveaxis(right, axis, 0)):
            return told(mark("The {across} of {it} stand in another order."), across=along)
    if near(np.sort(given, None), np.sort(right, None)):
        return told(mark("{it} has the right numbers in the wrong places."))
    return None


def _permuted(given: Any, right: Any) -> bool:
    """Whether each part of one is a part of the other."""
    left = list(range(len(right)))
    for part in given:
        found = next((k for k in left if near(part, right[k])), None)
        if found is None:
            return False
        left.remove(found)
    return True


def a_part(values: Values) -> Words | None:
    """The first or the last rows, or units, without the others."""
    given, right = np.asarray(values.given), values.right
    if given.ndim != right.ndim or values.alike():
        return None
    for axis in range(right.ndim):
        count = given.shape[axis]
        along = across(right, axis)
        if 0 < count < right.shape[axis]:
            if near(given, np.take(right, range(count), axis)):
                return told(mark("Only the first {across} of {it} come back, not all."), across=along)
            if near(given, np.take(right, range(-count, 0), axis)):
                return told(mark("Only the last {across} of {it} come back, not all."), across=along)
    return None


def one_for_all(values: Values) -> Words | None:
    """The first row, or step, computed and the others left out."""
    given, right = np.asarray(values.given), values.right
    if right.ndim < 2 or len(right) < 2:
        return None
    along = {"across": across(right, 0)}
    if near(given, right[0]) or near(given, right[:1]):
        return told(mark("Only the first of the {across} is used: {it} belongs to it."), **along)
    if near(given, right[-1]) or near(given, right[-1:]):
        return told(mark("Only the last of the {across} comes back in {it}. Is an array overwritten?"), **along)
    if not values.alike():
        return None
    for at, which in ((0, mark("first")), (-1, mark("last"))):
        along["which"] = which
        if near(given, np.broadcast_to(right[at], right.shape)):
            return told(mark("Of the {across}, {it} holds the {which} everywhere."), **along)
        others = np.delete(np.arange(len(right)), at)
        if near(given[at], right[at]) and not given[others].any():
            return told(mark("Of the {across}, only the {which} of {it} is computed; the others are 0."), **along)
        if near(given[others], right[others]) and not given[at].any():
            return told(mark("Of the {across}, the {which} of {it} is never computed."), **along)
    return None


def one_wrong(values: Values) -> Words | None:
    """The first or the last row, or step, alone is wrong."""
    given, right = np.asarray(values.given), values.right
    if right.ndim < 2 or len(right) < 2 or not values.alike():
        return None
    for at, which in ((0, mark("first")), (-1, mark("last"))):
        others = np.delete(np.arange(len(right)), at)
        if near(given[others], right[others]):
            words = mark("Of the {across}, only the {which} of {it} is wrong.")
            return told(words, across=across(right, 0), which=which)
    return None


def summed(values: Values) -> Words | None:
    """A sum or a mean over an axis, spread out again or not."""
    given, right = np.asarray(values.given), values.right
    axes = [(None, mark("everything")), *((axis, across(right, axis)) for axis in reversed(range(right.ndim)))]
    for axis, along in axes:
        for of, words in (
            (np.sum, mark("{it} is summed over {across}.")),
            (np.mean, mark("{it} is averaged over {across}.")),
            (np.max, mark("Only the largest number over {across} comes back in {it}.")),
        ):
            kept = of(right, axis=axis, keepdims=True)
            spread = np.broadcast_to(kept, right.shape)
            if any(near(given, one) for one in (kept, spread, np.squeeze(kept, axis))):
                return told(words, across=along)
    return None
