"""An item that runs a cell over a whole sequence, and the mistakes people make in the loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.edits import Edit, classes
from gatedrnn_course.cells.numeric import compiled
from gatedrnn_course.cells.params import Params
from gatedrnn_course.cells.slices import Slice, whole_step
from gatedrnn_course.grading.exchange.values import Argument, Value
from gatedrnn_course.grading.items.diagnosis import same_numbers
from gatedrnn_course.grading.items.docstrings import sequence_docstring
from gatedrnn_course.grading.items.item import Ask, Draw, Explanation, Item, Observation
from gatedrnn_course.grading.items.reach import far_draws
from gatedrnn_course.text import _, mark

__all__ = ["LOOP_MISTAKES", "SequenceItem"]

Step = Callable[..., tuple[Any, ...]]
States = tuple[Any, ...]


def run(
    step: Step, xs: Any, start: States, p: Params, states_before: Callable[[list[States]], States] | None = None
) -> Any:
    """The loop: all states of each kind, stacked over time. `states_before` may pick other states than the last."""
    history = [tuple(start)]
    for x in xs:
        history.append(step(x, *(states_before(history) if states_before else history[-1]), p))
    return tuple(np.stack(kind) for kind in zip(*history[1:], strict=True))


def _backwards(step: Step, xs: Any, start: States, p: Params) -> Any:
    return tuple(kind[::-1] for kind in run(step, xs[::-1], start, p))


def _backwards_unsorted(step: Step, xs: Any, start: States, p: Params) -> Any:
    return run(step, xs[::-1], start, p)


def _not_carried(step: Step, xs: Any, start: States, p: Params) -> Any:
    return run(step, xs, start, p, lambda history: history[0])


def _h_not_carried(step: Step, xs: Any, start: States, p: Params) -> Any:
    return run(step, xs, start, p, lambda history: (history[0][0], *history[-1][1:]))


def _c_not_carried(step: Step, xs: Any, start: States, p: Params) -> Any:
    return run(step, xs, start, p, lambda history: (history[-1][0], *history[0][1:]))


def _one_late(step: Step, xs: Any, start: States, p: Params) -> Any:
    return run(step, xs, start, p, lambda history: history[max(len(history) - 2, 0)])


def _from_zeros(step: Step, xs: Any, start: States, p: Params) -> Any:
    return run(step, xs, tuple(np.zeros_like(s) for s in start), p)


def _last_only(step: Step, xs: Any, start: States, p: Params) -> Any:
    return tuple(kind[-1] for kind in run(step, xs, start, p))


def _repeated(step: Step, xs: Any, start: States, p: Params) -> Any:
    return tuple(np.stack([kind[-1]] * len(kind)) for kind in run(step, xs, start, p))


def _start_included(step: Step, xs: Any, start: States, p: Params) -> Any:
    return tuple(np.concatenate([s[None], kind]) for s, kind in zip(start, run(step, xs, start, p), strict=True))


def _before(step: Step, xs: Any, start: States, p: Params) -> Any:
    return tuple(np.concatenate([s[None], kind[:-1]]) for s, kind in zip(start, run(step, xs, start, p), strict=True))


def _first_input(step: Step, xs: Any, start: States, p: Params) -> Any:
    return run(step, np.stack([xs[0]] * len(xs)), start, p)


def _batch_first(step: Step, xs: Any, start: States, p: Params) -> Any:
    return tuple(np.swapaxes(kind, 0, 1) for kind in run(step, xs, start, p))


LOOP_MISTAKES: dict[str, Callable[..., Any]] = {
    mark("The steps run backwards, from the last input to the first."): _backwards,
    mark("The steps run backwards, and the outputs are stacked in that order."): _backwards_unsorted,
    mark("The state is not carried: every step starts from the initial state."): _not_carried,
    mark("h is not carried: every step sees the initial h."): _h_not_carried,
    mark("Only h is carried: every step sees the initial values of the other states."): _c_not_carried,
    mark("The state is carried one step late."): _one_late,
    mark("The first step starts from zeros instead of the initial state."): _from_zeros,
    mark("Only the last step is handed back instead of all T."): _last_only,
    mark("One array stands T times in the result: append a new array at every step."): _repeated,
    mark("The initial state is in the result too: T + 1 steps instead of T."): _start_included,
    mark("Each step hands back the state before it instead of the one after it."): _before,
    mark("Every step looks at the first input."): _first_input,
    mark("The result has the batch axis first instead of time first."): _batch_first,
}


@dataclass(frozen=True)
class SequenceItem(Item):
    """A function that runs a cell over a sequence: `(xs, h_0, c_0, p) -> (hs, cs)`.

    Attributes:
        cell: The cell.
    """

    cell: Cell = field(kw_only=True)

    @property
    def arguments(self) -> tuple[str, ...]:
        """The inputs, the initial states, the parameters."""
        return ("xs", *(f"{name}_0" for name in self.cell.states), "p")

    @property
    def outputs(self) -> tuple[str, ...]:
        """All states of each kind, stacked over time."""
        return tuple(f"{name}s" for name in self.cell.states)

    @property
    def slice(self) -> Slice:
        """The step inside the loop."""
        return whole_step(self.cell)

    def docstring(self) -> str:
        """Title, arguments with shapes, and what to return."""
        return sequence_docstring(self.title, self.slice, self.arguments, self.outputs)

    def reference(self, *args: Argument) -> Value:
        """The loop in NumPy float64."""
        values = self._loop(run, self._step(None), args)
        return values[0] if len(values) == 1 else values

    def _step(self, edit: Edit | None) -> Step:
        whole = self.slice
        lines, outputs = (edit.lines, edit.outputs) if edit else (whole.lines, whole.outputs)
        return compiled(lines, whole.inputs, outputs)

    @staticmethod
    def _loop(loop: Callable[..., Any], step: Step, args: Sequence[Any]) -> tuple[Any, ...]:
        xs, *start, p = args
        return tuple(loop(step, xs, tuple(start), Params(p)))

    def draws(self, rng: np.random.Generator) -> tuple[Draw, ...]:
        """Two batches of distinct sizes with T of at least 3, size 1, and a square batch to explain with.

        Then batches whose numbers reach further, with the sizes of the first two.
        """
        draws = []
        for k in range(2):
            b, d, h = (int(n) for n in rng.permutation((2, 3, 4, 5))[:3])
            draws.append(self._draw("batch", rng, 6 + k, {"D": d, "H": h}, b))
        draws.append(self._draw("ones", rng, 1, {"D": 1, "H": 1}, 1))
        n = int(rng.integers(3, 6))
        square = self._draw("square", rng, n, {"D": n, "H": n}, n, decides=False)
        return (*draws, square, *far_draws(self.slice, rng, draws[0], draws[1], self.arguments))

    def _draw(self, kind: str, rng: np.random.Generator, T: int, sizes: Any, batch: int, decides: bool = True) -> Draw:
        states, p = self.slice.draw(rng, sizes, (batch,))
        xs = rng.normal(size=(T, batch, sizes["D"]))
        return Draw(kind, (xs, *states[1:], p), decides)

    def explain(self, observed: Sequence[Observation], ask: Ask) -> Explanation | None:
        """A mistake of the loop, or else an edit of the step inside it."""
        if all(o.value is None for o in observed):
            return None
        order = ("square", "batch", "ones")
        observed = sorted(observed, key=lambda o: order.index(o.draw.kind))
        for explanation, compute in self._wrong_ways():
            if all(same_numbers(_try(compute, o.draw.args), o.value) for o in observed):
                return explanation
        return None

    def _wrong_ways(self) -> Iterator[tuple[Explanation, Callable[..., Any]]]:
        for words, loop in LOOP_MISTAKES.items():
            yield Explanation(_(words), words), lambda args, loop=loop: self._loop(loop, self._step(None), args)
        if len(self.outputs) > 1:
            words = mark("The outputs come back in the wrong order.")
            yield Explanation(_(words), words), lambda args: self._loop(run, self._step(None), args)[::-1]
        for found in classes(self.slice):
            edit = found.edit
            yield (
                Explanation(edit.sentence, edit.key),
                lambda args, edit=edit: self._loop(run, self._step(edit), args),
            )


def _try(compute: Callable[..., Any], args: Sequence[Any]) -> tuple[Any, ...] | None:
    """The outputs, or None when the shapes do not fit."""
    with np.errstate(all="ignore"):
        try:
            return tuple(compute(args))
        except ValueError:
            return None
