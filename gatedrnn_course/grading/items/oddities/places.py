"""Right numbers in the wrong places: transposed, in another order, one row for all, summed."""

from __future__ import annotations

from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.grading.items.oddities.values import Values, near, told
from gatedrnn_course.text import mark

__all__ = ["one_for_all", "order", "summed", "transposed"]


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
    for axis, across in ((-1, mark("units")), (0, mark("rows of the batch"))):
        if right.ndim < (1 if axis else 2) or right.shape[axis] < 2:
            continue
        if near(given, np.flip(right, axis)):
            return told(mark("The {across} of {it} stand in reverse order."), across=across)
        for by in range(1, right.shape[axis]):
            if near(given, np.roll(right, by, axis)):
                words = mark("The {across} of {it} are shifted by {by}, those at the end to the beginning.")
                return told(words, across=across, by=by)
        if _permuted(np.moveaxis(given, axis, 0), np.moveaxis(right, axis, 0)):
            return told(mark("The {across} of {it} stand in another order."), across=across)
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


def one_for_all(values: Values) -> Words | None:
    """The first row, or the first unit, computed and the others left out."""
    given, right = np.asarray(values.given), values.right
    if right.ndim < 2 or len(right) < 2:
        return None
    if near(given, right[0]) or near(given, right[:1]):
        return told(mark("Only the first row of the batch is used: {it} belongs to its first vector."))
    if near(given, right[-1]) or near(given, right[-1:]):
        return told(mark("Only the last row comes back in {it}. Is the loop's array overwritten at each row?"))
    if not values.alike():
        return None
    for at, row in ((0, mark("first")), (-1, mark("last"))):
        if near(given, np.broadcast_to(right[at], right.shape)):
            return told(mark("Every row of {it} is that of the {row} row of the batch."), row=row)
        others = np.delete(np.arange(len(right)), at)
        if near(given[at], right[at]) and not given[others].any():
            return told(mark("Only the {row} row of {it} is computed; the others are 0."), row=row)
        if near(given[others], right[others]) and not given[at].any():
            return told(mark("The {row} row of {it} is never computed."), row=row)
        if near(given[others], right[others]):
            return told(mark("Only the {row} row of {it} is wrong."), row=row)
    return None


def summed(values: Values) -> Words | None:
    """A sum or a mean over an axis, spread out again or not."""
    given, right = np.asarray(values.given), values.right
    axes = [(None, mark("everything")), (-1, mark("the units"))]
    axes += [(0, mark("the rows of the batch"))] if right.ndim > 1 else []
    for axis, across in axes:
        for of, words in (
            (np.sum, mark("{it} is summed over {across}.")),
            (np.mean, mark("{it} is averaged over {across}.")),
            (np.max, mark("Only the largest number over {across} comes back in {it}.")),
        ):
            kept = of(right, axis=axis, keepdims=True)
            spread = np.broadcast_to(kept, right.shape)
            if any(near(given, one) for one in (kept, spread, np.squeeze(kept, axis))):
                return told(words, across=across)
    return None
