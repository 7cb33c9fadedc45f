"""What a function does that only further calls show: it mixes rows, is random, remembers, ignores an argument."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.cells.params import Params
from gatedrnn_course.grading.exchange.values import Argument
from gatedrnn_course.grading.items.diagnosis import same_numbers
from gatedrnn_course.grading.items.item import Ask, Draw, Item, Observation, rows_of
from gatedrnn_course.grading.items.sequence_item import SequenceItem
from gatedrnn_course.grading.items.slice_item import SliceItem
from gatedrnn_course.text import mark

__all__ = [
    "depends_on_nothing_of",
    "handed_back",
    "mixes_rows",
    "one_vector_only",
    "remembers",
    "unsteady",
    "uses_the_example",
]

Values = tuple[Any, ...]


@dataclass(frozen=True)
class Known:
    """An observation beside what is right there."""

    seen: Observation
    right: Values

    @property
    def is_right(self) -> bool:
        """Whether what came is right."""
        return same_numbers(self.right, self.seen.value)


def known(item: Item, observed: Sequence[Observation]) -> list[Known]:
    """Observations beside the right values."""
    return [Known(one, _right(item, one.draw)) for one in observed]


def _right(item: Item, draw: Draw) -> Values:
    with np.errstate(all="ignore"):
        return rows_of(item.right(draw))


def _attempt(item: Item, args: Sequence[Any]) -> Values | None:
    """The reference on arguments that may not fit together."""
    try:
        return _right(item, Draw("", tuple(args)))
    except (ValueError, TypeError, IndexError):
        return None


def handed_back(item: Item, observed: Sequence[Observation]) -> Words | None:
    """An argument or a parameter comes back as it went in."""
    if any(one.value is None for one in observed):
        return None
    names = []
    for k, output in enumerate(item.outputs):
        found = [_is_argument(item, one, k) for one in observed]
        if not found[0] or any(not name for name in found):
            return None
        common = set.intersection(*map(set, found))
        if not common:
            return None
        names.append(next(name for name in found[0] if name in common))
        if f"{output}_prev" in common:
            names[-1] = f"{output}_prev"
    words = mark("The function hands back {names} as it came: nothing is computed.")
    return Words(words, {"names": ", ".join(f"`{name}`" for name in names)})


def _is_argument(item: Item, one: Observation, k: int) -> list[str]:
    """Names of the arguments that an output is."""
    value = one.value[k] if one.value is not None else None
    return [name for name, array in _arrays(item, one.draw.args) if same_numbers((array,), (value,))]


def _arrays(item: Item, args: Sequence[Argument]) -> Iterator[tuple[str, Any]]:
    """Every array among the arguments with its name: `x`, `p.W_f`."""
    for name, argument in zip(item.arguments, args, strict=True):
        if isinstance(argument, Mapping):
            yield from ((f"{name}.{key}", array) for key, array in argument.items())
        else:
            yield name, argument


def unsteady(observed: Sequence[Observation], ask: Ask) -> Words | None:
    """A second call with the same arguments gives another answer."""
    first = next((one for one in observed if one.draw.decides and one.value is not None), None)
    if first is None:
        return None
    again = ask(first.draw)
    if same_numbers(first.value, again.value):
        return None
    words = mark(
        "A second call with the same arguments gives another answer{by}. Is something random inside, such as dropout, "
        "noise or weights that are drawn anew, or does the function remember an earlier call?"
    )
    pairs = zip(first.value or (), again.value or (), strict=False)
    sizes = [float(np.abs(a - b).max()) for a, b in pairs if np.shape(a) == np.shape(b) and np.size(a)]
    by = f" (by up to {max(sizes):.2g})" if sizes and np.isfinite(max(sizes)) else ""
    return Words(words, {"by": by})


def remembers(item: Item, observed: Sequence[Observation]) -> Words | None:
    """Something of an earlier call is used in place of what this one was given."""
    rows = known(item, observed)
    if all(row.is_right for row in rows):
        return None
    for stale in _stale(item):
        for earlier in (_first_alike, _last_alike, _one_before):
            told = (_as_if(item, stale, rows, k, earlier(rows, k)) for k in range(len(rows)))
            if all(same_numbers(values, row.seen.value) for values, row in zip(told, rows, strict=True)):
                words = mark(
                    "The function goes on using {what} of an earlier call. "
                    "Keep nothing between calls: no `global`, no list or dict outside the function."
                )
                return Words(words, {"what": stale.what})
    return None


def uses_the_example(item: Item, ask: Ask) -> Words | None:
    """The example's arrays, which the notebook holds, are used in place of the arguments."""
    if not hasattr(item, "slice"):
        return None
    example = item.example()
    args = tuple(_less(argument) for argument in example)
    seen = ask(Draw("batch", args, decides=False))
    if seen.value is None or same_numbers(_attempt(item, args), seen.value):
        return None
    for stale in _stale(item):
        if stale.arguments and same_numbers(_attempt(item, stale.used(args, example, ())), seen.value):
            words = mark("The function uses {what} of the example, which the notebook holds, not of its arguments.")
            return Words(words, {"what": stale.what})
    return None


