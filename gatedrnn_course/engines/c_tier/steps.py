"""What one step of a kernel does, in order: products, and passes over the elements between them.

Writers of C text and of numbers for the interpreter follow it line by line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from gatedrnn_course.cells.expr import Expr, names
from gatedrnn_course.engines.c_tier.addresses import Addresses
from gatedrnn_course.engines.c_tier.places import Place
from gatedrnn_course.engines.program.fuse import Block, Transposed
from gatedrnn_course.engines.program.step import Part

__all__ = ["Pass", "ahead", "backward_steps", "forward_steps"]


@dataclass(frozen=True)
class Pass:
    """Everything of one size that can be computed between two rounds of products.

    Attributes:
        letter: The size.
        values: Expressions by name, each after those it needs.
        loads: Where each name that is no value of this pass is; several places are added up.
        stores: Values and where they are stored, once all is loaded.
        sums: Biases and peepholes, and the value that their gradient grows by, over all rows.
        late: Whether only the derivative of the input needs it.
    """

    letter: str
    values: Mapping[str, Expr]
    loads: Mapping[str, tuple[Place, ...]]
    stores: tuple[tuple[str, Place], ...]
    sums: tuple[tuple[str, str], ...] = ()
    late: bool = False


def ahead(a: Addresses) -> list[Block]:
    """The forward's products with the input, which run for many steps at once."""
    return [block for block in a.program.blocks if block.round < 0]


def forward_steps(a: Addresses) -> Iterator[Block | Pass]:
    """One step of the forward."""
    part, when = a.program.forward, a.program.rounds.forward
    for now in range(1 + max(when.values(), default=-1)):
        yield from (block for block in a.program.blocks if block.round == now)
        for letter, values in _of_round(part, when, now):
            stores = tuple((name, a.forward(name)) for name in values if name in a.program.memory.forward)
            yield Pass(letter, values, _loads(values, lambda name: (a.forward(name),)), stores)


def backward_steps(a: Addresses) -> Iterator[Transposed | Pass]:
    """One step of the backward."""
    program, when = a.program, a.program.split.rounds
    for now in range(1 + max([*when.values(), *(own.round for own in program.transposed)], default=-1)):
        yield from (own for own in program.transposed if own.round == now)
        for letter, values in _of_round(program.backward, when, now):
            stores: list[tuple[str, Place]] = []
            for name in values:
                if name in a.program.memory.backward:
                    stores += [(name, place) for place in a.backward(name)]
                stores += [(name, place) for place in a.deltas(name)]
            sums = tuple((parameter, value) for parameter, value in program.step.sums.items() if value in values)
            yield Pass(letter, values, _loads(values, a.backward), tuple(stores), sums, now >= program.rounds.late)


def _of_round(part: Part, when: Mapping[str, int], now: int) -> Iterator[tuple[str, dict[str, Expr]]]:
    """The values of one round, those of each size."""
    for letter in ("D", "H"):
        values = {n: v for n, v in part.values.items() if when[n] == now and part.letters[n] == letter}
        if values:
            yield letter, values


def _loads(values: Mapping[str, Expr], place: Callable[[str], tuple[Place, ...]]) -> dict[str, tuple[Place, ...]]:
    used = dict.fromkeys(name for value in values.values() for name in names(value))
    return {name: place(name) for name in used if name not in values}
