"""One step of a cell as engines compute it: products with matrices, added up in slots, and elementwise values.

Of `f = sigmoid(W_f @ x + U_f @ h_prev + b_f)` becomes the slot `#0`, which adds up two products, the value
`a_f = #0 + b_f` and the value `f = sigmoid(a_f)`. Elementwise parts stay nested: who writes them may fuse them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import Expr, names
from gatedrnn_course.closure import closure

__all__ = ["SLOT", "Part", "Product", "Step", "is_slot", "slot_number"]

SLOT = "#"
"""A name that begins so stands for what a slot holds once all its products are added up."""


def is_slot(name: str) -> bool:
    """Whether a name stands for a slot."""
    return name.startswith(SLOT)


def slot_number(name: str) -> int:
    """The number of the slot a name stands for."""
    return int(name.removeprefix(SLOT))


@dataclass(frozen=True, slots=True)
class Product:
    """`matrix @ vector`, in the backward `matrix.T @ vector`, added to a slot.

    Attributes:
        slot: Number of the slot.
        matrix: Name of a parameter.
        vector: Name of a value.
    """

    slot: int
    matrix: str
    vector: str


@dataclass(frozen=True)
class Part:
    """The equations of one direction, forward or backward, taken apart.

    Attributes:
        values: Elementwise expressions by name, each after those it needs. `Name("#3")` is slot 3.
        products: What the slots add up.
        slots: Size of every slot, `"H"` or `"D"`.
        letters: Size of every value and slot; in the forward also of inputs, states before the step, biases, peepholes.
    """

    values: Mapping[str, Expr]
    products: tuple[Product, ...]
    slots: tuple[str, ...]
    letters: Mapping[str, str]

    def used(self, name: str) -> Iterable[str]:
        """What a value or a slot is computed from, at once."""
        if is_slot(name):
            return [p.vector for p in self.products if p.slot == slot_number(name)]
        return names(self.values[name]) if name in self.values else ()

    def reads(self, wanted: Iterable[str]) -> set[str]:
        """Every name that the wanted values need, through values and slots, themselves included."""
        return closure(wanted, self.used)

    def only(self, wanted: Iterable[str]) -> Part:
        """The part without values and products that the wanted ones do not need."""
        live = self.reads(wanted)
        values = {name: value for name, value in self.values.items() if name in live}
        products = tuple(p for p in self.products if f"{SLOT}{p.slot}" in live)
        return replace(self, values=values, products=products)


@dataclass(frozen=True)
class Step:
    """The two directions of one step, matched.

    Attributes:
        cell: The cell.
        forward: One step forward.
        backward: One step backward; its values may read everything of the forward.
        deltas: For each slot of the forward, the value that is the derivative with respect to it.
        sums: For each bias and peephole, the value to add up over steps and batch.
        ends: For each state, the value that is its derivative before the step.
        d_x: The value that is the derivative with respect to the input; empty for a cell without input.
    """

    cell: Cell
    forward: Part
    backward: Part
    deltas: Mapping[int, str]
    sums: Mapping[str, str]
    ends: Mapping[str, str]
    d_x: str

    @property
    def wanted(self) -> tuple[str, ...]:
        """The values of the backward that are always needed."""
        return (*self.ends.values(), *self.deltas.values(), *self.sums.values())

    @cached_property
    def late(self) -> set[str]:
        """The names of the backward that only the derivative of the input needs."""
        return self.backward.reads([self.d_x]) - self.backward.reads(self.wanted) if self.d_x else set()