def _less(argument: Argument) -> Argument:
    if isinstance(argument, Mapping):
        return Params({name: 0.9 * array for name, array in argument.items()})
    return 0.9 * argument


def _first_alike(rows: Sequence[Known], k: int) -> Known | None:
    """The first call with the sizes of call k, before it."""
    return next((row for row in rows[:k] if _alike(row, rows[k])), None)


def _last_alike(rows: Sequence[Known], k: int) -> Known | None:
    return next((row for row in reversed(rows[:k]) if _alike(row, rows[k])), None)


def _one_before(rows: Sequence[Known], k: int) -> Known | None:
    return rows[k - 1] if k and _alike(rows[k - 1], rows[k]) else None


def _alike(one: Known, other: Known) -> bool:
    """Whether two calls have arguments of the same shapes, and the first gave something."""
    return one.seen.value is not None and _shapes(one.seen.draw.args) == _shapes(other.seen.draw.args)


def _shapes(args: Sequence[Any]) -> list[Any]:
    return [[np.shape(a) for a in arg.values()] if isinstance(arg, Mapping) else np.shape(arg) for arg in args]


@dataclass(frozen=True)
class Stale:
    """What a function may keep from an earlier call.

    Attributes:
        what: It in words.
        arguments: Places of the arguments it keeps as they were.
        states: Places of arguments for which it takes an output of the earlier call, with the place of that output.
    """

    what: str
    arguments: tuple[int, ...] = ()
    states: tuple[tuple[int, int], ...] = ()

    def used(self, now: Sequence[Any], before: Sequence[Any], given: Values) -> tuple[Any, ...]:
        """The arguments in use at a call, from those it got, those of an earlier one and what came of that."""
        kept = {k: before[k] for k in self.arguments} | {at: given[k] for k, at in self.states}
        return tuple(kept.get(k, argument) for k, argument in enumerate(now))


def _stale(item: Item) -> Iterator[Stale]:
    """What may be kept: the parameters, an argument, several, or a state that an earlier call gave."""
    count = len(item.arguments)
    shown = [mark("the parameters") if name == "p" else f"`{name}`" for name in item.arguments]
    for size in range(1, count + 1):
        for kept in combinations(reversed(range(count)), size):
            yield Stale(", ".join(shown[k] for k in reversed(kept)), kept)
    places = {name.removesuffix("_prev"): at for at, name in enumerate(item.arguments) if name.endswith("_prev")}
    states = [(k, places[name]) for k, name in enumerate(item.outputs) if name in places]
    for size in range(1, len(states) + 1):
        for pairs in combinations(states, size):
            yield Stale(", ".join(f"`{item.outputs[k]}`" for k, _at in pairs), (), pairs)


def _as_if(item: Item, stale: Stale, rows: Sequence[Known], k: int, before: Known | None) -> Values | None:
    """What would come of call k.

    Where no earlier call had its sizes, the function starts anew, or raises because the first call's sizes do not fit.
    """
    now = rows[k].seen.draw.args
    if before is not None and before.seen.value is not None:
        return _attempt(item, stale.used(now, before.seen.draw.args, before.seen.value))
    return rows[k].right if rows[k].is_right else _attempt(item, stale.used(now, rows[0].seen.draw.args, rows[0].right))


