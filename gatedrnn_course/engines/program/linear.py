"""The backward of a cell as linear combinations, from its derived backward equations.

Every `d_*` is linear in the derivatives that arrive from the next step. What stands between them depends on the forward
only, so it can be computed for all steps at once: `d_a_o = d_o * (o * (1 - o))` with `d_o = d_h * tanh(c)` becomes
`d_a_o = k * d_h`, and one product a step is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import TypeAlias

from gatedrnn_course.cells.expr import Expr, MatMul, Name, Neg, Num, Op, Outer, Transpose, names, terms
from gatedrnn_course.cells.gradients import Backward
from gatedrnn_course.engines.program.flat import Atom, Flat

__all__ = ["Combine", "Form", "Gradient", "Linear", "Mix", "Total"]

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
    """`scale * outer(delta, vector)`, summed over steps and batch: a part of the gradient of a matrix."""

    matrix: str
    delta: str
    vector: str
    scale: float


@dataclass(frozen=True, slots=True)
class Total:
    """A combination summed over steps and batch: the gradient of a bias or a peephole."""

    parameter: str
    form: Form

    def used(self) -> Iterator[str]:
        """The derivatives it needs."""
        return (base for _, base in self.form)


_Share: TypeAlias = "tuple[Expr, str | tuple[tuple[str, str], ...]]"


class Linear:
    """Reads backward equations line by line.

    Args:
        flat: The forward, as statements; coefficients are added to it.
        program: The backward equations of a whole step.

    Attributes:
        values: Derivatives that are computed as such, in order.
        ends: The combination that leaves as each state's `d_*_prev`, and `d_x`.
        gradients: Parts of the gradients of matrices.
        totals: Gradients of biases and peepholes.
        states: The states of the cell.
        letters: The size of every derivative in `values`, and of what arrives.
    """

    def __init__(self, flat: Flat, program: Backward) -> None:
        self.flat = flat
        self.values: dict[str, Mix | Combine] = {}
        self.ends: dict[str, Combine] = {}
        self.gradients: list[Gradient] = []
        self.totals: list[Total] = []
        self.states = program.forward.cell.states
        self.letters = {f"d_{s}_next": flat.letters[s] for s in program.forward.outputs}
        self._shapes = program.forward.cell.shapes
        self._deep: dict[str, Form] = {}
        self._uses = Counter(name for line in program.lines for name in names(line.expr))
        self._deltas: dict[Expr, str] = {}
        self._number = count(1)
        self._mixes: dict[tuple[tuple[str, str], ...], str] = {}
        ends = {f"d_{name}" for name in program.forward.inputs}
        for line in program.lines:
            if line.name in ends:
                self.ends[line.name] = Combine(line.name, self._form(line.expr))
            elif line.name in program.outputs:
                self._parameter(line.name.removeprefix("d_"), line.expr)
            else:
                self._line(line.name, self._form(line.expr))

    def roots(self) -> set[str]:
        """Values of the forward that the backward reads: coefficients, and vectors of outer products."""
        forms = [a.form for a in (*self.values.values(), *self.ends.values(), *self.totals) if not isinstance(a, Mix)]
        found = {atom for form in forms for atom, _ in form if isinstance(atom, str)}
        return found | {gradient.vector for gradient in self.gradients}

    def _line(self, name: str, form: Form) -> None:
        """A sum used more than once is computed; anything else is put in where it is used."""
        self._deep[name] = form
        if len(form) > 1 and self._uses[name] > 1:
            self._keep(name)
            self._deep[name] = ((1.0, name),)

    def _keep(self, name: str) -> None:
        if name not in self.values:
            self.values[name] = Combine(name, self._deep[name])
            self.letters[name] = self.flat.letters.get(name.removeprefix("d_"), "")

    def _parameter(self, name: str, expr: Expr) -> None:
        rest: list[tuple[int, Expr]] = []
        for sign, term in terms(expr):
            if isinstance(term, Outer):
                scale, delta = self._delta(term.left, self._shapes[name][0])
                if self._deep[delta]:
                    self.gradients.append(Gradient(name, delta, self.flat.vector(term.right), sign * scale))
            else:
                rest.append((sign, term))
        if rest:
            shares = [(_times(Num(float(s)), c), b) for s, term in rest for c, b in self._shares(term, shallow=True)]
            self.totals.append(Total(name, self._collect(shares)))

    def _form(self, expr: Expr) -> Form:
        return self._collect(list(self._shares(expr)))

    def _shares(self, expr: Expr, shallow: bool = False) -> Iterator[_Share]:
        """Coefficient and derivative of every term; `shallow` stops at derivatives that are computed anyway."""
        match expr:
            case Name(name) if self._deep.get(name) == ():  # nothing flows here
                return
            case Name(name) if name in self.letters and (shallow or name not in self._deep):
                yield Num(1.0), name
            case Name(name) if name in self._deep:
                for atom, base in self._deep[name]:
                    yield Name(atom) if isinstance(atom, str) else Num(atom), base
            case Neg(arg):
                yield from ((_times(Num(-1.0), c), b) for c, b in self._shares(arg, shallow))
            case Op("+", left, right):
                yield from self._shares(left, shallow)
                yield from self._shares(right, shallow)
            case Op("-", left, right):
                yield from self._shares(left, shallow)
                yield from self._shares(Neg(right), shallow)
            case Op("*", left, right):
                yield from ((_times(c, right), b) for c, b in self._shares(left, shallow))
                yield from ((_times(c, left), b) for c, b in self._shares(right, shallow))
            case Op("/", left, right):
                yield from ((Op("/", c, right), b) for c, b in self._shares(left, shallow))
            case MatMul(Transpose(Name(matrix)), arg):
                scale, delta = self._delta(arg, self._shapes[matrix][0])
                if self._deep[delta]:  # nothing flows into a dead gate
                    yield Num(scale), ((matrix, delta),)

    def _collect(self, shares: list[_Share]) -> Form:
        """One coefficient for each derivative; products with equal coefficients become one mix."""
        sums: dict[str | tuple[tuple[str, str], ...], Expr] = {}
        for expr, base in shares:
            sums[base] = Op("+", sums[base], expr) if base in sums else expr
        atoms = {base: self.flat.atom(expr, "_k") for base, expr in sums.items()}
        form: list[tuple[Atom, str]] = [(atom, base) for base, atom in atoms.items() if isinstance(base, str) and atom]
        for atom in dict.fromkeys(atom for base, atom in atoms.items() if not isinstance(base, str) and atom):
            parts = [base for base, other in atoms.items() if other == atom and not isinstance(base, str)]
            form.append((atom, self._mix(tuple(sorted(part for base in parts for part in base)))))
        return tuple(form)

    def _mix(self, parts: tuple[tuple[str, str], ...]) -> str:
        if parts not in self._mixes:
            name = self._mixes[parts] = f"_d_m{len(self._mixes) + 1}"
            self.values[name] = Mix(name, parts)
            self.letters[name] = self._shapes[parts[0][0]][1]
        return self._mixes[parts]

    def _delta(self, expr: Expr, letter: str) -> tuple[float, str]:
        """A derivative that a matrix multiplies, as a number times a value that is computed as such."""
        scale = 1.0
        while isinstance(expr, Neg):
            scale, expr = -scale, expr.arg
        if expr not in self._deltas:
            name = expr.id if isinstance(expr, Name) else f"_d_{next(self._number)}"
            if name not in self._deep:
                self._deep[name] = self._form(expr)
            self._keep(name)
            self.letters[name] = letter
            self._deltas[expr] = name
        return scale, self._deltas[expr]


def _times(left: Expr, right: Expr) -> Expr:
    """A product without factors 1."""
    if left == Num(1.0) or right == Num(1.0):
        return right if left == Num(1.0) else left
    return Op("*", left, right)
