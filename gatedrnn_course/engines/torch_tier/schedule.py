"""The order of a cell's statements in which products with matrices, and neighbouring activations, become one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.engines.program.flat import Statement, Term
from gatedrnn_course.engines.program.fuse import runs

__all__ = ["Action", "Activate", "Add", "Compute", "Multiply", "Peep", "Scheduler", "Slot", "Start"]


@dataclass(frozen=True, slots=True)
class Slot:
    """A sum that holds products with matrices: a few columns of the one array of all such sums.

    Attributes:
        sum: The name of the sum.
        value: What the slot holds in the end: an activation computed in place, else the sum.
        function: The activation, or nothing.
        scale: The number in front of the products.
        terms: What is added to them.
    """

    sum: str
    value: str
    function: str
    scale: float
    terms: tuple[Term, ...]


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
        slots: The slots, in the order of their columns.
        products: The products, each once what it multiplies is known.
        letters: The size of every value.
    """

    def __init__(self, slots: Sequence[Slot], products: Sequence[Multiply], letters: Mapping[str, str]) -> None:
        self.slots = slots
        self.letters = [letters[slot.sum] for slot in slots]
        self.done: set[str] = set()
        self.open = [[t for t in slot.terms if not _is_bias(t)] for slot in slots]
        self.products = list(products)

    def start(self) -> Iterator[Start]:
        """The first value of every slot: biases, and its first product with the input."""
        begun: set[int] = set()
        for own in list(self.products):
            if own.vector == "x" and begun.isdisjoint(range(own.first, own.last)):
                begun.update(range(own.first, own.last))
                self.products.remove(own)
                yield Start(own.first, own.last, "x", own.matrices, self._biases(own.first, own.last))
        others = [k for k in range(len(self.slots)) if k not in begun]
        for run in runs(others, lambda a, b: b == a + 1 and self.letters[a] == self.letters[b]):
            yield Start(run[0], run[-1] + 1, "", (), self._biases(run[0], run[-1] + 1))

    def _biases(self, first: int, last: int) -> tuple[tuple[Term, ...], ...]:
        return tuple(tuple(t for t in slot.terms if _is_bias(t)) for slot in self.slots[first:last])

    def run(self, statements: Iterable[Statement], known: Collection[str]) -> Iterator[Action]:
        """The actions that compute the statements from what is known."""
        waiting = list(statements)
        self.done.update(known)
        while True:
            before = len(self.done), sum(map(len, self.open)), len(self.products)
            yield from self._products()
            yield from self._peeps()
            yield from self._terms()
            yield from self._activations()
            yield from self._rest(waiting)
            if before == (len(self.done), sum(map(len, self.open)), len(self.products)):
                return

    def _products(self) -> Iterator[Action]:
        for own in [own for own in self.products if own.vector in self.done]:
            self.products.remove(own)
            yield own

    def _peeps(self) -> Iterator[Action]:
        keys = dict.fromkeys(key for terms in self.open for t in terms if (key := _peephole(t)) and key[0] in self.done)
        for vector, scale in keys:
            found = [(k, t) for k, terms in enumerate(self.open) for t in terms if _peephole(t) == (vector, scale)]
            for run in runs(found, lambda a, b: b[0] == a[0] + 1 and self.letters[a[0]] == self.letters[b[0]]):
                for k, term in run:
                    self.open[k].remove(term)
                parameters = tuple(next(filter(is_parameter, t.factors)) for _, t in run)
                yield Peep(run[0][0], run[-1][0] + 1, vector, scale, parameters)

    def _terms(self) -> Iterator[Action]:
        for k, terms in enumerate(self.open):
            for t in [t for t in terms if all(f in self.done or is_parameter(f) for f in t.factors)]:
                terms.remove(t)
                yield Add(k, t)

    def _activations(self) -> Iterator[Action]:
        """Sums that are complete; those with an activation in place go through it, neighbours together."""
        growing = {k for own in self.products for k in range(own.first, own.last)}
        ready = [
            k for k, s in enumerate(self.slots) if not self.open[k] and k not in growing and s.sum not in self.done
        ]
        self.done.update(self.slots[k].sum for k in ready)
        for run in runs(ready, lambda a, b: b == a + 1 and self.slots[a].function == self.slots[b].function):
            if self.slots[run[0]].function:
                self.done.update(self.slots[k].value for k in run)
                yield Activate(run[0], run[-1] + 1, self.slots[run[0]].function)

    def _rest(self, waiting: list[Statement]) -> Iterator[Action]:
        inside = {s.sum for s in self.slots} | {s.value for s in self.slots}
        for statement in list(waiting):
            if statement.name in inside:
                if statement.name in self.done:
                    waiting.remove(statement)
            elif all(name in self.done or is_parameter(name) for name in statement.used()):
                waiting.remove(statement)
                self.done.add(statement.name)
                yield Compute(statement)


def _is_bias(term: Term) -> bool:
    """A term of numbers and parameters only."""
    return all(map(is_parameter, term.factors))


def _peephole(term: Term) -> tuple[str, float] | None:
    """The vector and the scale of a term `scale * parameter * vector`."""
    if len(term.factors) != 2 or sum(map(is_parameter, term.factors)) != 1:
        return None
    return next(f for f in term.factors if not is_parameter(f)), term.scale
