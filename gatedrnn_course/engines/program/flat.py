"""Equations with one operation a statement: what an engine computes, without nesting and without repeats.

`f = sigmoid(W_f @ x + U_f @ h_prev + b_f)` becomes the sum `_f` of three terms and `f`, the sigmoid of `_f`. Equal
parts become one statement, across lines and across the forward and the backward equations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from gatedrnn_course.cells.expr import Call, Expr, MatMul, Name, Neg, Num, Op, factors, terms
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.cells.numeric import NUMPY_FUNCTIONS

__all__ = ["Apply", "Atom", "Divide", "Flat", "Statement", "Sum", "Term"]

Atom: TypeAlias = "str | float"
"""The name of a value, or a number."""


@dataclass(frozen=True, slots=True)
class Term:
    """`scale` times the product of at most two named values, or times `matrix @ factors[0]`."""

    scale: float
    factors: tuple[str, ...] = ()
    matrix: str = ""


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of terms."""

    name: str
    terms: tuple[Term, ...]

    def used(self) -> Iterator[str]:
        """The values it needs; matrices are not values."""
        return (name for term in self.terms for name in term.factors)


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of each element."""

    name: str
    function: str
    arg: str

    def used(self) -> Iterator[str]:
        """The values it needs."""
        yield self.arg


@dataclass(frozen=True, slots=True)
class Divide:
    """An elementwise quotient."""

    name: str
    top: Atom
    bottom: str

    def used(self) -> Iterator[str]:
        """The values it needs."""
        if isinstance(self.top, str):
            yield self.top
        yield self.bottom


Statement: TypeAlias = "Sum | Apply | Divide"


class Flat:
    """Turns expressions into statements.

    Args:
        letters: The size of every named vector, `"H"` or `"D"`.
        matrices: The shape of every matrix in letters.

    Attributes:
        statements: By name, each after the statements it needs.
        letters: The size of every value so far.
    """

    def __init__(self, letters: Mapping[str, str], matrices: Mapping[str, tuple[str, ...]]) -> None:
        self.statements: dict[str, Statement] = {}
        self.letters = dict(letters)
        self._matrices = matrices
        self._known: dict[Statement, str] = {}
        self._alias: dict[str, Atom] = {}

    def define(self, name: str, expr: Expr) -> None:
        """Add a line; `atom(Name(name))` then gives the value that holds it."""
        self._alias[name] = self.atom(expr, name)

    def atom(self, expr: Expr, wanted: str = "") -> Atom:
        """The value that holds an expression, named `wanted` where it is new."""
        match expr:
            case Num(value):
                return value
            case Name(name):
                return self._alias.get(name, name)
            case Call(function, arg):
                return self._call(function, self.atom(arg, self._inner(wanted)), wanted)
            case Op("/", top, bottom) if not isinstance(bottom, Num) or not bottom.value:
                return self._quotient(self.atom(top, self._inner(wanted)), bottom, wanted)
        parts = tuple(self._term(sign, term, wanted) for sign, term in terms(expr))
        return self._sum(parts, wanted)

    def needed(self, wanted: Iterable[str]) -> tuple[Statement, ...]:
        """The statements that the values need, in order."""
        names, todo = set(), list(wanted)
        while todo:
            name = todo.pop()
            if name in self.statements and name not in names:
                names.add(name)
                todo += self.statements[name].used()
        return tuple(statement for name, statement in self.statements.items() if name in names)

    def _call(self, function: str, arg: Atom, wanted: str) -> Atom:
        if not isinstance(arg, str):
            return float(NUMPY_FUNCTIONS[function](np.float64(arg)))
        arg = self._full(arg, wanted)
        return self._add(Apply("", function, arg), wanted)

    def _quotient(self, top: Atom, expr: Expr, wanted: str) -> Atom:
        bottom = self.atom(expr, self._inner(wanted))
        if not isinstance(bottom, str):
            return self.atom(Op("*", Num(1.0 / bottom), Name(top) if isinstance(top, str) else Num(top)), wanted)
        if not top:
            return self._sum((), wanted)
        if not isinstance(top, str) or is_parameter(top):
            bottom = self._full(bottom, wanted)
        return self._add(Divide("", top, bottom), wanted)

    def _term(self, sign: float, expr: Expr, wanted: str) -> Term:
        scale, parts = self._parts(sign, expr)
        match parts:
            case [MatMul(Name(matrix), vector)]:
                return Term(scale, (self.vector(vector, wanted),), matrix)
        names: list[str] = []
        for part in parts:
            atom = self.atom(part, self._inner(wanted))
            if isinstance(atom, str):
                names.append(atom)
            else:
                scale *= atom
        while len(names) > 2:
            product = self._sum((Term(1.0, (names[0], names[1])),), self._inner(wanted))
            names[:2] = [str(product)]
        return Term(scale, tuple(names)) if scale else Term(0.0)

    def _parts(self, scale: float, expr: Expr) -> tuple[float, list[Expr]]:
        """The factors of a product that are no numbers, and the product of the numbers."""
        found: list[Expr] = []
        for part in factors(expr):
            match part:
                case Num(value):
                    scale *= value
                case Neg(arg):
                    scale, inner = self._parts(-scale, arg)
                    found += inner
                case Op("/", top, Num(value)) if value:
                    scale, inner = self._parts(scale / value, top)
                    found += inner
                case _:
                    found.append(part)
        return scale, found

    def _sum(self, parts: tuple[Term, ...], wanted: str) -> Atom:
        kept = _normal(parts)
        is_line = wanted in self.letters and not wanted.startswith("_")  # a line of numbers has a size
        match kept:
            case (Term(1.0, (only,), ""),):
                return only
            case (Term(number, (), ""),) if not is_line:
                return number
        return self._add(Sum("", kept), wanted) if kept or is_line else 0.0

    def vector(self, expr: Expr, wanted: str = "") -> str:
        """The value a matrix multiplies."""
        return self._full(str(self.atom(expr, self._inner(wanted))), wanted)

    def _full(self, atom: str, wanted: str) -> str:
        """A value with its leading axes, also where it is a parameter."""
        return self._add(Sum("", (Term(1.0, (atom,)),)), self._inner(wanted)) if is_parameter(atom) else atom

    def _inner(self, wanted: str) -> str:
        """A name for a part of what is called `wanted`; a leading underscore never begins a name of a cell."""
        return wanted if wanted.startswith("_") else f"_{wanted}"

    def _add(self, new: Statement, wanted: str) -> str:
        key = new if any(new.used()) else replace(new, name=self._letter(new, wanted))
        if key in self._known:
            return self._known[key]
        name, k = wanted or "_", 2
        while name in self.statements:
            name, k = f"{self._inner(wanted)}_{k}", k + 1
        self._known[key] = name
        self.statements[name] = replace(new, name=name)
        self.letters[name] = self._letter(new, name)
        return name

    def _letter(self, new: Statement, name: str) -> str:
        if name in self.letters:
            return self.letters[name]
        if isinstance(new, Sum) and (matrix := next((t.matrix for t in new.terms if t.matrix), "")):
            return self._matrices[matrix][0]
        return next((self.letters[used] for used in new.used() if used in self.letters), "H")


def _normal(parts: Iterable[Term]) -> tuple[Term, ...]:
    """The terms of a sum with its numbers added up in front, and without zeros."""
    listed = list(parts)
    number = sum(part.scale for part in listed if not part.factors)
    kept = tuple(part for part in listed if part.factors and part.scale)
    return (Term(number), *kept) if number else kept
