"""A loop over a cell: where it starts, what it carries, reads and hands back, and what can go wrong with each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from gatedrnn_course.cells.params import Params
from gatedrnn_course.text import mark

__all__ = ["LOOP_MISTAKES", "Loop", "pairs_of_loops"]

Step = Callable[..., tuple[Any, ...]]
States = tuple[Any, ...]
Part = Callable[..., Any]

_STARTS: Mapping[str, Part] = {
    mark("The first step starts from zeros instead of the initial state."): lambda s: tuple(map(np.zeros_like, s)),
    mark("The first step starts from zeros in h instead of the initial h."): lambda s: (np.zeros_like(s[0]), *s[1:]),
    mark("Only h starts from the initial state: the other states start from zeros."): lambda s: (
        s[0],
        *map(np.zeros_like, s[1:]),
    ),
    mark("The initial states are exchanged: each is taken for the other."): lambda s: s[::-1],
}
_CARRIED: Mapping[str, Part] = {
    mark("The state is not carried: every step starts from the initial state."): lambda past: past[0],
    mark("The state h is not carried: every step sees the initial h."): lambda past: (past[0][0], *past[-1][1:]),
    mark("Only h is carried: every step sees the initial values of the other states."): lambda past: (
        past[-1][0],
        *past[0][1:],
    ),
    mark("The state is carried one step late."): lambda past: past[max(len(past) - 2, 0)],
}
_READ: Mapping[str, Part] = {
    mark("Every step looks at the first input."): lambda xs: np.stack([xs[0]] * len(xs)),
    mark("The input is read with the batch axis first instead of time first."): lambda xs: np.swapaxes(xs, 0, 1),
    mark("The steps run backwards, and the outputs are stacked in that order."): lambda xs: xs[::-1],
}


def _each(change: Part) -> Part:
    return lambda kinds, start: tuple(change(kind, first) for kind, first in zip(kinds, start, strict=True))


def _one(place: int, change: Part) -> Part:
    return lambda kinds, start: tuple(
        change(kind, first) if k == place else kind for k, (kind, first) in enumerate(zip(kinds, start, strict=True))
    )


def _repeated(kind: Any, _first: Any) -> Any:
    return np.stack([kind[-1]] * len(kind))


def _without(row: int) -> Part:
    def emptied(kind: Any, _first: Any) -> Any:
        rows = np.array(kind)
        rows[row] = 0.0
        return rows

    return emptied


_HANDED: Mapping[str, Part] = {
    mark("Only the last step is handed back instead of all T."): _each(lambda kind, _first: kind[-1]),
    mark("One array stands T times in the result: append a new array at every step."): _each(_repeated),
    mark("In the first output one array stands T times: append a new array at every step."): _one(0, _repeated),
    mark("In the second output one array stands T times: append a new array at every step."): _one(1, _repeated),
    mark("The initial state is in the result too: T + 1 steps instead of T."): _each(
        lambda kind, first: np.concatenate([first[None], kind])
    ),
    mark("Each step hands back the state before it instead of the one after it."): _each(
        lambda kind, first: np.concatenate([first[None], kind[:-1]])
    ),
    mark("The result has the batch axis first instead of time first."): _each(
        lambda kind, _first: np.swapaxes(kind, 0, 1)
    ),
    mark("The steps are joined into one long batch, (T B, H): np.stack keeps an axis for time."): _each(
        lambda kind, _first: kind.reshape(-1, kind.shape[-1])
    ),
    mark("The first row of the result is never computed: it stays zero."): _each(_without(0)),
    mark("The last row of the result is never computed: it stays zero."): _each(_without(-1)),
    mark("The first step is missing from the result."): _each(lambda kind, _first: kind[1:]),
    mark("The last step is missing from the result."): _each(lambda kind, _first: kind[:-1]),
    mark("The outputs come back from the last step to the first."): _each(lambda kind, _first: kind[::-1]),
    mark("The first output comes back from the last step to the first."): _one(0, lambda kind, _first: kind[::-1]),
    mark("The second output comes back from the last step to the first."): _one(1, lambda kind, _first: kind[::-1]),
    mark("The outputs come back in the wrong order."): lambda kinds, _start: kinds[::-1],
}


@dataclass(frozen=True)
class Loop:
    """A loop over a cell.

    Attributes:
        start: What the first step starts from, of the initial states.
        carried: Which states a step sees, of all states so far.
        read: What the loop runs over, of the inputs.
        handed: What is handed back, of the stacked states and the initial ones.
    """

    start: Part = tuple
    carried: Part = lambda past: past[-1]
    read: Part = lambda xs: xs
    handed: Part = lambda kinds, _start: tuple(kinds)

    def __call__(self, step: Step, xs: Any, start: States, p: Params) -> States:
        """All states of each kind, stacked over time, each (T, B, H).

        Args:
            step: The step: `step(x, *states, p)`.
            xs: Inputs (T, B, D).
            start: Initial states, each (B, H).
            p: Parameters.
        """
        history = [tuple(self.start(start))]
        for x in self.read(xs):
            history.append(step(x, *self.carried(history), p))
        nothing = tuple(np.empty((0, *np.shape(state))) for state in history[0])
        kinds = tuple(np.stack(kind) for kind in zip(*history[1:], strict=True)) or nothing
        return tuple(self.handed(kinds, history[0]))


_PARTS = {"start": _STARTS, "carried": _CARRIED, "read": _READ, "handed": _HANDED}
_BACKWARDS = mark("The steps run backwards, from the last input to the first.")


_FIRST_SKIPPED = mark("The loop skips the first input, and the initial state stands in the first row of the result.")
_FIRST_LOST = mark("The loop skips the first input: T - 1 steps instead of T.")
_FIRST_ZERO = mark("The loop skips the first input, and the first row of the result stays zero.")


def _before_all(change: Part) -> dict[str, Part]:
    """A loop from the second input on, with something else in the first row of the result."""
    return {
        "read": lambda xs: xs[1:],
        "handed": _each(lambda kind, first: np.concatenate([change(first)[None], kind])),
    }


def _slips() -> Iterator[tuple[str, dict[str, Part]]]:
    yield _FIRST_SKIPPED, _before_all(np.asarray)
    yield _FIRST_ZERO, _before_all(np.zeros_like)
    yield _FIRST_LOST, {"read": lambda xs: xs[1:]}
    yield (
        _BACKWARDS,
        {"read": lambda xs: xs[::-1], "handed": _each(lambda kind, _first: kind[::-1])},
    )
    for part, mistakes in _PARTS.items():
        yield from ((words, {part: change}) for words, change in mistakes.items())


_SLIPS = dict(_slips())
LOOP_MISTAKES: dict[str, Loop] = {words: Loop(**parts) for words, parts in _SLIPS.items()}
"""The loops with one mistake, by the mistake in words."""


def pairs_of_loops() -> Iterator[tuple[tuple[str, str], Loop]]:
    """The loops with mistakes in two of the four choices, with both in words."""
    for (first, one), (second, other) in combinations(_SLIPS.items(), 2):
        if not set(one) & set(other):
            yield (first, second), Loop(**one, **other)
