"""The backward of a step as linear combinations of the derivatives that arrive from the step after.

What stands between them depends on the forward only, so it can be computed for all steps at once: `d_a_o = d_o * (o *
(1 - o))` with `d_o = d_h * tanh(c)` becomes `d_a_o = k * d_h`, and one product a step is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from gatedrnn_course.cells.expr import Expr, Name, Neg, Num, Op, product
from gatedrnn_course.engines.program.flat import Atom, Flat
from gatedrnn_course.engines.program.step import Step, is_slot, slot_number

__all__ = ["Combine", "Form", "Gradient", "Linear", "Mix"]

Form: TypeAlias = "tuple[tuple[Atom, str], ...]"
"""A linear combination: pairs of a coefficient (a value of the forward or a number) and what it multiplies."""


@dataclass(frozen=True, slots=True)
class Mix:
    """The sum of `matrix.T @ delta` over the parts `(matrix, delta)`: one product where the deltas lie side by side."""

    name: str
    parts: tuple[tuple[str, str], ...]

    def used(self) -> Iterator[str]:
        """The derivatives it needs."""
        return (delta for _, delta in self.parts)


@dataclass(frozen=True, slots=True)
class Combine:
    """A linear combination of derivatives."""

    name: str
    form: Form

    def used(self) -> Iterator[str]:
        """The derivatives it needs."""
        return (base for _, base in self.form)


@dataclass(frozen=True, slots=True)
class Gradient:
    """`outer(delta, vector)`, summed over steps and batch: a part of the gradient of a matrix."""

    matrix: str
    delta: str
    vector: str


_Parts: TypeAlias = "tuple[tuple[str, str], ...]"
_Share: TypeAlias = "tuple[Expr, str | _Parts]"


class Linear:
    """Reads the backward of a step value by value.

    Args:
        flat: The forward, as statements; coefficients are added to it.
        step: The step.

    Attributes:
        values: Derivatives that are computed as such, in order.
        ends: The combination that leaves as each state's `d_*_prev`, and `d_x`.
        gradients: Parts of the gradients of matrices.
        totals: Gradients of biases and peepholes, by parameter: summed over steps and batch.
        letters: The size of every derivative in `values`, and of what arrives.
    """

    def __init__(self, flat: Flat, step: Step) -> None:
        self.flat = flat
        self.values: dict[str, Mix | Combine] = {}
        self.ends: dict[str, Combine] = {}
        self.totals: list[Combine] = []
        self.letters = {f"d_{state}_next": flat.letters[state] for state in step.cell.states}
        self._part = part = step.backward
        self._deep: dict[str, Form] = {}
        self._mixes: dict[_Parts, str] = {}
        uses = Counter(used for name in part.values for used in part.used(name))
        parameters, deltas = {value: name for name, value in step.sums.items()}, set(step.deltas.values())
        for name, expr in part.values.items():
            if name in parameters:
                self.totals.append(Combine(parameters[name], self._collect(self._shares(expr, shallow=True))))
                continue
            form = self._collect(self._shares(expr))
            if name in step.ends.values() or name == step.d_x:
                self.ends[name] = Combine(name, form)
                continue
            computed = len(form) > 1 and uses[name] > 1  # anything else is put in where it is used
            if computed or (form and name in deltas):
                self.values[name], self.letters[name] = Combine(name, form), part.letters[name]
            self._deep[name] = ((1.0, name),) if computed else form
        self.gradients = [
            Gradient(p.matrix, step.deltas[p.slot], flat.held(p.vector))
            for p in step.forward.products
            if step.deltas[p.slot] in self.values
        ]

    def roots(self) -> set[str]:
        """Values of the forward that the backward reads: coefficients, and vectors of outer products."""
        forms = [a.form for a in (*self.values.values(), *self.ends.values(), *self.totals) if not isinstance(a, Mix)]
        found = {atom for form in forms for atom, _ in form if isinstance(atom, str)}
        return found | {gradient.vector for gradient in self.gradients}

    def _shares(self, expr: Expr, shallow: bool = False) -> Iterator[_Share]:
        """Coefficient and derivative of every term; `shallow` stops at derivatives that are computed anyway."""
        match expr:
            case Name(name) if is_slot(name):
                products = [p for p in self._part.products if p.slot == slot_number(name)]
                parts = tuple((p.matrix, p.vector) for p in products if p.vector in self.values)
                if parts:  # nothing flows into a dead gate
                    yield Num(1.0), parts
            case Name(name) if self._deep.get(name) == ():  # nothing flows here
                return
            case Name(name) if name in self.letters and (shallow or name not in self._deep):
                yield Num(1.0), name
            case Name(name) if name in self._deep:
                for atom, base in self._deep[name]:
                    yield Name(atom) if isinstance(atom, str) else Num(atom), base
            case Neg(arg):
                yield from ((product(Num(-1.0), c), b) for c, b in self._shares(arg, shallow))
            case Op("+", left, right):
                yield from self._shares(left, shallow)
                yield from self._shares(right, shallow)
            case Op("-", left, right):
                yield from self._shares(left, shallow)
                yield from self._shares(Neg(right), shallow)
            case Op("*", left, right):
                yield from ((product(c, right), b) for c, b in self._shares(left, shallow))
                yield from ((product(c, left), b) for c, b in self._shares(right, shallow))
            case Op("/", left, right):
                yield from ((Op("/", c, right), b) for c, b in self._shares(left, shallow))

    def _collect(self, shares: Iterator[_Share]) -> Form:
        """One coefficient for each derivative; products with equal coefficients become one mix."""
        sums: dict[str | _Parts, Expr] = {}
        for expr, base in shares:
            sums[base] = Op("+", sums[base], expr) if base in sums else expr
        atoms = {base: self.flat.atom(expr, "_k") for base, expr in sums.items()}
        form: list[tuple[Atom, str]] = [(atom, base) for base, atom in atoms.items() if isinstance(base, str) and atom]
        for atom in dict.fromkeys(atom for base, atom in atoms.items() if not isinstance(base, str) and atom):
            parts = [base for base, other in atoms.items() if other == atom and not isinstance(base, str)]
            form.append((atom, self._mix(tuple(sorted(part for base in parts for part in base)))))
        return tuple(form)

    def _mix(self, parts: _Parts) -> str:
        if parts not in self._mixes:
            name = self._mixes[parts] = f"_d_m{len(self._mixes) + 1}"
            slot = next(p.slot for p in self._part.products if (p.matrix, p.vector) == parts[0])
            self.values[name], self.letters[name] = Mix(name, parts), self._part.slots[slot]
        return self._mixes[parts]
