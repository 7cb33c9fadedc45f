"""The order of a cell's statements in which products with matrices, and neighbouring activations, become one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TypeAlias

from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.engines.program.flat import Statement, Sum, Term

__all__ = ["Action", "Activate", "Add", "Compute", "Multiply", "Peep", "Slot", "Start", "order"]


@dataclass(frozen=True, slots=True)
class Slot:
    """A sum that holds products with matrices: a few columns of the one array of all such sums.

    Attributes:
        sum: The name of the sum.
        value: What the slot holds in the end: an activation computed in place, else the sum.
        function: The activation, or nothing.
    """

    sum: str
    value: str
    function: str


@dataclass(frozen=True, slots=True)
class Start:
    """Slots `first` to `last` (excluded) begin as their biases plus one product with `vector` (nothing if empty)."""

    first: int
    last: int
    vector: str
    matrices: tuple[tuple[float, str], ...]
    biases: tuple[tuple[Term, ...], ...]


@dataclass(frozen=True, slots=True)
class Multiply:
    """Slots `first` to `last` (excluded) grow by `scale * matrix @ vector`, one matrix a slot, as one product."""

    first: int
    last: int
    vector: str
    matrices: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Peep:
    """Slots `first` to `last` (excluded) grow by `scale * parameter * vector`, one parameter a slot."""

    first: int
    last: int
    vector: str
    scale: float
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Add:
    """One slot grows by a term without a matrix."""

    slot: int
    term: Term


@dataclass(frozen=True, slots=True)
class Activate:
    """Slots `first` to `last` (excluded) go through a function in place."""

    first: int
    last: int
    function: str


@dataclass(frozen=True, slots=True)
class Compute:
    """A statement outside the slots."""

    statement: Statement


Action: TypeAlias = "Start | Multiply | Peep | Add | Activate | Compute"


class Scheduler:
    """Orders statements as their values become known.

    Args:
        slots: The slots, in their order.
        sums: The sum of each slot.
        letters: The size of every value.
    """

    def __init__(self, slots: Sequence[Slot], sums: Sequence[Sum], letters: Mapping[str, str]) -> None:
        self.slots, self.sums = slots, sums
        self.letters = [letters[s.name] for s in sums]
        self.done: dict[str, int] = {}  # value -> when
        self.open: list[list[Term]] = [[t for t in s.terms if not _is_bias(t)] for s in sums]

    def start(self) -> Iterator[Start]:
        """The first value of every slot: biases, and its product with the first early vector."""
        firsts = [next((t for t in terms if t.matrix and t.factors[0] == "x"), None) for terms in self.open]
        keys = [(f is not None, letter) for f, letter in zip(firsts, self.letters, strict=True)]
        for (with_x, _), group in groupby(range(len(self.slots)), lambda k: keys[k]):
            run = list(group)
            used = [t for k in run if (t := firsts[k])]
            for k, t in zip(run, used, strict=False):
                self.open[k].remove(t)
            biases = tuple(tuple(t for t in self.sums[k].terms if _is_bias(t)) for k in run)
            matrices = tuple((t.scale, t.matrix) for t in used)
            yield Start(run[0], run[-1] + 1, "x" if with_x else "", matrices, biases)

    def run(self, statements: Iterable[Statement], known: Collection[str]) -> Iterator[Action]:
        """The actions that compute the statements from what is known."""
        waiting = list(statements)
        self.done.update(dict.fromkeys(known, 0))
        while True:
            before = len(self.done), sum(map(len, self.open))
            yield from self._products()
            yield from self._peeps()
            yield from self._terms()
            yield from self._activations({s.name for s in waiting})
            yield from self._rest(waiting)
            if before == (len(self.done), sum(map(len, self.open))):
                return

    def _finish(self, name: str) -> None:
        self.done[name] = len(self.done)

    def _products(self) -> Iterator[Action]:
        vectors = dict.fromkeys(t.factors[0] for terms in self.open for t in terms if t.matrix)
        for vector in [v for v in vectors if v in self.done]:
            while runs := self._runs(partial(_multiplies, vector)):
                for run in runs:
                    matrices = tuple((t.scale, t.matrix) for _, t in run)
                    yield Multiply(run[0][0], run[-1][0] + 1, vector, matrices)

    def _peeps(self) -> Iterator[Action]:
        keys = dict.fromkeys(key for terms in self.open for t in terms if (key := _peephole(t)) and key[0] in self.done)
        for vector, scale in keys:
            while runs := self._runs(partial(_peeps_at, (vector, scale))):
                for run in runs:
                    parameters = tuple(next(filter(is_parameter, t.factors)) for _, t in run)
                    yield Peep(run[0][0], run[-1][0] + 1, vector, scale, parameters)

    def _runs(self, wanted: Callable[[Term], bool]) -> list[list[tuple[int, Term]]]:
        """Neighbouring slots of one size with such a term; the terms are taken off."""
        found = [(k, t) for k, terms in enumerate(self.open) if (t := next(filter(wanted, terms), None))]
        for k, t in found:
            self.open[k].remove(t)
        keyed = groupby(enumerate(found), lambda item: (item[1][0] - item[0], self.letters[item[1][0]]))
        return [[pair for _, pair in group] for _, group in keyed]

    def _terms(self) -> Iterator[Action]:
        for k, terms in enumerate(self.open):
            for t in [t for t in terms if not t.matrix and all(f in self.done or is_parameter(f) for f in t.factors)]:
                terms.remove(t)
                yield Add(k, t)

    def _activations(self, waiting: Collection[str]) -> Iterator[Action]:
        """Sums that are complete; those with an activation in place go through it, neighbours together."""
        new = [s.sum in waiting and s.sum not in self.done for s in self.slots]
        ready = [k for k, terms in enumerate(self.open) if new[k] and not terms]
        for k in ready:
            self._finish(self.slots[k].sum)
        keyed = groupby(enumerate(ready), lambda pair: (self.slots[pair[1]].function, pair[1] - pair[0]))
        for (function, _), group in keyed:
            run = [k for _, k in group]
            if function:
                for k in run:
                    self._finish(self.slots[k].value)
                yield Activate(run[0], run[-1] + 1, function)

    def _rest(self, waiting: list[Statement]) -> Iterator[Action]:
        inside = {s.sum for s in self.slots} | {s.value for s in self.slots}
        for statement in list(waiting):
            if statement.name in inside:
                if statement.name in self.done:
                    waiting.remove(statement)
            elif all(name in self.done or is_parameter(name) for name in statement.used()):
                waiting.remove(statement)
                self._finish(statement.name)
                yield Compute(statement)


def order(
    slots: Sequence[Slot],
    sums: Sequence[Sum],
    letters: Mapping[str, str],
    early: Sequence[Statement],
    late: Sequence[Statement],
    states: Sequence[str],
) -> tuple[tuple[Slot, ...], tuple[Action, ...], tuple[Action, ...]]:
    """Arrange the slots, and schedule the statements.

    Args:
        slots: The slots.
        sums: The sum of each.
        letters: The size of every value.
        early: The statements that depend on the input and the parameters only, in the order of the text.
        late: All others.
        states: Names of the states of the step before.

    Returns:
        The slots in their order; the actions for all steps at once; the actions of one step.
    """

    def phases() -> tuple[tuple[Action, ...], tuple[Action, ...], dict[str, int]]:
        scheduler = Scheduler(slots, sums, letters)
        before = (*scheduler.start(), *scheduler.run(early, ["x"]))
        return before, tuple(scheduler.run(late, states)), scheduler.done

    def place(k: int) -> tuple[object, ...]:
        """First by what a slot's matrices multiply, then by when its sum can be complete."""
        used = {t.factors[0] for t in sums[k].terms if t.matrix and t.factors[0] in vectors}
        when = max((done.get(f, 0) for t in sums[k].terms for f in t.factors), default=0)
        return sorted(map(vectors.index, used)), when, slots[k].function, k

    done = phases()[2]
    known = {"x", *(s.name for s in early)}
    vectors = list(dict.fromkeys(t.factors[0] for s in sums for t in s.terms if t.matrix and t.factors[0] not in known))
    arranged = sorted(range(len(slots)), key=place)
    slots, sums = [slots[k] for k in arranged], [sums[k] for k in arranged]
    before, step, _ = phases()
    return tuple(slots), before, step


def _is_bias(term: Term) -> bool:
    """A term of numbers and parameters only."""
    return not term.matrix and all(map(is_parameter, term.factors))


def _multiplies(vector: str, term: Term) -> bool:
    """A term `matrix @ vector`."""
    return term.matrix != "" and term.factors[0] == vector


def _peeps_at(key: tuple[str, float], term: Term) -> bool:
    """A term `scale * parameter * vector` with this vector and scale."""
    return _peephole(term) == key


def _peephole(term: Term) -> tuple[str, float] | None:
    """The vector and the scale of a term `scale * parameter * vector`."""
    if term.matrix or len(term.factors) != 2 or sum(map(is_parameter, term.factors)) != 1:
        return None
    return next(f for f in term.factors if not is_parameter(f)), term.scale
