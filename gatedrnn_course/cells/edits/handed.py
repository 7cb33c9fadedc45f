"""Mistakes in what is handed back: another order, another name, the states of before, a squashed state."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import permutations

from gatedrnn_course.cells.edits.site import Edit, Words
from gatedrnn_course.cells.slices import Slice
from gatedrnn_course.text import mark

__all__ = ["output_edits"]

_OTHER = mark("`{used}` is handed back where `{right}` belongs.")


@lru_cache(maxsize=256)
def output_edits(slice_: Slice) -> tuple[Edit, ...]:
    """Every edit of what a slice hands back, plainest first. An output may be an expression, such as `tanh(c)`."""
    found = dict(_outputs(slice_))
    return tuple(
        Edit(slice_.lines, outputs, (words,), len(slice_.lines), ("outputs",)) for outputs, words in found.items()
    )


def _outputs(slice_: Slice) -> Iterator[tuple[tuple[str, ...], Words]]:
    right = slice_.outputs
    for order in permutations(right):
        if order != right:
            words = mark("The outputs come back as ({came}) instead of ({right}).")
            yield order, Words(words, {"came": ", ".join(order), "right": ", ".join(right)})
    known = (*slice_.inputs, *(line.name for line in slice_.lines))
    for k, name in enumerate(right):
        others = [other for other in known if other != name and slice_.shape(other) == slice_.shape(name)]
        for used in (*others, f"tanh({name})"):
            yield (*right[:k], used, *right[k + 1 :]), Words(_OTHER, {"used": used, "right": name})
    before = tuple(f"{name}_prev" for name in right)
    if len(right) > 1 and set(before) <= set(slice_.inputs):
        words = mark("The states of the step before are handed back: ({came}).")
        yield before, Words(words, {"came": ", ".join(before)})