def mixes_rows(item: Item, observed: Sequence[Observation], ask: Ask) -> Words | None:
    """One row of a batch changes when others do."""
    one = next((o for o in observed if o.draw.kind == "batch" and not o.draw.words and o.value is not None), None)
    axes = _batch_axes(item)
    if one is None or not axes or one.value is None:
        return None
    if not all(np.shape(v) == np.shape(r) for v, r in zip(one.value, _right(item, one.draw), strict=True)):
        return None
    if _row_changes(item, one, axes, 0, ask):
        return Words(
            mark(
                "The first row of the result depends on the other rows of the batch: each row is a vector by itself. "
                "Is something summed, averaged or normalised over the batch, along axis 0?"
            )
        )
    if _row_changes(item, one, axes, -1, ask):
        return Words(
            mark(
                "The last row of the result depends on the rows before it: each row is a vector by itself. "
                "Does a loop over the rows carry something from row to row, such as a sum that is never set to 0?"
            )
        )
    return None


def _row_changes(item: Item, one: Observation, axes: Mapping[int, int], row: int, ask: Ask) -> bool:
    """Whether a row of the result changes when all other rows of the arguments do."""
    args = list(one.draw.args)
    for k, axis in axes.items():
        array = np.array(args[k]) * 1.5
        at = (slice(None),) * axis + (row,)
        array[at] = np.asarray(args[k])[at]
        args[k] = array
    other = ask(replace(one.draw, args=tuple(args)))
    if other.value is None or one.value is None:
        return False
    at = (slice(None), row) if isinstance(item, SequenceItem) else (row,)
    pairs = list(zip(one.value, other.value, strict=False))
    return all(np.shape(a) == np.shape(b) for a, b in pairs) and not all(
        same_numbers((a[at],), (b[at],)) for a, b in pairs
    )


def _batch_axes(item: Item) -> dict[int, int]:
    """For each argument that has a batch axis its place; nothing for an item without rows."""
    if not isinstance(item, (SliceItem, SequenceItem)):
        return {}
    return {k: int(name == "xs") for k, name in enumerate(item.arguments) if name != "p"}


def one_vector_only(item: Item, observed: Sequence[Observation], ask: Ask) -> Words | None:
    """Right for a single vector, and not for a batch."""
    axes = _batch_axes(item)
    single = next((one for one in known(item, observed) if one.seen.draw.kind == "single"), None)
    batches = [one for one in known(item, observed) if one.seen.draw.kind == "batch"]
    if not batches or any(one.is_right for one in batches) or not axes or isinstance(item, SequenceItem):
        return None
    if single is None:
        draw = batches[0].seen.draw
        args = tuple(np.array(a)[0] if k in axes else a for k, a in enumerate(draw.args))
        single = known(item, [ask(replace(draw, kind="single", args=args))])[0]
    if not single.is_right:
        return None
    return Words(
        mark(
            "Right for one vector, not for a batch: a batch holds one vector a row, so W x is written `x @ p.W.T`, "
            "which is right for both."
        )
    )


def depends_on_nothing_of(item: Item, observed: Sequence[Observation], ask: Ask) -> Words | None:
    """Arguments and parameters that matter, and of which nothing depends."""
    one = next((o for o in observed if o.draw.kind == "batch" and not o.draw.words and o.value is not None), None)
    if one is None:
        return None
    unused, used = [], 0
    right = _right(item, one.draw)
    for name, _array in _arrays(item, one.draw.args):
        args = _nudged(item, one.draw, name)
        if same_numbers(right, _right(item, replace(one.draw, args=args))):
            continue
        if same_numbers(one.value, ask(replace(one.draw, args=args)).value):
            unused.append(name)
        else:
            used += 1
    if not unused:
        return None
    if not used:
        return Words(
            mark("Nothing depends on any argument: does the function use other arrays, such as the notebook's?")
        )
    return Words(mark("Nothing depends on {names}."), {"names": ", ".join(f"`{name}`" for name in unused)})


def _nudged(item: Item, draw: Draw, name: str) -> tuple[Any, ...]:
    """The arguments with one array changed."""
    args: list[Any] = list(draw.args)
    for k, argument in enumerate(item.arguments):
        if argument == name:
            args[k] = _other(args[k])
        elif name.startswith(f"{argument}.") and isinstance(args[k], Mapping):
            key = name.partition(".")[2]
            args[k] = Params({n: _other(a) if n == key else a for n, a in args[k].items()})
    return tuple(args)


def _other(array: Any) -> Any:
    """An array with other numbers of the same range, and in another direction."""
    array = np.asarray(array)
    return array * np.linspace(0.6, 0.8, array.size).reshape(array.shape)
