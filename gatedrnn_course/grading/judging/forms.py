"""Reads the outputs out of what a function returned, and says what came where they cannot be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.grading.exchange.values import Value
from gatedrnn_course.text import _, mark, n_

__all__ = ["another_form", "outputs_of", "read_outputs", "structure"]

Outputs = tuple[Any, ...]


def outputs_of(value: Value, names: Sequence[str]) -> Outputs | None:
    """The outputs in order, from an array, a tuple or names with values; None when they cannot be told.

    Args:
        value: What was returned.
        names: Names of the outputs, in order. Parts that say their names are found by them, in any order.
    """
    if isinstance(value, tuple) and value and all(isinstance(part, dict) and len(part) == 1 for part in value):
        named = {name: part for one in value for name, part in one.items()}  # type: ignore[union-attr]
        value = named if set(names) <= set(named) else tuple(named.values())
    if isinstance(value, Mapping):
        rows: Any = tuple(value[name] for name in names) if set(names) <= set(value) else None
    elif isinstance(value, tuple):
        rows = value if len(value) == len(names) else None
    else:
        rows = (value,) if len(names) == 1 and value is not None else None
    if rows is None or not all(isinstance(row, np.ndarray) for row in rows):
        return None
    return tuple(rows)


def read_outputs(value: Value, right: Value, names: Sequence[str]) -> Outputs | None:
    """A learner's outputs in order. `return [h, c]` arrives as one array of two rows: it counts as both.

    Args:
        value: What was returned.
        right: What should have been.
        names: Names of the outputs, in order.
    """
    rows, expected = outputs_of(value, names), outputs_of(right, names)
    if rows is not None or expected is None or not isinstance(value, np.ndarray) or value.ndim == 0:
        return rows
    split = tuple(value)
    return split if [row.shape for row in split] == [row.shape for row in expected] else None


def structure(value: Value, names: Sequence[str]) -> str:
    """What came in place of the outputs, in a few words."""
    wanted = ", ".join(names)
    if value is None:
        return _("it returns nothing. Is there a `return` with {wanted}?").format(wanted=wanted)
    if isinstance(value, str):
        return _("it returns a text; expected are numbers.")
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


def another_form(name: str, value: Value, right: Value, names: Sequence[str], printed: bool = False) -> Words:
    """What a function returns in place of its outputs.

    Args:
        name: Name of the function.
        value: What was returned.
        right: What should have been.
        names: Names of the outputs, in order.
        printed: Whether the function printed something.
    """
    told = {"name": name, "wanted": ", ".join(names), "count": str(len(names)), "output": names[0]}
    expected = dict(zip(names, outputs_of(right, names) or (), strict=False))
    if value is None:
        words = mark("`{name}` returns nothing: `return {wanted}` is missing at its end.")
        if printed:
            words = mark(
                "`{name}` prints, but returns nothing. A print shows a value to you; `return {wanted}` hands it back."
            )
        return Words(words, told)
    if isinstance(value, str):
        return Words(mark("`{name}` returns a str, expected is an array of numbers."), told)
    if isinstance(value, Mapping):
        return _names_missing(value, names, told)
    if isinstance(value, np.ndarray):
        return _one_array(value, expected, told)
    return _tuple(value, expected, told)


def _names_missing(value: Mapping[str, Any], names: Sequence[str], told: Mapping[str, str]) -> Words:
    missing = [name for name in names if name not in value]
    if not missing:
        other = next(name for name in names if not isinstance(value[name], np.ndarray))
        return Words(
            mark("`{name}` returns `{output}` by name, and it is no array of numbers."), {**told, "output": other}
        )
    words = mark(
        "`{name}` returns values by name, and `{missing}` is missing: the names are {came}; {wanted} are wanted."
    )
    came = ", ".join(list(value)[:8]) or mark("none")
    return Words(words, {**told, "missing": missing[0], "came": came})


def _one_array(value: Any, expected: Mapping[str, Any], told: Mapping[str, str]) -> Words:
    same = next((name for name, row in expected.items() if _same(value, row)), None)
    if same is None:
        return Words(mark("`{name}` returns one array where {count} are wanted: `return {wanted}`."), told)
    missing = ", ".join(f"`{name}`" for name in expected if name != same)
    words = mark("`{name}` returns only `{output}`: {missing} is missing. Return all: `return {wanted}`.")
    return Words(words, {**told, "output": same, "missing": missing})


def _tuple(parts: Outputs, expected: Mapping[str, Any], told: Mapping[str, str]) -> Words:
    others = [k for k, part in enumerate(parts) if not isinstance(part, np.ndarray)]
    if others and not isinstance(parts[others[0]], (tuple, Mapping)) and len(parts) == len(expected):
        kind = "None" if parts[others[0]] is None else mark("a str")
        return Words(
            mark("`{name}` returns {kind} in place of `{output}`."),
            {**told, "kind": kind, "output": [*expected][others[0]]},
        )
    if any(isinstance(parts[k], (tuple, Mapping)) for k in others):
        words = mark(
            "`{name}` returns its values nested, one inside the other. Return them side by side: `return {wanted}`."
        )
        return Words(words, told)
    flat = tuple(_arrays(parts))
    told = {**told, "came": str(len(parts))}
    if len(expected) == 1:
        return _several_for_one(flat, next(iter(expected.values())), told)
    found = [name for name, row in expected.items() if any(_same(part, row) for part in flat)]
    if len(parts) > len(expected):
        words = mark(
            "`{name}` returns {came} values where {count} are wanted. Leave the others out: `return {wanted}`."
        )
        return Words(words, told)
    missing = ", ".join(f"`{name}`" for name in expected if name not in found)
    words = mark(
        "`{name}` returns {came} values where {count} are wanted, and {missing} is missing: `return {wanted}`."
    )
    return Words(words, {**told, "missing": missing})


def _several_for_one(parts: Outputs, right: Any, told: Mapping[str, str]) -> Words:
    shapes = {part.shape for part in parts}
    if len(shapes) > 1 and all(part.ndim < right.ndim for part in parts):
        return Words(
            mark("`{name}` returns rows of different lengths; `{output}` is one array whose rows are equally long."),
            told,
        )
    if len(shapes) == 1 and (len(parts), *shapes.pop()) == np.shape(right):
        return Words(
            mark("`{name}` returns its rows one by one. `np.stack(rows)` makes one array of them, {output}."), told
        )
    at = next((k for k, part in enumerate(parts) if _same(part, right)), None)
    if at is None:
        return Words(mark("`{name}` returns {came} values where one array is wanted, {output}."), told)
    words = mark("`{name}` returns {came} values; only `{output}` is wanted, which is number {number} of them.")
    return Words(words, {**told, "number": str(at + 1)})


def _arrays(value: Value) -> Iterator[Any]:
    """Every array in a value, however deep it lies."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (tuple, Mapping)):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _arrays(part)


def _same(given: Any, right: Any) -> bool:
    return given.shape == np.shape(right) and bool(np.allclose(given, right, rtol=1e-4, atol=1e-4))
