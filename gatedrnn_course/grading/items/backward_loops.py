"""A loop that takes derivatives back through a sequence: what it walks, adds, carries, hands back, and its mistakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from gatedrnn_course.cells.backward_program import BackwardProgram
from gatedrnn_course.cells.edits import Words
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.cells.params import Params
from gatedrnn_course.text import mark

__all__ = ["BackwardLoop", "backward_loop_pairs", "backward_loops"]

Part = Callable[..., Any]
Step = Callable[..., tuple[Any, ...]]
Saved = Mapping[str, Any]


def _at(saved: Saved, t: int) -> dict[str, Any]:
    return {name: rows[t] for name, rows in saved.items()}


@dataclass(frozen=True)
class BackwardLoop:
    """A loop over the backward of a cell.

    Attributes:
        read: What it runs over, of each stack.
        order: The times it walks, of their number.
        arrives: What arrives at h, of what was carried, the derivatives of all h, and the time.
        carried: The derivatives of the states that a step sees, of all so far.
        kept: What the forward kept of one time, of all it kept.
        passed: The same for what reaches the old states directly, where it is another.
        summed: The gradient of a parameter, of its name and those of the steps in the order walked.
        inputs: The derivatives of the inputs, of those of the steps and their times.
        start: The derivatives of the initial states, of all carried.
    """

    read: Part = lambda rows: rows
    order: Part = lambda T: range(T - 1, -1, -1)
    arrives: Part = lambda carried, d_hs, t: carried + d_hs[t]
    carried: Part = lambda past: past[-1]
    kept: Part = _at
    passed: Part | None = None
    summed: Part = lambda name, rows: sum(rows)
    inputs: Part = lambda rows, times: [rows[k] for k in np.argsort(times, kind="stable")]
    start: Part = lambda past: past[-1]

    def __call__(self, step: Step, program: BackwardProgram, saved: Saved, d_hs: Any, p: Params) -> tuple[Any, ...]:
        """Derivatives with respect to the inputs, the initial states and the parameters.

        Args:
            step: The backward of one step: `step(*inputs, p)`.
            program: The program it computes.
            saved: What the forward kept, by name, each (T, B, .).
            d_hs: Derivatives of the loss with respect to every h, (T, B, H).
            p: Parameters.
        """
        saved = {name: self.read(saved[name]) for name in program.kept}
        d_hs = self.read(d_hs)
        states = len(program.arriving)
        first = program.outputs.index("d_x") + 1 if "d_x" in program.outputs else 0
        past: list[tuple[Any, ...]] = [(np.zeros(d_hs.shape[1:]),) * states]
        taken, times = [], list(self.order(len(d_hs)))
        for t in times:
            back = list(self.carried(past))
            back[0] = self.arrives(back[0], d_hs, t)
            values = step(*self.kept(saved, t).values(), *back, p)
            also = values if self.passed is None else step(*self.passed(saved, t).values(), *back, p)
            own = first + (states > 1)  # h is reached through the gates, c directly
            past.append((*values[first:own], *also[own : first + states]))
            taken.append(values)
        if not times:  # a loop that leaves steps out may have none left
            times, values = [0], step(*self.kept(saved, 0).values(), *past[0], p)
            taken.append(tuple(np.zeros_like(value) for value in values))
        kinds = list(zip(*taken, strict=True))
        d_xs = tuple(np.stack(self.inputs(kind, times)) for kind in kinds[:first])
        named = zip(program.outputs[first + states :], kinds[first + states :], strict=True)
        return (*d_xs, *self.start(past), *(self.summed(name, list(rows)) for name, rows in named))


RIGHT = BackwardLoop()


def _zeros(states: Sequence[Any], *places: int) -> tuple[Any, ...]:
    return tuple(np.zeros_like(s) if k in places else s for k, s in enumerate(states))


def _late(past: Sequence[Any], *places: int) -> tuple[Any, ...]:
    """The states carried, those at some places one step late."""
    before = past[max(len(past) - 2, 0)]
    return tuple(before[k] if k in places else s for k, s in enumerate(past[-1]))


def _of_states(states: Sequence[str]) -> Iterator[tuple[Words, dict[str, Part]]]:
    """Mistakes with what is carried, and with the initial states."""
    every = tuple(range(len(states)))
    for k, name in enumerate(states):
        said = {"state": name}
        words = mark(
            "The gradient of {state} does not reach the step before: it is not carried, or `d_{state}` there does not "
            "add it."
        )
        lost = {"carried": lambda past, k=k: _zeros(past[-1], k)}
        yield Words(words, said), lost
        yield Words(words, said), {**lost, "start": lambda past, k=k: _zeros(past[-1], k)}
        words = mark("The gradient of {state} is carried to the wrong step, one step late.")
        yield Words(words, said), {"carried": lambda past, k=k: _late(past, k)}
        words = mark("`d_{state}_0` is zeros: the gradient of {state} that leaves the first step belongs there.")
        yield Words(words, said), {"start": lambda past, k=k: _zeros(past[-1], k)}
        words = mark("`d_{state}_0` is the gradient that leaves the last step instead of the first.")
        yield (
            Words(words, said),
            {"start": lambda past, k=k: tuple((past[1] if n == k else past[-1])[n] for n in every)},
        )
        words = mark("`d_{state}_0` is the gradient that leaves the second step instead of the first.")
        yield Words(words, said), {"start": lambda past, k=k: _late(past, k)}
    if len(states) > 1:
        yield (
            Words(mark("No gradient is carried from step to step.")),
            {"carried": lambda past: _zeros(past[-1], *every)},
        )
        yield Words(mark("Every gradient is carried one step late.")), {"carried": lambda past: _late(past, *every)}
        first, second = states[:2]
        exchanged = mark("The gradients of {first} and {second} are exchanged when they are carried.")
        yield Words(exchanged, {"first": first, "second": second}), {"carried": lambda past: past[-1][::-1]}
        both = {"carried": lambda past: past[-1][::-1], "start": lambda past: past[-1][::-1]}
        yield Words(exchanged, {"first": first, "second": second}), both
        exchanged = mark("`d_{first}_0` and `d_{second}_0` are exchanged.")
        yield Words(exchanged, {"first": first, "second": second}), {"start": lambda past: past[-1][::-1]}


def _clipped(T: int, t: int) -> int:
    return min(max(t, 0), T - 1)


def _of_time() -> Iterator[tuple[Words, dict[str, Part]]]:
    """Mistakes with the times walked, what arrives, and the order of what is handed back."""
    forwards = mark("Time is walked forwards: the last step must be taken first.")
    yield Words(forwards), {"order": range}
    yield Words(forwards), {"order": range, "inputs": lambda rows, _times: rows[::-1]}
    swapped = mark("The loop goes over the batch axis instead of time.")
    yield Words(swapped), {"read": lambda rows: np.swapaxes(rows, 0, 1)}
    yield (
        Words(swapped),
        {
            "read": lambda rows: np.swapaxes(rows, 0, 1),
            "inputs": lambda rows, times: np.swapaxes(np.stack([rows[k] for k in np.argsort(times)]), 0, 1),
        },
    )
    yield (
        Words(mark("`d_hs[t]` is not added: only the last step gets its own.")),
        {"arrives": lambda carried, d_hs, t: carried + d_hs[t] * (t == len(d_hs) - 1)},
    )
    yield (
        Words(mark("`d_hs` is never added: nothing of the loss arrives.")),
        {"arrives": lambda carried, _d_hs, _t: carried},
    )
    yield (
        Words(mark("`d_hs[-1]` counts twice: the loop starts from it and adds it once more at the last step.")),
        {"arrives": lambda carried, d_hs, t: carried + d_hs[t] * (1 + (t == len(d_hs) - 1))},
    )
    yield from _of_left_out()
    early = mark("`d_hs[t]` is added one step off: `d_hs[t - 1]` stands in its place.")
    yield Words(early), {"arrives": lambda carried, d_hs, t: carried + d_hs[t - 1]}
    late = mark("`d_hs[t]` is added one step off: `d_hs[t + 1]` stands in its place.")
    yield Words(late), {"arrives": lambda carried, d_hs, t: carried + d_hs[_clipped(len(d_hs), t + 1)]}
    yield (
        Words(late),
        {"arrives": lambda carried, d_hs, t: carried + (d_hs[t + 1] if t + 1 < len(d_hs) else 0.0)},
    )
    yield (
        Words(mark("`d_hs` is read from the first step to the last while the loop goes from the last to the first.")),
        {"arrives": lambda carried, d_hs, t: carried + d_hs[len(d_hs) - 1 - t]},
    )
    yield (
        Words(mark("What is carried is added twice to what arrives at h.")),
        {"arrives": lambda carried, d_hs, t: 2 * carried + d_hs[t]},
    )
    yield (
        Words(mark("`d_xs` is not in the order of time: its rows come from the last step to the first.")),
        {"inputs": lambda rows, _times: rows},
    )
    yield (
        Words(mark("In `d_xs` one row stands T times: that of the step taken last.")),
        {"inputs": lambda rows, _times: [rows[-1]] * len(rows)},
    )
    yield (
        Words(mark("`d_xs` has the batch axis first instead of time first.")),
        {"inputs": lambda rows, times: np.swapaxes(np.stack([rows[k] for k in np.argsort(times)]), 0, 1)},
    )


def _of_left_out() -> Iterator[tuple[Words, dict[str, Part]]]:
    """A loop that does not go through all steps; `d_xs` has zeros there, or no row."""
    first = Words(mark("The loop stops before the first step, so that `t = 0` is left out."))
    last = Words(mark("The loop leaves out the last step: it begins at the one before."))
    for words, order, k in (
        (first, lambda T: range(T - 1, 0, -1), 0),
        (last, lambda T: range(T - 2, -1, -1), -1),
    ):

        def padded(rows: Sequence[Any], times: Sequence[int], k: int = k) -> list[Any]:
            kept = [rows[n] for n in np.argsort(times, kind="stable")]
            none = np.zeros_like(rows[0])
            return kept if not rows[0].any() else [none, *kept] if k == 0 else [*kept, none]

        yield words, {"order": order, "inputs": padded}
        yield words, {"order": order}


def _of_sums(parameters: Sequence[str]) -> Iterator[tuple[Words, dict[str, Part]]]:
    """Mistakes with the gradients of the parameters, all or those of one letter."""
    letters = list(dict.fromkeys(name[0] for name in parameters))
    for chosen in ("", *(letters if len(letters) > 1 else [])):
        shown = {"what": f"{chosen}" if chosen else mark("the parameters")}
        for words, change in (
            (mark("The gradients of {what} are those of the last step only: add up those of all steps."), _first),
            (
                mark("The gradients of {what} are those of the first step only: each step overwrites them."),
                lambda rows: rows[-1],
            ),
            (mark("The gradients of {what} are not summed over time: there is one for each step."), np.stack),
            (
                mark("The gradients of {what} are averaged over time instead of summed: they are divided by T."),
                lambda rows: sum(rows) / len(rows),
            ),
        ):
            yield Words(words, shown), {"summed": _for(chosen, change)}


def _first(rows: Sequence[Any]) -> Any:
    return rows[0]


def _for(letter: str, change: Part) -> Part:
    return lambda name, rows: change(rows) if name.removeprefix("d_").startswith(letter) else sum(rows)


def _of_kept(names: Sequence[str]) -> Iterator[tuple[Words, dict[str, Part]]]:
    """Something taken at the wrong time step, everywhere or only where a gradient passes to the step before."""
    for name in names:
        for shift, wrap in ((-1, True), (-1, False), (1, False)):

            def shifted(
                saved: Saved, t: int, name: str = name, shift: int = shift, wrap: bool = wrap
            ) -> dict[str, Any]:
                T = len(saved[name])
                return {**_at(saved, t), name: saved[name][t + shift if wrap else _clipped(T, t + shift)]}

            said = {"name": name, "taken": f"saved.{name}[t {'+' if shift > 0 else '-'} 1]"}
            words = mark("`{name}` is taken at the wrong time step: `{taken}` for `saved.{name}[t]`.")
            yield Words(words, said), {"kept": shifted}
            words = mark(
                "`{name}` is taken at the wrong time step where a gradient is carried: `{taken}` for `saved.{name}[t]`."
            )
            yield Words(words, said), {"passed": shifted}


def _slips(program: BackwardProgram) -> Iterator[tuple[Words, dict[str, Part]]]:
    states = program.forward.outputs
    yield from _of_states(states)
    yield from _of_time()
    yield from _of_sums([name[2:] for name in program.outputs if is_parameter(name[2:])])
    yield from _of_kept(program.kept)


def backward_loops(program: BackwardProgram) -> Iterator[tuple[tuple[Words, ...], BackwardLoop]]:
    """The loops with one mistake, each with the mistake in words."""
    for words, parts in _slips(program):
        yield (words,), BackwardLoop(**parts)


def backward_loop_pairs(program: BackwardProgram) -> Iterator[tuple[tuple[Words, ...], BackwardLoop]]:
    """The loops with mistakes in two of their choices, with both in words."""
    for (first, one), (second, other) in combinations(_slips(program), 2):
        if not set(one) & set(other) and first != second:
            yield (first, second), BackwardLoop(**one, **other)
