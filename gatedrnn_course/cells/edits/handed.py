"""Mistakes in what is handed back: another order, another name, the states of before, a squashed state."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, permutations

from gatedrnn_course.cells.edits.site import Edit, Words, is_derivative
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.cells.program import Program
from gatedrnn_course.text import mark

__all__ = ["output_edits"]

_FEW = 3
"""Outputs of which every order is a mistake; of more, two may be exchanged, or those of two lines."""
_OTHER = mark("`{used}` is handed back where `{right}` belongs.")


@lru_cache(maxsize=256)
def output_edits(slice_: Program) -> tuple[Edit, ...]:
    """Every edit of what a slice hands back, plainest first. An output may be an expression, such as `tanh(c)`."""
    found = dict(_outputs(slice_))
    return tuple(
        Edit(slice_.lines, outputs, (words,), len(slice_.lines), ("outputs",)) for outputs, words in found.items()
    )


def _outputs(slice_: Program) -> Iterator[tuple[tuple[str, ...], Words]]:
    right = slice_.outputs
    yield from _exchanged(slice_) if len(right) > _FEW else _reordered(right)
    known = (*slice_.inputs, *(line.name for line in slice_.lines))
    for k, name in enumerate(right):
        others = [other for other in known if other != name and _alike(slice_, other, name)]
        squashed = [f"tanh({name})"] if any(line.name == name for line in slice_.cell.lines) else []
        for used in (*others, *squashed):
            yield (*right[:k], used, *right[k + 1 :]), Words(_OTHER, {"used": used, "right": name})
    before = tuple(f"{name}_prev" for name in right)
    if len(right) > 1 and set(before) <= set(slice_.inputs):
        words = mark("The states of the step before are handed back: ({came}).")
        yield before, Words(words, {"came": ", ".join(before)})


def _reordered(right: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Words]]:
    for order in permutations(right):
        if order != right:
            words = mark("The outputs come back as ({came}) instead of ({right}).")
            yield order, Words(words, {"came": ", ".join(order), "right": ", ".join(right)})


def _alike(slice_: Program, other: str, name: str) -> bool:
    """Whether one name can be handed back for another: the same shape, a derivative for a derivative."""
    return slice_.shape(other) == slice_.shape(name) and _kind(other) == _kind(name)


def _kind(name: str) -> tuple[bool, bool]:
    return is_derivative(name), is_derivative(name) and is_parameter(name.removeprefix("d_"))


def _exchanged(slice_: Program) -> Iterator[tuple[tuple[str, ...], Words]]:
    """Two outputs under each other's names, or all that belong to two lines, or every W and U."""
    right = slice_.outputs
    for first, second in combinations(right, 2):
        if _kind(first) == _kind(second) and len(slice_.shape(first)) == len(slice_.shape(second)):
            words = mark("`{first}` and `{second}` are exchanged in what is handed back.")
            yield _swapped(right, {first: second}), Words(words, {"first": first, "second": second})
    parameters = [name for name in right if _kind(name)[1]]
    for first, second in combinations(dict.fromkeys(name[3:] for name in parameters), 2):  # `_f` of d_W_f
        pairs = {f"d_{kind}{first}": f"d_{kind}{second}" for kind in "WUPb"}
        pairs = {one: other for one, other in pairs.items() if one in right and other in right}
        if len(pairs) > 1:
            words = mark("The gradients of {first} come back under the names of {second}, and the reverse.")
            told = {"first": ", ".join(pairs), "second": ", ".join(pairs.values())}
            yield _swapped(right, pairs), Words(words, told)
    pairs = {name: f"d_U{name[3:]}" for name in parameters if name.startswith("d_W") and f"d_U{name[3:]}" in right}
    if len(pairs) > 1:
        yield _swapped(right, pairs), Words(mark("The gradients of W and U are exchanged in every line."))


def _swapped(names: tuple[str, ...], pairs: dict[str, str]) -> tuple[str, ...]:
    both = {**pairs, **{other: one for one, other in pairs.items()}}
    return tuple(both.get(name, name) for name in names)
