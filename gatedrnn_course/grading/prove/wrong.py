"""Wrong answers to an item: every edit of its equations, its loop mistakes, pairs of mistakes, and constants."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import classes, merged
from gatedrnn_course.cells.edits.classes import probe_trials
from gatedrnn_course.cells.edits.combine import touched
from gatedrnn_course.cells.edits.readings import edit_with, readings
from gatedrnn_course.cells.params import Params
from gatedrnn_course.cells.slices import Slice
from gatedrnn_course.grading.items import (
    BackwardItem,
    BackwardSequenceItem,
    DrivenItem,
    EquationsItem,
    FunctionItem,
    Item,
    JacobianItem,
    SequenceItem,
    SliceItem,
    VariantItem,
)
from gatedrnn_course.grading.items.backward_loops import BackwardLoop, backward_loops
from gatedrnn_course.grading.items.diagnosis import same_numbers
from gatedrnn_course.grading.items.item import rows_of
from gatedrnn_course.grading.items.loops import LOOP_MISTAKES
from gatedrnn_course.grading.items.slips import slips
from gatedrnn_course.grading.prove.programs import answer, filled_answer
from gatedrnn_course.grading.prove.texts import edited_text
from gatedrnn_course.grading.prove.torch_answers import WRONG
from gatedrnn_course.grading.prove.typed import function_of
from gatedrnn_course.text import mark

__all__ = ["CONSTANTS", "Wrong", "constants", "pairs", "several", "slipped", "wrong_answers"]

Function = Callable[..., Any]

CONSTANTS = {mark("zeros"): "0.0", mark("ones"): "1.0", mark("0.5 everywhere"): "0.5", mark("nan everywhere"): "nan"}
"""Numbers with which arrays of the right shape are filled by an answer that computes nothing."""


_OF_LINES = (SliceItem, BackwardItem, JacobianItem)
"""Items with lines in which several mistakes can be made at once."""


@dataclass(frozen=True)
class Wrong:
    """A wrong function.

    Attributes:
        names: English names under which it may be reported; the first is its own.
        kind: A number that functions of one class share.
        function: The function.
        begins: How the report begins where it also tells names of the learner's own.
    """

    names: tuple[str, ...]
    kind: int
    function: Function
    begins: str = ""

    def named(self, mistake: str) -> bool:
        """Whether a report names this mistake."""
        return mistake in self.names or bool(self.begins and mistake.startswith(self.begins))


def wrong_answers(item: Item) -> Iterator[Wrong]:
    """Every mistake that can be derived for an item, written as a function."""
    if isinstance(item, BackwardSequenceItem):
        yield from _with_equal_names(item, list(_derived(item)))
    else:
        yield from _derived(item)


def _with_equal_names(item: BackwardSequenceItem, wrongs: Sequence[Wrong]) -> Iterator[Wrong]:
    """Wrong functions under the names of all that are equal over a sequence, where nothing arrives at the last c."""
    draw = next(draw for draw in item.draws(np.random.default_rng(1997)) if draw.kind == "square")
    keys = [_key(item, wrong.function, draw.args) for wrong in wrongs]
    names: dict[bytes, list[str]] = {}
    for key, wrong in zip(keys, wrongs, strict=True):
        names.setdefault(key, []).extend(wrong.names if key else ())
    for key, wrong in zip(keys, wrongs, strict=True):
        yield replace(wrong, names=tuple(dict.fromkeys((*wrong.names, *names[key]))))


def _key(item: BackwardSequenceItem, function: Function, args: Sequence[Any]) -> bytes:
    """What equal functions share; nothing where the shapes do not fit."""
    values = _values(lambda *given: _in_order(item, function(*given)), args)
    if values is None:
        return b""
    rounded = (np.round(np.asarray(value, dtype=float), 6) + 0.0 for value in values)  # no zero with a sign
    return b"".join(one.tobytes() + b"|" for one in rounded)


def _in_order(item: BackwardSequenceItem, value: Any) -> Any:
    return tuple(value[name] for name in item.outputs) if isinstance(value, dict) else value


def _derived(item: Item) -> Iterator[Wrong]:
    kind = 0
    if isinstance(item, (*_OF_LINES, SequenceItem, BackwardSequenceItem, EquationsItem)):
        for kind, found in enumerate(classes(item.slice)):
            names = tuple(member.key for member in found.members)
            once = isinstance(item, BackwardSequenceItem)  # of equal functions one: a step alone has tried them all
            for member in found.members[:1] if once else found.members:
                if isinstance(item, EquationsItem) and edited_text(item, member) is None:
                    continue
                own = (found.edit.key, *(name for name in names if name != found.edit.key))
                yield Wrong(own, kind, function_of(answer(item, member), item.name))
    if isinstance(item, (SequenceItem, BackwardSequenceItem)):
        for k, (names, function) in enumerate(_loop_mistakes(item)):
            yield Wrong(names, kind + 1 + k, function)
    if isinstance(item, DrivenItem):
        for kind, one in enumerate((*item.mistakes, *item.more())):
            yield Wrong((one.said.english,), kind, function_of(one.text, item.name))
        for k, (begins, text) in enumerate(WRONG[item.name], kind + 1):
            yield Wrong((begins,), k, function_of(text, item.name), begins)
    if isinstance(item, (FunctionItem, JacobianItem, VariantItem)):
        for k, mistake in enumerate(item.mistakes, kind + 1):
            yield Wrong((mistake.said.english,), k, mistake.function)


def _loop_mistakes(item: SequenceItem | BackwardSequenceItem) -> Iterator[tuple[tuple[str, ...], Function]]:
    """The mistakes of the loop, without those that are right for this cell, as losing c is where there is none."""
    functions = list(_loops(item))
    draws = item.draws(np.random.default_rng(1997))
    values = [[_values(function, draw.args) for draw in draws] for _words, function in functions]
    right = [rows_of(item.reference(*draw.args)) for draw in draws]
    for (words, function), given in zip(functions, values, strict=True):
        alike = [other for (other, _f), theirs in zip(functions, values, strict=True) if _equal(given, theirs)]
        if not _equal(given, right):
            yield tuple(dict.fromkeys((words, *alike))), function


def _loops(item: SequenceItem | BackwardSequenceItem) -> Iterator[tuple[str, Function]]:
    if isinstance(item, SequenceItem):
        yield from ((words, partial(_run, item.slice, loop)) for words, loop in LOOP_MISTAKES.items())
    else:
        for words, loop in backward_loops(item.slice):
            yield words[0].english, partial(_back, item, loop)


def _back(item: BackwardSequenceItem, loop: BackwardLoop, *args: Any) -> Any:
    return dict(zip(item.outputs, item.run(loop, None, args), strict=True))


def _run(slice_: Slice, loop: Function, xs: Any, *rest: Any) -> Any:
    values = loop(slice_.function, xs, tuple(rest[:-1]), Params(rest[-1]))
    return values if len(values) > 1 else values[0]


def _values(function: Function, args: Sequence[Any]) -> tuple[Any, ...] | None:
    """The outputs, or None where the shapes do not fit."""
    try:
        return rows_of(function(*args))
    except (ValueError, IndexError):
        return None


def _equal(first: Sequence[tuple[Any, ...] | None], second: Sequence[tuple[Any, ...] | None]) -> bool:
    return all(same_numbers(a, b) for a, b in zip(first, second, strict=True))


def pairs(item: Item, count: int, seed: int) -> Iterator[Wrong]:
    """Two mistakes in different lines, drawn at random; pairs that cancel are left out."""
    if isinstance(item, DrivenItem):
        typed = item.pairs()
        for k, one in enumerate(random.Random(seed).sample(typed, min(count // 4, len(typed)))):  # each takes seconds
            yield Wrong((one.said.english,), k, function_of(one.text, item.name))
        return
    if isinstance(item, FunctionItem):
        drawn = random.Random(seed).sample(item.pairs, min(count, len(item.pairs)))
        for k, mistake in enumerate(mistake for mistake in drawn if not _says_nothing(item, mistake.function)):
            yield Wrong((mistake.explanation.key,), k, mistake.function)
        return
    if not isinstance(item, _OF_LINES):
        return
    inside = [
        c.edit
        for c in classes(item.slice)
        if len(touched(item.slice, c.edit)) == 1 and c.edit.where < len(item.slice.lines)
    ]
    if len({edit.where for edit in inside}) < 2:
        return
    rng = random.Random(seed)
    trials = probe_trials(item.slice)
    right = [trial.pick(trial.right, item.slice.outputs) for trial in trials]
    found = 0
    while found < count:
        first, second = sorted(rng.sample(inside, 2), key=lambda edit: edit.where)
        both = merged(item.slice, first, second)
        if first.where == second.where or all(
            same_numbers(trial.outputs(both), value) for trial, value in zip(trials, right, strict=True)
        ):
            continue
        yield Wrong((both.key,), found, function_of(answer(item, both), item.name))
        found += 1


def several(item: Item, count: int, seed: int) -> Iterator[Wrong]:
    """One mistake, drawn at random, in each of k lines; k goes round from 1 to all lines.

    What comes out right as a whole is left out.
    """
    if not isinstance(item, _OF_LINES) or len(item.slice.lines) < 2:
        return
    rng, rows = random.Random(seed), readings(item.slice)
    trials = probe_trials(item.slice)
    right = [trial.pick(trial.right, item.slice.outputs) for trial in trials]
    found = 0
    while found < count:
        lines = rng.sample(list(rows), 1 + found % len(rows))
        edit = edit_with(item.slice, {name: rng.choice(rows[name][1:]) for name in lines})
        if not all(same_numbers(t.outputs(edit), value) for t, value in zip(trials, right, strict=True)):
            yield Wrong((edit.key,), len(lines), function_of(answer(item, edit), item.name))
            found += 1


def slipped(item: Item, count: int, seed: int) -> Iterator[Wrong]:
    """Slips of Python and NumPy, drawn at random among all that can be derived for an item."""
    if not isinstance(item, SliceItem):
        return
    listed = list(slips(item))
    for k, slip in enumerate(random.Random(seed).sample(listed, min(count, len(listed)))):
        yield Wrong((slip.words.english,), k, slip.function)


def _says_nothing(item: FunctionItem, function: Function) -> bool:
    """Whether a pair cancels, or leaves nothing: it raises on every input."""
    draws = item.draws(np.random.default_rng(1997))
    values = [_values(function, draw.args) for draw in draws]
    right = [rows_of(item.reference(*draw.args)) for draw in draws]
    return _equal(values, right) or all(value is None for value in values)


def constants(item: Item) -> Iterator[tuple[str, Function]]:
    """Functions that compute nothing: arrays of the right shape filled with one number, nothing, or an argument."""
    if isinstance(item, DrivenItem):
        for words, number in CONSTANTS.items():
            yield words, function_of(filled_answer(item, number), item.name)
        return
    for words, number in CONSTANTS.items():
        yield words, partial(_filled, item, float(number))
    yield mark("nothing"), partial(_nothing)
    for k, name in enumerate(item.arguments):
        yield name, partial(_an_argument, k, len(item.outputs))


def _filled(item: Item, number: float, *args: Any) -> Any:
    right = item.reference(*args)
    if isinstance(right, dict):
        return {name: np.full(np.shape(np.asarray(value)), number) for name, value in right.items()}
    rows = tuple(np.full(np.shape(row), number) for row in rows_of(right))
    return rows if isinstance(right, tuple) else rows[0]


def _nothing(*_args: Any) -> None:
    """Hands back nothing."""


def _an_argument(k: int, count: int, *args: Any) -> Any:
    return args[k] if count == 1 else (args[k],) * count
